#include "runtime/signals.hpp"

#include <csignal>

namespace staplelab::runtime {

signals::signals(executor where) : set_(where, SIGTERM, SIGINT, SIGHUP) {}

awaitable<int> signals::next() {
  co_return co_await set_.async_wait(use_awaitable);
}

}  // namespace staplelab::runtime
