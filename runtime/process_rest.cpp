#include "runtime/process_rest.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace staplelab::runtime {

namespace fs = std::filesystem;

namespace {

// The letter after the name, which stands in brackets and may hold anything (proc(5)).
char state_in(const std::string& stat) {
  const auto end = stat.rfind(')');
  return end == std::string::npos || end + 2 >= stat.size() ? 'X' : stat[end + 2];
}

std::string stat_of(const fs::path& task) {
  std::ifstream in(task / "stat");
  return {std::istreambuf_iterator<char>(in), {}};
}

bool sleeps(const fs::path& task) {
  switch (state_in(stat_of(task))) {
    case 'R':  // runs, or would if there were a processor for it
    case 'D':
    case 't':  // stopped for a moment, by who moves its clock
      return false;
    default:
      return true;
  }
}

}  // namespace

bool is_at_rest(pid_t program) {
  std::error_code gone;
  fs::directory_iterator each(fs::path("/proc") / std::to_string(program) / "task", gone);
  for (; !gone && each != fs::directory_iterator(); each.increment(gone)) {
    if (!sleeps(each->path())) return false;
    std::ifstream children(each->path() / "children");
    for (pid_t child = 0; children >> child;) {
      if (!is_at_rest(child)) return false;
    }
  }
  return true;
}

bool is_at_rest_with_supervisor(pid_t program) {
  const auto stat = stat_of(fs::path("/proc") / std::to_string(program));
  const auto name_end = stat.rfind(')');
  pid_t parent = 0;
  char state = 0;
  if (name_end != std::string::npos)
    std::istringstream(stat.substr(name_end + 1)) >> state >> parent;
  return is_at_rest(parent > 1 ? parent : program);
}

}  // namespace staplelab::runtime
