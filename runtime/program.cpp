// Finding programs and users by their names.
#include <pwd.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

#include "runtime/process.hpp"

namespace staplelab::runtime {

std::optional<std::string> find_program(const std::string& name) {
  if (name.empty()) return {};
  if (name.find('/') != std::string::npos) {
    if (access(name.c_str(), X_OK) == 0) return name;
    return {};
  }
  const char* path = std::getenv("PATH");
  const std::string folders =
      std::string(path == nullptr ? "/usr/bin:/bin" : path) + ":/usr/local/sbin:/usr/sbin:/sbin";
  for (std::size_t at = 0; at <= folders.size();) {
    const auto end = std::min(folders.find(':', at), folders.size());
    auto candidate = folders.substr(at, end - at) + "/" + name;
    if (end > at && access(candidate.c_str(), X_OK) == 0) return candidate;
    at = end + 1;
  }
  return {};
}

std::optional<user_ids> find_user(const std::string& name) {
  std::array<char, 4096> room;
  passwd entry;
  passwd* found = nullptr;
  getpwnam_r(name.c_str(), &entry, room.data(), room.size(), &found);
  if (found == nullptr) return {};
  return user_ids{found->pw_uid, found->pw_gid};
}

}  // namespace staplelab::runtime
