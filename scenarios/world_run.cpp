#include "scenarios/world_run.hpp"

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <utility>

namespace staplelab::scenarios {

namespace asio = runtime::asio;

namespace {

// Real time for a cancelled story to unwind: a few turns of the io_context.
constexpr duration unwinding{100};

}  // namespace

struct world_run::story {
  asio::cancellation_signal stop;
  bool ended = false;
  std::exception_ptr failure;
};

world_run::world_run(world& stage, runtime::awaitable<void> what)
    : stage_(stage), story_(std::make_shared<story>()) {
  auto end = [told = story_](std::exception_ptr failure) {
    told->ended = true;
    told->failure = std::move(failure);
  };
  asio::co_spawn(stage.io.get_executor(), std::move(what),
                 asio::bind_cancellation_slot(story_->stop.slot(), std::move(end)));
}

world_run::outcome world_run::run(duration limit) {
  const double deadline = runtime::real_milliseconds() + static_cast<double>(limit.count());
  const auto over = [&] { return story_->ended || runtime::real_milliseconds() > deadline; };
  switch (stage_.passing->run(stage_.io, over, std::min(limit, longest_stall))) {
    case runtime::virtual_clock::outcome::stuck:
      return stuck{};
    case runtime::virtual_clock::outcome::stalled:
      return stalled{};
    case runtime::virtual_clock::outcome::finished:
      break;
  }
  if (!story_->ended) return out_of_time{};
  if (story_->failure) return threw{story_->failure};
  return ended{};
}

world_run::~world_run() {
  if (story_->ended) return;
  story_->stop.emit(asio::cancellation_type::terminal);
  stage_.passing->run(stage_.io, [this] { return story_->ended; }, unwinding);
}

}  // namespace staplelab::scenarios
