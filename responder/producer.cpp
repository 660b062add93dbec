#include "responder/producer.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

#include "responder/answer_maker.hpp"
#include "responder/production.hpp"

namespace staplelab::responder {

namespace {

using namespace std::chrono_literals;

constexpr pki::duration shortest_lead = 5s;
constexpr int behind_everybody = 10;  // nice(2): whoever answers goes first

struct production_run {
  fast_path& fast;
  const runtime::clock& time;
  pki::time_point then;
  const std::atomic<bool>& stop;
};

// One thread of a production. Changes are recorded while it works: past `then`, an answer for that
// moment would not know of them.
void work(const production_run& run, const std::function<std::vector<pki::bytes>()>& next_page,
          const std::function<void(std::size_t)>& made) {
  ::setpriority(PRIO_PROCESS, 0, behind_everybody);  // of this thread; without it all goes on too
  try {
    answer_maker maker(run.fast);
    while (!run.stop) {
      const auto page = next_page();
      if (page.empty()) return;
      std::size_t count = 0;
      for (const auto& id : page) {
        if (run.stop) break;  // a page of RSA takes most of a second
        count += maker.make_ready(id, std::max(run.then, run.time.now())) ? 1 : 0;
      }
      made(count);
    }
  } catch (const std::exception&) {
    return;  // an exception that leaves a thread would end the responder
  }
}

}  // namespace

std::size_t produce(fast_path& fast, const runtime::clock& time, const producer_config& config,
                    pki::time_point then, const std::atomic<bool>& stop) {
  id_pages pages;
  try {
    pages = config.pages();
  } catch (const std::exception&) {
    return 0;
  }
  std::mutex guard;
  std::size_t total = 0;
  const auto next_page = [&] {
    const std::scoped_lock lock(guard);
    return pages();
  };
  const auto made = [&](std::size_t count) {
    const std::scoped_lock lock(guard);
    total += count;
    if (config.progress) config.progress(total, false);
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < std::max<std::size_t>(1, config.threads); ++i)
    threads.emplace_back([&] { work({fast, time, then, stop}, next_page, made); });
  for (auto& each : threads)
    each.join();
  if (config.progress) config.progress(total, true);
  return total;
}

producer::producer(fast_path& fast, runtime::clock& time, answer_timing timing,
                   producer_config config)
    : fast_(fast),
      time_(time),
      timing_(std::move(timing)),
      config_(std::move(config)),
      thread_([this] { run(); }) {}

producer::~producer() {
  {
    const std::scoped_lock lock(guard_);
    stop_ = true;
  }
  ended_.notify_all();
  thread_.join();
}

void producer::run() {
  if (!timing_.production) return;
  const auto every = timing_.production->every;
  auto then = time_.now();
  for (;;) {
    const auto begun = time_.now();
    produce(fast_, time_, config_, then, stop_);
    const auto took = time_.now() - begun;
    // Three times what it took, so that it is over when the turn comes.
    const auto lead =
        std::min<pki::duration>(std::max<pki::duration>(shortest_lead, 3 * took), every / 2);
    then = production_at(timing_, std::max(then, time_.now())).served_from + every;
    if (!wait_until(then - lead)) return;
  }
}

bool producer::wait_until(pki::time_point t) {
  std::unique_lock lock(guard_);
  while (!stop_ && time_.now() < t)
    ended_.wait_for(lock, std::min<pki::duration>(t - time_.now(), 1s));
  return !stop_;
}

}  // namespace staplelab::responder
