#include "runtime/event.hpp"

namespace staplelab::runtime {

awaitable<void> event::wait() {
  error_code always_aborted;
  co_await timer_.async_wait(asio::redirect_error(use_awaitable, always_aborted));
}

}  // namespace staplelab::runtime
