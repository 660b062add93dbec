#include "runtime/long_waits.hpp"

#include <time.h>

#include <algorithm>

#include "runtime/clock_answers.hpp"
#include "runtime/proc_files.hpp"

namespace staplelab::runtime {

long_waits::sleeper* long_waits::entry_of(pid_t task) noexcept {
  const auto end = all_.begin() + static_cast<std::ptrdiff_t>(count_);
  const auto found =
      std::find_if(all_.begin(), end, [&](const sleeper& each) { return each.task == task; });
  if (found != end) return &*found;
  if (count_ == all_.size()) return nullptr;
  all_[count_] = {
      .task = task, .switches = 0, .since_ns = 0, .jumped_ns = -1, .slept_ns = 0, .found = false};
  return &all_[count_++];
}

std::int64_t long_waits::add(pid_t task, std::int64_t jump_ns) noexcept {
  auto* const entry = entry_of(task);
  const auto switches = voluntary_switches_of(task);
  if (!entry || !switches) return jump_ns;
  const auto now = real_nanoseconds(CLOCK_MONOTONIC);
  if (entry->jumped_ns < 0 || entry->switches != *switches) {
    entry->switches = *switches;
    entry->since_ns = now;
    entry->jumped_ns = 0;
  }
  entry->found = true;
  entry->jumped_ns += jump_ns;
  entry->slept_ns = entry->jumped_ns + (now - entry->since_ns);
  return entry->slept_ns;
}

std::int64_t long_waits::slept(pid_t task, std::int64_t otherwise) const noexcept {
  const auto end = all_.begin() + static_cast<std::ptrdiff_t>(count_);
  const auto found = std::find_if(
      all_.begin(), end, [&](const sleeper& each) { return each.task == task && each.found; });
  return found == end ? otherwise : found->slept_ns;
}

void long_waits::begin_jump() noexcept {
  const auto end = all_.begin() + static_cast<std::ptrdiff_t>(count_);
  const auto kept =
      std::remove_if(all_.begin(), end, [](const sleeper& each) { return !each.found; });
  count_ = static_cast<std::size_t>(kept - all_.begin());
  for (std::size_t i = 0; i < count_; ++i)
    all_[i].found = false;
}

}  // namespace staplelab::runtime
