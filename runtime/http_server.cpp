#include "runtime/http_server.hpp"

#include <array>
#include <cstddef>
#include <exception>
#include <optional>
#include <utility>

#include "runtime/event.hpp"
#include "runtime/task_group.hpp"

namespace staplelab::runtime {

namespace {

// Ends the reading of requests when a moment passes. The moment moves with every message while the
// sleeper on the clock stays where it is, so that a busy connection costs one sleeper a minute.
class deadline {
 public:
  deadline(clock& time, executor where) : time_(time), changed_(where) {}

  void set(time_point t) {
    moment_ = t;
    if (t < watched_) changed_.notify();
  }
  void clear() { moment_.reset(); }

  // Returns when the moment has passed.
  awaitable<void> pass() {
    using namespace asio::experimental::awaitable_operators;
    for (;;) {
      if (!moment_) {
        watched_ = time_point::max();
        co_await changed_.wait();
      } else if (*moment_ <= time_.now()) {
        co_return;
      } else {
        watched_ = *moment_;
        co_await (time_.sleep_until(watched_) || changed_.wait());
      }
    }
  }

 private:
  clock& time_;
  event changed_;
  std::optional<time_point> moment_;
  time_point watched_ = time_point::max();
};

enum class continuation { next_request, finish, reset, silence };

// What an action comes to, for a given request.
struct reaction {
  std::string octets;
  continuation then;
};

struct reaction_to {
  bool head_only;
  bool keep_alive;
  int version;

  reaction operator()(http_response response) const {
    response.keep_alive = response.keep_alive && keep_alive;
    if (version < 11) response.version = version;  // RFC 9110 2.5
    const auto then = response.keep_alive ? continuation::next_request : continuation::finish;
    return {serialise(response, head_only), then};
  }
  reaction operator()(raw_octets raw) const {
    return {std::move(raw.octets), continuation::finish};
  }
  reaction operator()(close_connection) const { return {{}, continuation::finish}; }
  reaction operator()(reset_connection) const { return {{}, continuation::reset}; }
  reaction operator()(keep_silent) const { return {{}, continuation::silence}; }
};

http_action error_response(int status) {
  http_response response;
  response.status = status;
  response.keep_alive = false;
  return response;
}

class http_session {
 public:
  http_session(byte_stream& stream, clock& time, const http_server_limits& limits,
               const http_handler& handler, executor where, taken_over from = {})
      : stream_(stream),
        time_(time),
        limits_(limits),
        handler_(handler),
        parser_(limits.message),
        deadline_(time, where),
        leave_(std::move(from.leave)) {
    if (!from.arrived.empty()) parser_.feed(from.arrived);
  }

  awaitable<void> run();
  bool was_left() const { return left_; }

 private:
  using reading = std::variant<http_request, http_flaw, error_code>;

  awaitable<void> keep_failure();
  awaitable<void> serve_requests();
  awaitable<reading> read_request();
  awaitable<http_action> answer(http_request request);
  awaitable<void> stay_silent();

  byte_stream& stream_;
  clock& time_;
  const http_server_limits& limits_;
  const http_handler& handler_;
  http_request_parser parser_;
  deadline deadline_;
  continuation ending_ = continuation::finish;
  std::exception_ptr failure_;
  std::function<bool()> leave_;
  bool left_ = false;
  std::array<char, 8192> room_;
};

awaitable<void> http_session::run() {
  using namespace asio::experimental::awaitable_operators;
  co_await (keep_failure() || deadline_.pass());
  if (failure_ && !means_cancelled(failure_)) std::rethrow_exception(failure_);
  if (left_) co_return;
  switch (ending_) {
    case continuation::next_request:
    case continuation::finish:
      co_await (stream_.finish() || time_.sleep_until(time_.now() + limits_.linger_timeout));
      break;
    case continuation::reset:
      stream_.reset();
      break;
    case continuation::silence:
      co_await stay_silent();
      break;
  }
}

// An exception would leave `||` waiting for its other branch.
awaitable<void> http_session::keep_failure() {
  try {
    co_await serve_requests();
  } catch (const std::exception&) {
    failure_ = std::current_exception();
  }
}

awaitable<void> http_session::serve_requests() {
  reaction next{{}, continuation::next_request};
  while (next.then == continuation::next_request) {
    auto read = co_await read_request();
    if (std::holds_alternative<error_code>(read)) co_return;
    deadline_.clear();
    if (const auto* flaw = std::get_if<http_flaw>(&read)) {
      next = std::visit(reaction_to{false, false, 11}, error_response(status_of(*flaw)));
    } else {
      auto& request = std::get<http_request>(read);
      const reaction_to react{request.method == "HEAD", request.keep_alive, request.version};
      auto action = co_await answer(std::move(request));
      next = std::visit(react, std::move(action));
    }
    ending_ = next.then;
    deadline_.set(time_.now() + limits_.idle_timeout);
    if (next.octets.empty()) continue;
    if (co_await stream_.write(next.octets)) co_return;
    left_ = next.then == continuation::next_request && leave_ && parser_.idle() && leave_();
    if (left_) co_return;
  }
}

awaitable<http_session::reading> http_session::read_request() {
  deadline_.set(time_.now() + limits_.idle_timeout);
  bool begun = false;
  for (;;) {
    auto outcome = parser_.next();
    if (auto* request = std::get_if<http_request>(&outcome)) co_return std::move(*request);
    if (const auto* flaw = std::get_if<http_flaw>(&outcome)) co_return *flaw;
    if (!begun && !parser_.idle()) {
      begun = true;
      deadline_.set(time_.now() + limits_.message_timeout);
    }
    if (std::holds_alternative<http_request_parser::expects_continue>(outcome)) {
      if (auto error = co_await stream_.write("HTTP/1.1 100 Continue\r\n\r\n")) co_return error;
    }
    const auto count = co_await stream_.read_some(room_);
    if (!count) co_return count.error();
    parser_.feed(std::string_view(room_.data(), *count));
  }
}

// A session that was cancelled meanwhile ends at its next co_await, before it writes the 500.
awaitable<http_action> http_session::answer(http_request request) {
  try {
    auto answering = handler_(std::move(request), stream_.connection());
    co_return co_await std::move(answering);
  } catch (const std::exception&) {
    co_return error_response(500);
  }
}

awaitable<void> http_session::stay_silent() {
  const auto mark = time_.idle(stream_.connection());
  for (;;) {
    const auto count = co_await stream_.read_some(room_);
    if (!count) co_return;
  }
}

}  // namespace

awaitable<void> serve_http(byte_stream& stream, clock& time, const http_server_limits& limits,
                           const http_handler& handler) {
  auto where = co_await asio::this_coro::executor;
  http_session session(stream, time, limits, handler, where);
  co_await session.run();
}

awaitable<bool> serve_http(byte_stream& stream, clock& time, const http_server_limits& limits,
                           const http_handler& handler, taken_over from) {
  auto where = co_await asio::this_coro::executor;
  http_session session(stream, time, limits, handler, where, std::move(from));
  co_await session.run();
  co_return session.was_left();
}

}  // namespace staplelab::runtime
