// The signals that end or reload a server of the command line: SIGTERM, SIGINT and SIGHUP. From its
// making on they no longer end the process; one that comes while nobody waits is kept.
#pragma once

#include <boost/asio/basic_signal_set.hpp>

#include "runtime/async.hpp"

namespace staplelab::runtime {

class signals {
 public:
  // Throws system_error.
  explicit signals(executor where);
  // The number of the next signal. Cancellable.
  awaitable<int> next();

 private:
  asio::basic_signal_set<executor> set_;
};

}  // namespace staplelab::runtime
