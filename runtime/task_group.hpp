// Coroutines that belong together: started into a group, cancelled together, joined.
//
// An exception that leaves a task is kept; join() rethrows the first one, after all tasks ended.
// Being cancelled (operation_aborted) is no exception in this sense. A group that is destroyed with
// tasks in it cancels them; their frames end with the io_context at the latest.
#pragma once

#include <cstddef>
#include <exception>
#include <memory>

#include "runtime/async.hpp"

namespace staplelab::runtime {

class task_group {
 public:
  explicit task_group(executor where);
  ~task_group();
  task_group(const task_group&) = delete;
  task_group& operator=(const task_group&) = delete;

  // The task begins on the next turn of the io_context.
  void spawn(awaitable<void> task);
  // Asks every task to end; they end on later turns.
  void cancel();
  // Waits until no task is left, then rethrows the first exception that was kept, once.
  awaitable<void> join();
  // Waits until fewer than `limit` tasks are left.
  awaitable<void> join_below(std::size_t limit);
  std::size_t size() const;

 private:
  struct state;
  std::shared_ptr<state> state_;  // tasks may outlive the group by the turn that ends them
};

// Whether an exception says no more than that its coroutine was cancelled: operation_aborted, also
// inside the multiple_exceptions that `||` throws when both its branches were.
bool means_cancelled(const std::exception_ptr& exception);

}  // namespace staplelab::runtime
