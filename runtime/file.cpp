#include "runtime/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/system/error_code.hpp>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace staplelab::runtime {

namespace {

using boost::system::error_code;

error_code last_error() {
  return {errno, boost::system::system_category()};
}

class descriptor {
 public:
  explicit descriptor(int number) : number_(number) {}
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  explicit operator bool() const { return number_ >= 0; }
  int get() const { return number_; }

 private:
  int number_;
};

std::string directory_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// Created beside the file it will become, since rename(2) stays within a file system.
class temporary_file {
 public:
  explicit temporary_file(const std::string& path)
      : name_(path + ".XXXXXX"), file_(::mkostemp(name_.data(), O_CLOEXEC)) {}
  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;
  ~temporary_file() {
    if (file_ && !renamed_) ::unlink(name_.c_str());
  }
  explicit operator bool() const { return static_cast<bool>(file_); }
  int get() const { return file_.get(); }

  error_code rename_to(const std::string& path) {
    if (::rename(name_.c_str(), path.c_str()) != 0) return last_error();
    renamed_ = true;
    return {};
  }

 private:
  std::string name_;
  descriptor file_;
  bool renamed_ = false;
};

error_code write_all(int file, std::span<const std::uint8_t> octets) {
  while (!octets.empty()) {
    const auto count = ::write(file, octets.data(), octets.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return last_error();
    octets = octets.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

// A rename is durable when its directory is.
error_code sync_directory(const std::string& path) {
  const descriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory || ::fsync(directory.get()) != 0) return last_error();
  return {};
}

}  // namespace

error_code write_durably(const std::string& path, std::span<const std::uint8_t> octets,
                         mode_t mode) {
  temporary_file file(path);
  if (!file || ::fchmod(file.get(), mode) != 0) return last_error();
  if (auto error = write_all(file.get(), octets)) return error;
  if (::fsync(file.get()) != 0) return last_error();
  if (auto error = file.rename_to(path)) return error;
  return sync_directory(directory_of(path));
}

boost::system::result<std::vector<std::uint8_t>> read_whole(const std::string& path,
                                                            std::size_t max_octets) {
  constexpr std::size_t step = 64 * 1024;
  const descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return last_error();
  std::vector<std::uint8_t> octets;
  for (;;) {
    // One octet more than allowed tells a file that fits from one that does not.
    const auto had = octets.size();
    octets.resize(had + std::min(step, max_octets - had) + 1);
    const auto count = ::read(file.get(), octets.data() + had, octets.size() - had);
    const int error = errno;
    octets.resize(had + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    if (count < 0 && error == EINTR) continue;
    if (count < 0) return error_code(error, boost::system::system_category());
    if (count == 0) return octets;
    if (octets.size() > max_octets) return make_error_code(boost::system::errc::file_too_large);
  }
}

}  // namespace staplelab::runtime
