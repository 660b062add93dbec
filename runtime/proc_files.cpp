#include "runtime/proc_files.hpp"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdio>
#include <cstring>

namespace staplelab::runtime {

namespace {

// A number at the front of `text`, which it is taken from.
std::optional<std::uint64_t> take_number(std::string_view& text, int base = 10) noexcept {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\n"), text.size()));
  if (base == 16 && text.starts_with("0x")) text.remove_prefix(2);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc()) return {};
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

std::optional<std::uint64_t> number_after(std::string_view key, const proc_file& file,
                                          int base = 10) noexcept {
  auto text = file.text();
  const auto found = text.find(key);
  if (found == std::string_view::npos) return {};
  text.remove_prefix(found + key.size());
  return take_number(text, base);
}

class descriptor {
 public:
  descriptor(const char* path, int flags) noexcept : number_(open(path, flags | O_CLOEXEC)) {}
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() {
    if (number_ >= 0) close(number_);
  }
  int number() const noexcept { return number_; }

 private:
  int number_;
};

// readdir allocates.
struct directory_entry {
  std::uint64_t inode;
  std::int64_t offset;
  std::uint16_t length;
  std::uint8_t type;
  char name[1];
};

// The entries of a folder that are numbers.
std::size_t numbers_in(const char* format, int process, std::span<int> room) noexcept {
  std::array<char, 64> path;
  std::snprintf(path.data(), path.size(), format, process);
  const descriptor folder(path.data(), O_RDONLY | O_DIRECTORY);
  std::size_t count = 0;
  alignas(directory_entry) std::array<char, 4096> entries;
  for (;;) {
    const auto octets = syscall(SYS_getdents64, folder.number(), entries.data(), entries.size());
    if (octets <= 0) return count;
    for (long at = 0; at < octets;) {
      std::uint16_t length;
      std::memcpy(&length, entries.data() + at + offsetof(directory_entry, length), sizeof length);
      std::string_view name(entries.data() + at + offsetof(directory_entry, name));
      const auto number = take_number(name);
      if (number && count < room.size()) room[count++] = static_cast<int>(*number);
      at += length;
    }
  }
}

}  // namespace

proc_file::proc_file(const char* format, int first, int second) noexcept {
  std::array<char, 64> path;
  std::snprintf(path.data(), path.size(), format, first, second);
  const descriptor file(path.data(), O_RDONLY);
  while (file.number() >= 0 && length_ < text_.size()) {
    const auto octets = read(file.number(), text_.data() + length_, text_.size() - length_);
    if (octets <= 0) break;
    length_ += static_cast<std::size_t>(octets);
  }
}

std::optional<char> state_of_task(pid_t task) noexcept {
  const proc_file stat("/proc/%d/stat", task);
  const auto text = stat.text();
  const auto name_end = text.rfind(')');  // the name may have anything in it
  if (name_end == std::string_view::npos || name_end + 2 >= text.size()) return {};
  return text[name_end + 2];
}

std::optional<std::uint64_t> voluntary_switches_of(pid_t task) noexcept {
  return number_after("\nvoluntary_ctxt_switches:", proc_file("/proc/%d/status", task));
}

std::optional<timer_settings> settings_of_timer(pid_t task, int number) noexcept {
  const proc_file info("/proc/%d/fdinfo/%d", task, number);
  const auto clock = number_after("clockid:", info);
  const auto flags = number_after("settime flags:", info, 8);
  if (!clock || !flags) return {};
  return timer_settings{static_cast<clockid_t>(*clock), static_cast<int>(*flags)};
}

activity look_at_task(pid_t task, blocked_call& call) noexcept {
  const proc_file file("/proc/%d/syscall", task);
  auto text = file.text();
  if (text.starts_with("running")) return activity::running;
  const auto number = take_number(text);
  if (!number) return activity::unknown;  // "-1 …": blocked, but not in a system call
  call.number = static_cast<int>(*number);
  for (auto& argument : call.arguments) {
    const auto value = take_number(text, 16);
    if (!value) return activity::unknown;
    argument = *value;
  }
  return activity::blocked;
}

std::size_t children_of_thread(pid_t process, pid_t thread, std::span<pid_t> room) noexcept {
  const proc_file file("/proc/%d/task/%d/children", process, thread);
  auto text = file.text();
  std::size_t count = 0;
  while (count < room.size()) {
    const auto child = take_number(text);
    if (!child) break;
    room[count++] = static_cast<pid_t>(*child);
  }
  return count;
}

std::size_t threads_of(pid_t process, std::span<pid_t> room) noexcept {
  return numbers_in("/proc/%d/task", process, room);
}

std::size_t descriptors_of(pid_t process, std::span<int> room) noexcept {
  return numbers_in("/proc/%d/fd", process, room);
}

}  // namespace staplelab::runtime
