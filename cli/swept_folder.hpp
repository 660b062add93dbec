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
  enum class place {
    disk,    // below the system's folder for temporary files
    memory,  // below /dev/shm, where there is one and TMPDIR names nothing else: a staple is synced
             // to its disk, and the disk of a simulated server need not be a real one
  };
  // From now on that is what temporary files are put in (TMPDIR). Throws failure with code 5.
  explicit swept_folder(place where);
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
