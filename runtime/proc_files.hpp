// What /proc tells about tasks. Same constraints as runtime/supervisor.hpp.
#pragma once

#include <sys/types.h>
#include <time.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace staplelab::runtime {

// A file of /proc, as much of it as there is room for.
class proc_file {
 public:
  // The name has at most two numbers in it: "/proc/%d/task/%d/children".
  explicit proc_file(const char* format, int first = 0, int second = 0) noexcept;
  std::string_view text() const noexcept { return {text_.data(), length_}; }

 private:
  std::array<char, 4096> text_;
  std::size_t length_ = 0;
};

// R, S, D, Z, …; empty when there is no such task.
std::optional<char> state_of_task(pid_t task) noexcept;

// How often it has given up its processor to wait for something: the same as long as it waits.
std::optional<std::uint64_t> voluntary_switches_of(pid_t task) noexcept;

// What is set about a descriptor made by timerfd_create; empty if it is another.
struct timer_settings {
  clockid_t clock;
  int flags;  // as for timerfd_settime
};
std::optional<timer_settings> settings_of_timer(pid_t task, int descriptor) noexcept;

// The system call in which a task is blocked. Empty when it runs or may not be looked at.
struct blocked_call {
  int number;
  std::array<std::uint64_t, 6> arguments;
};
enum class activity { running, blocked, unknown };
activity look_at_task(pid_t task, blocked_call& call) noexcept;

// As many as there is room for; gives how many. Those of a process are its threads.
std::size_t children_of_thread(pid_t process, pid_t thread, std::span<pid_t> room) noexcept;
std::size_t threads_of(pid_t process, std::span<pid_t> room) noexcept;
std::size_t descriptors_of(pid_t process, std::span<int> room) noexcept;

}  // namespace staplelab::runtime
