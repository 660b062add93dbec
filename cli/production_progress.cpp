#include "cli/production_progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <string>

#include "cli/terminal.hpp"
#include "runtime/clock.hpp"

namespace staplelab::cli {
namespace {

constexpr double bar_every_ms = 100, line_every_ms = 5000;
constexpr std::size_t bar_width = 40;
constexpr double long_ms = 1000;

}  // namespace

void production_progress::made(std::size_t count) {
  const std::scoped_lock lock(guard_);
  const double now = runtime::real_milliseconds();
  if (begun_ < 0) begun_ = shown_ = now;
  if (now - shown_ < (is_terminal(stderr) ? bar_every_ms : line_every_ms)) return;
  shown_ = now;
  show(count, now);
}

void production_progress::over(std::size_t count) {
  const std::scoped_lock lock(guard_);
  const double took = begun_ < 0 ? 0 : runtime::real_milliseconds() - begun_;
  begun_ = shown_ = -1;
  if (took < long_ms && !words_.tells_short_ones) return;
  fmt::print(stderr, "{}{} {} {} in {:.1f} s\n", is_terminal(stderr) ? "\r\x1b[K" : "", words_.done,
             count, words_.what, took / 1000);
}

void production_progress::show(std::size_t count, double now) {
  const std::size_t of = std::max(total_, std::max<std::size_t>(count, 1));
  if (!is_terminal(stderr)) {
    fmt::print(stderr, "{} {} of {} {}\n", words_.done, count, of, words_.what);
    return;
  }
  const std::size_t full = bar_width * count / of;
  const double left = count == 0 ? 0
                                 : (now - begun_) / 1000 * static_cast<double>(of - count) /
                                       static_cast<double>(count);
  fmt::print(stderr, "\r{} {} [{}{}] {} %, {:.0f} s left\x1b[K", words_.doing, words_.what,
             std::string(full, '#'), std::string(bar_width - full, '-'), 100 * count / of, left);
}

}  // namespace staplelab::cli
