#include "runtime/process_rest.hpp"

#include <array>
#include <charconv>
#include <cstddef>
#include <span>
#include <string_view>

#include "runtime/proc_files.hpp"

namespace staplelab::runtime {

namespace {

// Of each, those that fit are looked at.
constexpr std::size_t most_threads = 512;
constexpr std::size_t most_children = 512;

// A task that is gone has nothing to do.
bool sleeps(pid_t task) {
  switch (state_of_task(task).value_or('X')) {
    case 'R':  // runs, or would if there were a processor for it
    case 'D':
    case 't':  // stopped for a moment, by who moves its clock
      return false;
    default:
      return true;
  }
}

// The number after the state, which follows the name in brackets (proc(5)); 0 when there is none.
pid_t parent_of(pid_t process) {
  const proc_file stat("/proc/%d/stat", process);
  auto text = stat.text();
  constexpr std::string_view state = ") S ";
  const auto name_end = text.rfind(')');
  if (name_end == std::string_view::npos || name_end + state.size() >= text.size()) return 0;
  text.remove_prefix(name_end + state.size());
  pid_t parent = 0;
  std::from_chars(text.data(), text.data() + text.size(), parent);
  return parent;
}

bool children_rest(pid_t process, pid_t thread) {
  std::array<pid_t, most_children> room;
  const auto count = children_of_thread(process, thread, room);
  for (const auto child : std::span(room).first(count)) {
    if (!is_at_rest(child)) return false;
  }
  return true;
}

}  // namespace

bool is_at_rest(pid_t program) {
  std::array<pid_t, most_threads> room;
  const auto count = threads_of(program, room);
  for (const auto thread : std::span(room).first(count)) {
    if (!sleeps(thread) || !children_rest(program, thread)) return false;
  }
  return true;
}

bool is_at_rest_with_supervisor(pid_t program) {
  const auto parent = parent_of(program);
  return is_at_rest(parent > 1 ? parent : program);
}

}  // namespace staplelab::runtime
