#include "conform/examine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "conform/wire.hpp"

namespace staplelab::conform {

namespace {

using namespace runtime;

// A responder that serves one connection after another may need a moment to get over the last one.
constexpr duration recovery = std::chrono::milliseconds(500);

class examiner {
 public:
  examiner(clock& time, target what, examination_limits limits)
      : time_(time),
        limits_(limits),
        done_{.seen = evidence(std::move(what)), .started = time.now()},
        end_(done_.started + limits.whole) {}

  awaitable<examination> run(progress report);

 private:
  awaitable<void> gather(const check& next);
  awaitable<exchange> speak(wire_script script);
  awaitable<bool> still_there();
  void stop_at(const std::string& last);
  finding judge(const check& next) const;
  bool next_address();
  bool stopped() const { return !why_stopped_.empty(); }

  clock& time_;
  examination_limits limits_;
  examination done_;
  time_point end_;
  std::size_t address_ = 0;
  std::string why_stopped_;
  std::string last_heard_;
};

awaitable<examination> examiner::run(progress report) {
  const auto& all = all_checks();
  std::size_t place = 0;
  for (const check& next : all) {
    report(next, ++place, all.size());
    const auto at = next.at.in(done_.seen.profile());
    const bool left_out = limits_.left_out.contains(next.number);
    if (at && !left_out && !unmet(next.needs, done_.seen)) co_await gather(next);
    finding found = left_out ? skipped("left out (--skip)") : judge(next);
    done_.checks.push_back({&next, at, weighed(std::move(found), at)});
  }
  std::ranges::sort(done_.checks, {}, [](const checked& each) { return each.what->number; });
  done_.took = time_.now() - done_.started;
  co_return std::move(done_);
}

// Makes the probes of this check that were not made yet.
awaitable<void> examiner::gather(const check& next) {
  for (const probe_id id : next.probes) {
    if (stopped()) co_return;
    if (done_.seen.has(id)) continue;
    auto script = probe_of(id).build(done_.seen);
    if (!script) continue;
    if (time_.now() >= end_) {
      why_stopped_ = fmt::format("the time for the whole run, {} s, was used up",
                                 std::chrono::floor<std::chrono::seconds>(limits_.whole).count());
      co_return;
    }
    if (done_.exchanges >= limits_.exchanges) {
      why_stopped_ = fmt::format("all {} exchanges were used up", limits_.exchanges);
      co_return;
    }
    auto speaking = speak(*script);
    auto seen = co_await std::move(speaking);
    while (seen.how == ending::not_connected && next_address()) {
      auto again = speak(*script);
      seen = co_await std::move(again);
    }
    const std::string here = fmt::format("{} ({})", next.id(), probe_of(id).title);
    if (seen.how == ending::not_connected) {
      // Whatever made it so came before, and says nothing about this check.
      bool alive = done_.reached;
      if (alive) alive = co_await still_there();
      if (!alive) {
        stop_at(done_.reached ? last_heard_ : "");
        co_return;
      }
    }
    done_.reached = true;
    const bool silent = seen.how == ending::timed_out;
    done_.seen.add(id, std::move(seen));
    last_heard_ = here;
    if (!silent) continue;
    const bool alive = co_await still_there();
    if (!alive) stop_at(here);
  }
}

// "localhost" may have an address that nobody listens on, and then another.
bool examiner::next_address() {
  const std::size_t known = done_.seen.what().addresses.size();
  if (done_.reached || address_ + 1 >= known || time_.now() >= end_) return false;
  ++address_;
  return true;
}

// `last`: the check after which nothing more was heard; empty when nothing ever was.
void examiner::stop_at(const std::string& last) {
  if (last.empty()) {
    why_stopped_ = "no connection could be made";
    return;
  }
  why_stopped_ = "the responder stopped answering after check " + last;
  done_.seen.fell_silent(why_stopped_);
}

awaitable<exchange> examiner::speak(wire_script script) {
  ++done_.exchanges;
  const duration limit =
      script.limit ? std::max(*script.limit, limits_.exchange) : limits_.exchange;
  const auto address = done_.seen.what().addresses.at(address_);
  auto conversation =
      converse(time_, address, std::move(script), std::min(time_.now() + limit, end_));
  co_return co_await std::move(conversation);
}

// Asks the plain question again, twice at most. Where it was never answered there is nothing to
// compare with.
awaitable<bool> examiner::still_there() {
  const auto base = done_.seen.base();
  if (!base) co_return true;
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (attempt > 0) co_await time_.sleep_until(time_.now() + recovery);
    if (done_.exchanges >= limits_.exchanges || time_.now() >= end_) co_return true;
    auto script = probe_of(*base).build(done_.seen);
    auto speaking = speak(*std::move(script));
    const auto seen = co_await std::move(speaking);
    if (seen.how == ending::answered) co_return true;
  }
  co_return false;
}

finding examiner::judge(const check& next) const {
  if (auto why = unmet(next.needs, done_.seen)) {
    return skipped(stopped() && !done_.seen.base() ? why_stopped_ : *std::move(why));
  }
  const bool nothing_seen =
      !next.probes.empty() &&
      std::ranges::none_of(next.probes, [&](probe_id id) { return done_.seen.has(id); });
  if (nothing_seen && stopped() && !next.tells_of_silence) return skipped(why_stopped_);
  return next.judge(done_.seen);
}

}  // namespace

awaitable<examination> examine(clock& time, target what, examination_limits limits,
                               progress report) {
  examiner examining(time, std::move(what), limits);
  auto running = examining.run(std::move(report));
  co_return co_await std::move(running);
}

totals count(const examination& done) {
  totals sum;
  for (const checked& each : done.checks) {
    switch (each.found.verdict) {
      case verdict::pass:
        ++sum.passed;
        break;
      case verdict::acceptable:
        ++sum.acceptable;
        break;
      case verdict::skip:
        ++sum.skipped;
        break;
      case verdict::fail:
        ++(each.at == level::must ? sum.must_failed : sum.should_failed);
        break;
    }
  }
  return sum;
}

}  // namespace staplelab::conform
