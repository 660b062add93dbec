#include "responder/signing_pool.hpp"

#include <boost/asio/post.hpp>
#include <exception>
#include <memory>
#include <utility>

#include "runtime/event.hpp"

namespace staplelab::responder {

namespace {

std::optional<pki::bytes> result_of(const std::function<pki::bytes()>& job) {
  try {
    return job();
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

}  // namespace

// Shared by the coroutine that waits and by the job, either of which may be the last.
struct signing_pool::waiting_for {
  explicit waiting_for(runtime::executor where) : over(where) {}
  runtime::event over;
  bool is_over = false;
  std::optional<pki::bytes> made;
};

runtime::awaitable<std::optional<pki::bytes>> signing_pool::run(std::function<pki::bytes()> job) {
  auto where = co_await runtime::asio::this_coro::executor;
  const auto state = std::make_shared<waiting_for>(where);
  if (!accept(std::move(job), where, state)) co_return std::nullopt;
  while (!state->is_over)
    co_await state->over.wait();
  co_return std::move(state->made);
}

// Under the guard, so that close() waits for every job that got in: one that came later would never
// begin, and hold on to the caller's io_context after its end.
bool signing_pool::accept(std::function<pki::bytes()> job, runtime::executor where,
                          std::shared_ptr<waiting_for> state) {
  const std::scoped_lock lock(guard_);
  if (closed_ || waiting_ >= waiting_at_most_) return false;
  ++waiting_;
  runtime::asio::post(
      threads_, [this, state = std::move(state), where, job = std::move(job)]() mutable {
        auto made = begin() ? result_of(job) : std::nullopt;
        // Only the executor's own thread touches the state, and ends it.
        runtime::asio::post(where, [state = std::move(state), made = std::move(made)]() mutable {
          state->made = std::move(made);
          state->is_over = true;
          state->over.notify();
        });
      });
  return true;
}

bool signing_pool::begin() {
  const std::scoped_lock lock(guard_);
  --waiting_;
  return !closed_;
}

void signing_pool::close() {
  {
    const std::scoped_lock lock(guard_);
    closed_ = true;
  }
  threads_.join();
}

}  // namespace staplelab::responder
