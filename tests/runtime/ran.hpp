// Programs run by a test in real time, what they printed, and whether anything of them is left.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/proc_files.hpp"
#include "runtime/process.hpp"

namespace staplelab::runtime {

// For a machine that is busy; no test waits that long when all is well.
inline constexpr auto patience = std::chrono::seconds(60);

struct ran {
  ran() = default;
  ~ran() { started.reset(); }

  // Runs the io_context until `done`; false when patience ended first.
  bool run_until(const std::function<bool()>& done) {
    const double limit = real_milliseconds() + std::chrono::milliseconds(patience).count();
    while (!done() && real_milliseconds() < limit) {
      io.restart();
      io.run_one_for(std::chrono::milliseconds(20));
    }
    return done();
  }

  // Starts it; the failure is in `failure`.
  bool start(command what) {
    bool tried = false;
    auto task = [](ran& self, command wanted, bool& ended) -> awaitable<void> {
      auto sink = [&self](std::string_view line) { self.lines.emplace_back(line); };
      auto result =
          co_await process::start(self.io.get_executor(), std::move(wanted), std::move(sink));
      if (result) {
        self.started.emplace(std::move(*result));
      } else {
        self.failure = result.error();
      }
      ended = true;
    };
    asio::co_spawn(io, task(*this, std::move(what), tried), [](std::exception_ptr failed) {
      if (failed) std::rethrow_exception(failed);
    });
    run_until([&] { return tried; });
    return started.has_value();
  }

  std::optional<process_end> end() {
    std::optional<process_end> how;
    auto task = [](ran& self, std::optional<process_end>& out) -> awaitable<void> {
      out = co_await self.started->wait_for_exit();
    };
    asio::co_spawn(io, task(*this, how), [](std::exception_ptr) {});
    run_until([&] { return how.has_value(); });
    return how;
  }

  bool has_line(const std::string& wanted) const {
    for (const auto& line : lines) {
      if (line == wanted) return true;
    }
    return false;
  }

  // The number behind a name, as in "realtime 1772323200".
  std::optional<long long> number(const std::string& name) const {
    for (const auto& line : lines) {
      if (line.starts_with(name + " ")) return std::stoll(line.substr(name.size() + 1));
    }
    return {};
  }

  std::vector<std::string> lines;
  asio::io_context io;
  std::optional<process> started;
  std::optional<start_failure> failure;
};

inline command run_of(std::vector<std::string> arguments) {
  return {std::move(arguments), {"PATH=/usr/sbin:/usr/bin:/sbin:/bin"}, {}, {}, {}};
}

// A zombie is not: it waits for init, which may be slow or missing in a container.
inline bool is_alive(pid_t id) {
  const auto state = state_of_task(id);
  return state && *state != 'Z' && *state != 'X';
}

}  // namespace staplelab::runtime
