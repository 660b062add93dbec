#include "fingerprint/examine.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "fingerprint/machine_load.hpp"
#include "fingerprint/repetition.hpp"
#include "scenarios/runner.hpp"

namespace staplelab::fingerprint {

using scenarios::time_mode;

namespace {

// A machine that is this late (milliseconds) does not let a server answer in time.
constexpr double too_late = 250;

// Real time for one experiment. A client gives up after a minute.
constexpr duration longest_experiment = std::chrono::seconds(200);

// One run of a study.
struct attempt {
  std::size_t number;
  std::vector<course> courses;
  std::size_t left;    // experiments
  bool counts = true;  // false: of one of them nothing better was to be had
  std::vector<std::string> transcripts = {};
};

struct progress_of_study {
  study what;
  repetition runs;
  std::size_t begun = 0;
  std::size_t under_way = 0;
  std::vector<std::string> transcripts = {};  // of the last attempt
};

struct job {
  std::size_t study;
  std::size_t experiment;
  std::shared_ptr<attempt> of;  // shared by its experiments
};

class examination {
 public:
  examination(const subject& who, const examination_options& options, const on_progress& progress,
              const std::atomic<bool>& cancelled);
  void play_all();
  row result() &&;

 private:
  void begin_attempt(std::size_t index);
  void work();
  std::optional<job> next();
  void play(const job& what);
  void take(const job& what, const scenarios::case_result& result, bool late);
  void go_on_after(const job& what);
  void conclude(std::size_t index, const attempt& done);
  bool is_wanted(cell which) const;

  const subject& who_;
  const examination_options& options_;
  const on_progress& progress_;
  const std::atomic<bool>& cancelled_;
  std::optional<scenarios::target> on_;
  time_mode time_;
  machine_load load_;
  std::mutex mutex_;  // of everything below
  std::condition_variable changed_;
  std::vector<progress_of_study> studies_;
  std::deque<job> queue_;
  std::size_t running_ = 0, ended_ = 0, needed_ = 0;
  bool nothing_to_ask_ = false;  // it does not staple
};

// Of the first study: its clients were given nothing, and nobody was asked.
bool tells_that_it_never_staples(const cell_values& found) {
  bool none = false, asked_nobody = false;
  for (const auto& [which, what] : found) {
    if (which == cell::first_handshake) none = alike(what, word::none);
    if (which == cell::request) asked_nobody = std::holds_alternative<does_not_apply>(what);
    if (which == cell::keeps_answers && !std::holds_alternative<does_not_apply>(what)) return false;
  }
  return none && asked_nobody;
}

time_mode time_of(const subject& who) {
  if (!who.on) return time_mode::virtual_;
  return who.on->time.travel ? time_mode::real : time_mode::travel;
}

examination::examination(const subject& who, const examination_options& options,
                         const on_progress& progress, const std::atomic<bool>& cancelled)
    : who_(who),
      options_(options),
      progress_(progress),
      cancelled_(cancelled),
      time_(time_of(who)) {
  if (who.on) on_ = with_both_kinds(*who.on);
  for (auto& each : all_studies(facts_of(who.on, options.mode))) {
    if (std::ranges::none_of(each.cells, [&](cell which) { return is_wanted(which); })) continue;
    const auto experiments = each.experiments.size();
    studies_.push_back({std::move(each), repetition(options.times, experiments)});
  }
}

bool examination::is_wanted(cell which) const {
  return options_.only.empty() || std::ranges::find(options_.only, which) != options_.only.end();
}

// The first study to its end, since it may leave nothing to ask; then all others in turn.
void examination::play_all() {
  const auto begin = [this](std::size_t index) {
    if (!studies_[index].what.experiments.empty()) begin_attempt(index);
  };
  for (unsigned round = 0; round < options_.times && !studies_.empty(); ++round)
    begin(0);
  for (unsigned round = 0; round < options_.times; ++round) {
    for (std::size_t i = 1; i < studies_.size(); ++i)
      begin(i);
  }
  std::vector<std::jthread> workers;
  for (unsigned i = 0; i < std::max(1U, options_.jobs); ++i)
    workers.emplace_back([this] { work(); });
}

void examination::begin_attempt(std::size_t index) {
  auto& of = studies_[index];
  const auto count = of.what.experiments.size();
  auto made = std::make_shared<attempt>(attempt{++of.begun, std::vector<course>(count), count});
  made->transcripts.resize(count);
  ++of.under_way;
  needed_ += count;
  for (std::size_t i = 0; i < count; ++i) {
    if (!of.what.experiments[i].needed) queue_.push_back({index, i, made});
  }
}

void examination::work() {
  while (const auto what = next())
    play(*what);
}

std::optional<job> examination::next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return cancelled_ || !queue_.empty() || running_ == 0; });
  if (cancelled_ || queue_.empty()) {
    changed_.notify_all();
    return std::nullopt;
  }
  auto first = std::move(queue_.front());
  queue_.pop_front();
  ++running_;
  return first;
}

void examination::play(const job& what) {
  const auto& told = studies_[what.study].what.experiments[what.experiment];
  const scenarios::scenario_case one{&told.told, told.mode, told.must_staple, who_.profile,
                                     on_ ? &*on_ : nullptr};
  scenarios::run_options how;
  how.seed = what.of->number;
  how.timeout = longest_experiment;
  how.time = time_;
  course so_far;
  how.until = [&](const scenarios::step_result& done, std::span<const scenarios::event> happened) {
    append(so_far, done, happened);
    return told.settled && told.settled(so_far);
  };
  const double began = runtime::real_milliseconds();
  const auto result = scenarios::run_case(one, how);
  const bool late = time_ != time_mode::virtual_ && load_.latest_since(began) > too_late;
  take(what, result, late);
}

void examination::take(const job& what, const scenarios::case_result& result, bool late) {
  auto seen = course_of(result);
  auto text = scenarios::transcript(result);
  if (!seen.not_played.empty()) text += "not played: " + seen.not_played + "\n";
  const std::lock_guard lock(mutex_);
  --running_;
  ++ended_;
  auto& of = *what.of;
  const bool spoilt = late || seen.broke_off;
  if (spoilt && !nothing_to_ask_ && studies_[what.study].runs.excuses_one()) {
    ++needed_;
    queue_.push_back(what);
  } else {
    of.counts = of.counts && !spoilt;
    of.courses[what.experiment] = std::move(seen);
    of.transcripts[what.experiment] = std::move(text);
    --of.left;
    go_on_after(what);
    if (of.left == 0) conclude(what.study, of);
  }
  if (progress_) progress_(ended_, needed_);
  changed_.notify_all();
}

// An experiment may depend on the one before it.
void examination::go_on_after(const job& what) {
  const auto& all = studies_[what.study].what.experiments;
  const auto next = what.experiment + 1;
  if (next == all.size() || !all[next].needed || nothing_to_ask_) return;
  if (all[next].needed(what.of->courses[what.experiment])) {
    queue_.push_back({what.study, next, what.of});
    return;
  }
  --what.of->left;
  --needed_;
}

void examination::conclude(std::size_t index, const attempt& done) {
  auto& of = studies_[index];
  of.runs.take(of.what.judge(done.courses), done.counts);
  of.transcripts = done.transcripts;
  --of.under_way;
  if (nothing_to_ask_) return;
  if (of.under_way == 0 && of.runs.goes_on()) begin_attempt(index);
  if (of.runs.is_steady() && tells_that_it_never_staples(of.runs.found())) {
    nothing_to_ask_ = true;
    needed_ -= queue_.size();
    queue_.clear();
  }
}

row examination::result() && {
  row made;
  made.target = who_.name;
  made.title = who_.on ? who_.on->title : who_.name;
  made.version = who_.version;
  made.time = time_;
  made.times = options_.times;
  for (auto& each : studies_) {
    if (nothing_to_ask_ && !each.runs.is_steady()) {
      each.what = left_out(each.what.cells, "it does not staple, nor ask a responder");
      each.transcripts.clear();
    }
    const bool played_any = !each.what.experiments.empty();
    const auto values = played_any ? each.runs.found() : each.what.judge({});
    for (const auto& [which, found] : values) {
      const bool ours = std::ranges::find(each.what.cells, which) != each.what.cells.end();
      if (!ours || !is_wanted(which)) continue;
      made.cells.emplace_back(which, found);
      if (played_any && !each.runs.is_steady()) made.unsteady.push_back(which);
    }
    made.spoilt += each.runs.excused();
    for (std::size_t i = 0; i < each.transcripts.size(); ++i) {
      if (each.transcripts[i].empty()) continue;  // it was not needed
      made.experiments.push_back(
          {each.what.cells, each.what.experiments[i].told.title, std::move(each.transcripts[i])});
    }
  }
  std::ranges::sort(made.cells, {}, &cell_values::value_type::first);
  std::ranges::sort(made.unsteady);
  return made;
}

}  // namespace

const value* value_of(const row& of, cell which) {
  const auto found = std::ranges::find(of.cells, which, &cell_values::value_type::first);
  return found == of.cells.end() ? nullptr : &found->second;
}

row examine(const subject& who, const examination_options& options, const on_progress& progress,
            const std::atomic<bool>& cancelled) {
  const double began = runtime::real_milliseconds();
  examination all(who, options, progress, cancelled);
  all.play_all();
  auto made = std::move(all).result();
  made.duration_ms = runtime::real_milliseconds() - began;
  return made;
}

}  // namespace staplelab::fingerprint
