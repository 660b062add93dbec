#include "responder/production.hpp"

#include <chrono>
#include <utility>

namespace staplelab::responder {

namespace {

pki::time_point whole_seconds(pki::time_point t) {
  return std::chrono::floor<std::chrono::seconds>(t);
}

production signed_at(pki::time_point t, pki::duration backdate, const answer_timing& timing) {
  production made;
  made.produced_at = whole_seconds(t);
  made.this_update = whole_seconds(t - backdate);
  made.next_update = made.this_update + timing.validity;
  made.served_from = t;
  if (timing.production) made.served_from += timing.production->lag;
  return made;
}

// The last production that signs at `t` or before.
pki::time_point turn_at(const production_schedule& schedule, pki::time_point t) {
  const auto past = t - schedule.origin;
  auto turns = past / schedule.every;
  if (past < turns * schedule.every) --turns;  // division rounds towards the origin
  return schedule.origin + turns * schedule.every;
}

// The last change that has been signed out of turn and published by `now`.
const pki::status_record* published_change(const pki::status_history& history,
                                           const production_schedule& schedule,
                                           pki::time_point now) {
  const pki::status_record* last = nullptr;
  for (const auto& record : history) {
    if (record.recorded_at <= now - schedule.lag) last = &record;
  }
  return last;
}

}  // namespace

production production_at(const answer_timing& timing, pki::time_point now) {
  if (!timing.production) return signed_at(now, timing.backdate, timing);
  const auto& schedule = *timing.production;
  return signed_at(turn_at(schedule, now - schedule.lag), timing.backdate, timing);
}

std::optional<production> next_production(const answer_timing& timing, pki::time_point now) {
  if (!timing.production) return std::nullopt;
  const auto& schedule = *timing.production;
  return signed_at(turn_at(schedule, now) + schedule.every, timing.backdate, timing);
}

dated_status served_at(const pki::status_history& history, const answer_timing& timing,
                       pki::time_point now) {
  const production in_turn = production_at(timing, now);
  if (!timing.production) return {pki::known_at(history, now), in_turn};
  if (history.empty() || history.front().recorded_at > now) {
    return {pki::unknown_status{}, in_turn};
  }
  if (timing.production->on_change) {
    const auto* change = published_change(history, *timing.production, now);
    if (change && change->recorded_at > in_turn.this_update) {
      return {pki::known_at(history, change->recorded_at),
              signed_at(change->recorded_at, pki::duration{0}, timing)};
    }
  }
  const auto issued = history.front().recorded_at;
  if (issued <= in_turn.this_update) {
    return {pki::known_at(history, in_turn.this_update), in_turn};
  }
  auto first = signed_at(issued, pki::duration{0}, timing);
  first.served_from = issued;
  return {pki::known_at(history, issued), first};
}

std::variant<dated_status, pki::no_status> served_at(const pki::status_book& book,
                                                     const pki::cert_id& id,
                                                     const answer_timing& timing,
                                                     pki::time_point now) {
  if (!timing.production) {
    auto found = book.look_up(id, now);
    if (const auto* none = std::get_if<pki::no_status>(&found)) return *none;
    return dated_status{std::get<pki::cert_status>(std::move(found)), production_at(timing, now)};
  }
  const auto history = book.history(id, now);
  if (const auto* none = std::get_if<pki::no_status>(&history)) return *none;
  return served_at(std::get<pki::status_history>(history), timing, now);
}

std::optional<std::string> flaw_of(const production_schedule& schedule) {
  using namespace std::chrono_literals;
  if (schedule.every < 1s) return "answers must be produced at most once a second";
  if (schedule.lag < 0s) return "publication lag must not be negative";
  return std::nullopt;
}

}  // namespace staplelab::responder
