// Coroutines that belong together: started into a group, cancelled together, joined.
//
// An exception that leaves a task is kept; join() rethrows the first one, after all tasks ended.
// Being cancelled (operation_aborted) is no exception in this sense. A group that is destroyed with
// tasks in it cancels them; their frames end with the io_context at the latest.
#pragma once

#include <exception>
#include <list>
#include <memory>

#include <boost/asio/cancellation_signal.hpp>

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
  // Waits until no task is left. One waiter at a time.
  awaitable<void> join();
  std::size_t size() const;

 private:
  struct state;
  std::shared_ptr<state> state_;  // tasks may outlive the group by the turn that ends them
};

}  // namespace staplelab::runtime
