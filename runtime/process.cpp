#include "runtime/process.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <cassert>
#include <system_error>
#include <utility>

#include "runtime/event.hpp"
#include "runtime/process_launch.hpp"
#include "runtime/task_group.hpp"

namespace staplelab::runtime {

namespace {

using stream = asio::posix::basic_stream_descriptor<executor>;
constexpr int end_limit_ms = 10'000;  // for a supervisor to end; it takes milliseconds

}  // namespace

struct process::state {
  state(executor where, launch made, line_sink sink, sleepers woken)
      : supervisor(made.supervisor),
        time(std::move(made.time)),
        orders(where, made.orders),
        output(where, made.output),
        on_line(std::move(sink)),
        at_jumps(woken),
        changed(where),
        tasks(where) {}

  static awaitable<void> read_output(std::shared_ptr<state> self);
  static awaitable<void> read_reports(std::shared_ptr<state> self);
  void give_lines(bool all);
  void take(const report& told);
  void send(const order& given);
  void end_supervisor();

  pid_t supervisor;
  pid_t program = -1;
  shared_time_handle time;
  stream orders;
  stream output;
  std::string unfinished;  // output without its end of line
  line_sink on_line;
  sleepers at_jumps;
  event changed;
  task_group tasks;
  std::optional<start_failure> failure;
  std::optional<process_end> end;
  bool output_ended = false;
  bool reports_ended = false;
};

awaitable<boost::system::result<process, start_failure>> process::start(executor where,
                                                                        command what,
                                                                        line_sink output) {
  auto made = launch_supervisor(what);
  if (!made) co_return made.error();
  const auto woken = what.clock ? what.clock->at_jumps : sleepers::are_left_be;
  auto owned = std::make_shared<state>(where, std::move(*made), std::move(output), woken);
  process started(owned);
  owned->tasks.spawn(state::read_reports(owned));
  owned->tasks.spawn(state::read_output(owned));
  while (owned->program < 0 && !owned->failure && !owned->reports_ended)
    co_await owned->changed.wait();
  if (owned->failure) co_return *owned->failure;
  if (owned->program < 0) co_return start_failure{start_failure::stage::resources, ECHILD};
  co_return std::move(started);
}

awaitable<void> process::state::read_output(std::shared_ptr<state> self) {
  std::array<char, 8192> room;
  for (;;) {
    error_code failed;
    const auto octets = co_await self->output.async_read_some(
        asio::buffer(room), asio::redirect_error(use_awaitable, failed));
    if (failed) break;
    self->unfinished.append(room.data(), octets);
    self->give_lines(false);
  }
  self->give_lines(true);
  self->output_ended = true;
  self->changed.notify();
}

void process::state::give_lines(bool all) {
  std::size_t at = 0;
  const auto give = [&](std::size_t length) {
    if (on_line) on_line(std::string_view(unfinished).substr(at, length));
    at += length;
  };
  for (;;) {
    const auto line_end = unfinished.find('\n', at);
    if (line_end != std::string::npos && line_end - at <= max_line) {
      give(line_end - at);
      ++at;
    } else if (unfinished.size() - at > max_line) {
      give(max_line);
    } else {
      break;
    }
  }
  if (all && at < unfinished.size()) give(unfinished.size() - at);
  unfinished.erase(0, at);
}

awaitable<void> process::state::read_reports(std::shared_ptr<state> self) {
  for (;;) {
    report told;
    error_code failed;
    // A report is a packet: it comes whole.
    const auto octets = co_await self->orders.async_read_some(
        asio::buffer(&told, sizeof told), asio::redirect_error(use_awaitable, failed));
    if (failed || octets != sizeof told) break;
    self->take(told);
    self->changed.notify();
  }
  self->end_supervisor();
  self->reports_ended = true;
  self->changed.notify();
}

void process::state::take(const report& told) {
  switch (told.what) {
    case report::kind::started:
      program = told.number;
      break;
    case report::kind::failed:
      failure = start_failure{told.at, told.number};
      break;
    case report::kind::exited:
      end = exited{told.number};
      break;
    case report::kind::killed:
      end = killed{told.number};
      break;
  }
}

void process::state::send(const order& given) {
  if (!orders.is_open()) return;
  // Fails when the supervisor has ended, which its last report tells.
  ::send(orders.native_handle(), &given, sizeof given, MSG_NOSIGNAL | MSG_DONTWAIT);
}

// The end of its orders makes the supervisor end the program and itself.
void process::state::end_supervisor() {
  if (supervisor < 0) return;
  error_code ignored;
  orders.close(ignored);
  const int handle = static_cast<int>(syscall(SYS_pidfd_open, supervisor, 0));
  pollfd ended{handle, POLLIN, 0};
  poll(&ended, 1, end_limit_ms);
  if (handle >= 0) close(handle);
  waitpid(supervisor, nullptr, WNOHANG);
  supervisor = -1;
}

process::process(std::shared_ptr<state> owned) : state_(std::move(owned)) {}
process::process(process&&) noexcept = default;

process& process::operator=(process&& other) noexcept {
  std::swap(state_, other.state_);
  return *this;
}

process::~process() {
  if (!state_) return;
  state_->on_line = nullptr;
  state_->end_supervisor();
  state_->tasks.cancel();
}

pid_t process::id() const {
  return state_->program;
}

awaitable<process_end> process::wait_for_exit() {
  const auto kept = state_;
  while (!kept->reports_ended || !kept->output_ended)
    co_await kept->changed.wait();
  // Without a report the supervisor was killed, and its program by that.
  if (!kept->end) kept->end = killed{SIGKILL};
  co_return *kept->end;
}

const std::optional<process_end>& process::ended() const {
  return state_->end;
}

void process::send_signal(int number) {
  state_->send({order::kind::signal, number, 0});
}

void process::kill_tree() {
  state_->send({order::kind::kill, 0, 0});
}

void process::set_offset(duration offset) {
  const auto ns = std::chrono::nanoseconds(offset).count();
  const auto before = state_->time->offset_ns.exchange(ns, std::memory_order_release);
  const bool wakes = state_->at_jumps == sleepers::are_woken;
  state_->send({order::kind::jump, 0, wakes ? ns - before : 0});
}

clock_readings process::readings() const {
  return {state_->time->moved.load(std::memory_order_relaxed),
          state_->time->unmoved.load(std::memory_order_relaxed)};
}

std::string to_string(const start_failure& failure, const command& what) {
  using stage = start_failure::stage;
  const auto& program = what.arguments.at(0);
  const auto why = std::generic_category().message(failure.error);
  switch (failure.at) {
    case stage::program_not_found:
      return fmt::format("{}: no such program", program);
    case stage::resources:
      return fmt::format("{}: cannot start a process: {}", program, why);
    case stage::user:
      return fmt::format("{}: cannot run as another user: {}", program, why);
    case stage::folder:
      return fmt::format("{}: cannot change to the folder {}: {}", program, what.folder, why);
    case stage::clock:
      return fmt::format("{}: its clock cannot be moved on this machine: {}", program, why);
    case stage::execution:
      return fmt::format("{}: cannot be executed: {}", program, why);
  }
  return {};
}

}  // namespace staplelab::runtime
