#include "responder/signing_pool.hpp"

#include <boost/asio/post.hpp>
#include <exception>
#include <memory>
#include <utility>

#include "runtime/event.hpp"

namespace staplelab::responder {

namespace {

// Shared by the coroutine that waits and by the job, either of which may be the last.
struct waiting_for {
  explicit waiting_for(runtime::executor where) : over(where) {}
  runtime::event over;
  bool is_over = false;
  std::optional<pki::bytes> made;
};

std::optional<pki::bytes> result_of(const std::function<pki::bytes()>& job) {
  try {
    return job();
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

}  // namespace

runtime::awaitable<std::optional<pki::bytes>> signing_pool::run(std::function<pki::bytes()> job) {
  if (closed_) co_return std::nullopt;
  if (waiting_.fetch_add(1) >= waiting_at_most_) {
    waiting_.fetch_sub(1);
    co_return std::nullopt;
  }
  auto where = co_await runtime::asio::this_coro::executor;
  const auto state = std::make_shared<waiting_for>(where);
  runtime::asio::post(threads_, [this, state, where, job = std::move(job)] {
    auto made = closed_ ? std::nullopt : result_of(job);
    waiting_.fetch_sub(1);
    // Only the executor's own thread touches the state.
    runtime::asio::post(where, [state, made = std::move(made)]() mutable {
      state->made = std::move(made);
      state->is_over = true;
      state->over.notify();
    });
  });
  while (!state->is_over)
    co_await state->over.wait();
  co_return std::move(state->made);
}

void signing_pool::close() {
  closed_ = true;
  threads_.join();
}

}  // namespace staplelab::responder
