#include "runtime/task_group.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/multiple_exceptions.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>
#include <list>
#include <utility>

#include "runtime/event.hpp"

namespace staplelab::runtime {

struct task_group::state {
  struct task {
    asio::cancellation_signal stop;
    bool begun = false;
    bool stopping = false;
  };

  explicit state(executor on) : where(on), task_ended(on) {}

  executor where;
  std::list<task> running;
  std::exception_ptr first_failure;
  event task_ended;

  // co_spawn begins a task at once when it is called on the io_context.
  static awaitable<void> on_a_later_turn(std::shared_ptr<state> owner,
                                         std::list<task>::iterator self, awaitable<void> what) {
    self->begun = true;
    co_await asio::post(owner->where, use_awaitable);
    if (!self->stopping) co_await std::move(what);
  }
};

task_group::task_group(executor where) : state_(std::make_shared<state>(where)) {}

task_group::~task_group() {
  cancel();
}

void task_group::spawn(awaitable<void> task) {
  const auto self = state_->running.emplace(state_->running.end());
  auto ended = [state = state_, self](std::exception_ptr failure) {
    state->running.erase(self);
    if (failure && !state->first_failure && !means_cancelled(failure)) {
      state->first_failure = std::move(failure);
    }
    state->task_ended.notify();
  };
  asio::co_spawn(state_->where, state::on_a_later_turn(state_, self, std::move(task)),
                 asio::bind_cancellation_slot(self->stop.slot(), std::move(ended)));
}

void task_group::cancel() {
  if (state_->running.empty()) return;
  for (auto& task : state_->running)
    task.stopping = true;
  // A signal emitted outside the io_context reaches co_spawn a turn later, when the task may have
  // ended and taken its signal with it. One emitted before the first turn of a task would leave
  // co_spawn's own coroutine as an exception that nobody catches.
  asio::dispatch(state_->where, [state = state_] {
    for (auto& task : state->running) {
      if (task.stopping && task.begun) task.stop.emit(asio::cancellation_type::terminal);
    }
  });
}

awaitable<void> task_group::join_below(std::size_t limit) {
  const auto state = state_;
  while (state->running.size() >= limit)
    co_await state->task_ended.wait();
}

awaitable<void> task_group::join() {
  const auto state = state_;
  while (!state->running.empty())
    co_await state->task_ended.wait();
  if (auto failure = std::exchange(state->first_failure, nullptr)) {
    std::rethrow_exception(std::move(failure));
  }
}

std::size_t task_group::size() const {
  return state_->running.size();
}

bool means_cancelled(const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const boost::system::system_error& error) {
    return error.code() == asio::error::operation_aborted;
  } catch (const asio::multiple_exceptions& several) {
    return means_cancelled(several.first_exception());
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace staplelab::runtime
