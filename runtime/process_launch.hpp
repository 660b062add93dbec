// Forks a supervisor; what runtime/process.hpp holds of it.
#pragma once

#include <sys/types.h>

#include <boost/system/result.hpp>
#include <memory>

#include "runtime/process.hpp"
#include "runtime/supervisor.hpp"

namespace staplelab::runtime {

// Memory shared with the supervisor.
struct unmap_time {
  void operator()(shared_time* time) const noexcept;
};
using shared_time_handle = std::unique_ptr<shared_time, unmap_time>;

struct launch {
  pid_t supervisor;
  int orders;  // for the caller to close, as the next
  int output;
  shared_time_handle time;
};

// Whether it then becomes the program is the first report that comes through `orders`.
boost::system::result<launch, start_failure> launch_supervisor(const command& what);

}  // namespace staplelab::runtime
