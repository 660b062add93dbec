// A folder for temporary files that is gone when we are, however we end.
//
// A small process of its own waits for our end, be it by SIGKILL, and removes the folder then. It
// is forked, so make it before any thread.
#pragma once

#include <sys/types.h>

#include <filesystem>

namespace staplelab::cli {

class swept_folder {
 public:
  // Below the system's folder for temporary files. From now on that is what temporary files are put
  // in (TMPDIR). Throws failure with code 5.
  swept_folder();
  swept_folder(const swept_folder&) = delete;
  swept_folder& operator=(const swept_folder&) = delete;
  // Returns when it is removed.
  ~swept_folder();

 private:
  std::filesystem::path path_;
  int alive_;  // the sweeper reads from the other end
  pid_t sweeper_;
};

}  // namespace staplelab::cli
