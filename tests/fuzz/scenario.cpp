// Any text as a scenario file: steps, or errors with a position inside the text.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "scenarios/parse.hpp"

namespace {

// A file that lives in memory alone, since scenarios are read from files.
class memory_file {
 public:
  memory_file() : file_(memfd_create("scenario", 0)) {
    if (file_ < 0) std::abort();
  }
  void hold(const std::uint8_t* data, std::size_t size) const {
    if (ftruncate(file_, 0) != 0) std::abort();
    if (pwrite(file_, data, size, 0) != static_cast<ssize_t>(size)) std::abort();
  }
  std::string path() const { return "/proc/self/fd/" + std::to_string(file_); }

 private:
  int file_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const memory_file file;
  file.hold(data, size);
  const auto parsed = staplelab::scenarios::parse_file(file.path(), {});
  if (parsed) return 0;
  if (parsed.error().empty()) std::abort();
  const auto lines = static_cast<std::size_t>(std::count(data, data + size, '\n')) + 1;
  for (const auto& error : parsed.error()) {
    if (error.message.empty()) std::abort();
    if (error.file == file.path() && error.where.line > lines + 1) std::abort();
  }
  return 0;
}
