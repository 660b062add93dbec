#include "cli/interrupt.hpp"

#include <signal.h>

namespace staplelab::cli {
namespace {

std::atomic<bool> has_come{false};
static_assert(std::atomic<bool>::is_always_lock_free);  // a signal handler sets it

}  // namespace

void catch_interrupt() {
  struct sigaction action = {};
  action.sa_handler = [](int) { has_come = true; };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

const std::atomic<bool>& interrupted() {
  return has_come;
}

}  // namespace staplelab::cli
