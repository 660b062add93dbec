#include "fingerprint/studies.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "fingerprint/judgement.hpp"
#include "fingerprint/refresh.hpp"
#include "fingerprint/story.hpp"
#include "runtime/duration_text.hpp"

namespace staplelab::fingerprint {

using scenarios::not_applicable;
using scenarios::target;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

constexpr duration week = days(7);

// While a staple of a week is valid: after what servers keep for an hour or a day, around the
// points at which they renew, and in the last minutes.
constexpr std::array<duration, 7> valid_times{hours(2),   hours(25),  hours(92),        hours(126),
                                              hours(151), hours(163), week - minutes(5)};
// Around and after its end.
constexpr std::array<duration, 6> late_times{days(4),         week + minutes(1), week + minutes(4),
                                             week + hours(1), week + days(1),    week + days(14)};

// A client that waits for an answer that comes this late cannot be mistaken for a slow one.
constexpr duration slow_answer = seconds(2);
// Long enough for 20 clients to arrive before the first answer, on a busy machine too.
constexpr duration crowd_answer = seconds(2);
constexpr unsigned crowd_size = 20;
// After the expiry, and not at a moment at which a server that retries every minute or two does.
constexpr duration between_retries = week + hours(1) + seconds(50);

constexpr std::array<duration, 4> validities{minutes(10), hours(1), days(7), days(56)};
constexpr int looks_in_a_validity = 20;
constexpr std::array<duration, 10> plain_looks{minutes(1), minutes(5), minutes(10), minutes(30),
                                               hours(1),   hours(2),   hours(4),    hours(12),
                                               days(1),    days(2)};

// What a server does at its start it has done by then.
constexpr duration begun_well = seconds(2);

story three_clients(std::string name, std::string title, duration validity = week) {
  story begun(std::move(name), std::move(title), validity);
  begun.start().pass(begun_well).clients(3);
  return begun;
}

// Makes experiments in the mode and with the kind of certificate of the row.
class maker {
 public:
  explicit maker(const subject_facts& facts) : facts_(facts) {}

  bool can_wait() const { return !facts_.stays_in_time; }
  experiment ordinary(const story& told, about_course settled = {},
                      about_course needed = {}) const {
    return {told.told(), facts_.mode, true, std::move(settled), std::move(needed)};
  }
  experiment plain(const story& told) const { return {told.told(), facts_.mode, false}; }
  experiment strict(const story& told, about_course settled) const {
    return {told.told(), facts_.strictest, true, std::move(settled)};
  }

 private:
  const subject_facts& facts_;
};

study make_first(const maker& make) {
  auto told = three_clients("first", "the responder is well");
  told.part(again_part).client();
  if (make.can_wait()) told.part(late_part).pass(hours(1)).clients(2);
  return {{cell::first_handshake, cell::request, cell::asks_before_clients, cell::keeps_answers},
          {make.ordinary(told, is_settled_first)},
          [](std::span<const course> seen) {
            return cell_values{{cell::first_handshake, first_handshake(seen[0])},
                               {cell::request, request(seen[0])},
                               {cell::asks_before_clients, asks_before_clients(seen[0])},
                               {cell::keeps_answers, keeps_answers(seen[0])}};
          }};
}

// The first client, and one that comes when nothing valid is held.
study make_slow(const maker& make) {
  story told("slow", "the responder takes two seconds", week);
  told.fails(responder::transport_fault(responder::delay{slow_answer})).start().client();
  told.responder_down().pass(week + hours(1)).responder_up().client();
  return {
      {cell::fetch_in_handshake}, {make.ordinary(told)}, [](std::span<const course> seen) {
        return cell_values{{cell::fetch_in_handshake, fetch_in_handshake(seen[0], slow_answer)}};
      }};
}

std::vector<duration> looks_at(duration validity) {
  std::vector<duration> looks(plain_looks.begin(), plain_looks.end());
  for (int i = 1; i <= looks_in_a_validity; ++i)
    looks.push_back(validity * i / looks_in_a_validity);
  const auto life = validity + validity / 10;
  looks.push_back(life);
  // Servers have rhythms of their own, of up to some hours. To go through hours in steps that do
  // justice to answers of minutes takes too many.
  const auto end = validity < hours(1) ? life : std::max(duration(hours(5)), life);
  std::erase_if(looks, [&](duration look) { return look > end; });
  std::ranges::sort(looks);
  const auto doubles = std::ranges::unique(looks);
  looks.erase(doubles.begin(), doubles.end());
  return looks;
}

value judge_refresh(std::span<const course> seen) {
  std::vector<refresh_sample> samples;
  std::optional<value> unprimed;  // some servers do not take answers of minutes
  for (std::size_t i = 0; i < seen.size(); ++i) {
    const auto keeps = keeps_answers(seen[i]);
    if (alike(keeps, word::no)) return does_not_apply{"it asks anew for every client"};
    if (std::holds_alternative<does_not_apply>(keeps)) {
      unprimed = keeps;
    } else {
      samples.push_back(sample_of(seen[i], validities[i], looks_at(validities[i])));
    }
  }
  return samples.empty() && unprimed ? *unprimed : refresh_of(std::move(samples));
}

study make_refresh(const maker& make) {
  study made{{cell::refresh}, {}, [](std::span<const course> seen) {
               return cell_values{{cell::refresh, judge_refresh(seen)}};
             }};
  for (const auto validity : validities) {
    const auto text = runtime::to_text(validity);
    auto told = three_clients("refresh-" + text, "answers are valid for " + text, validity);
    told.part(again_part).client().part(life_part).watch(looks_at(validity));
    made.experiments.push_back(make.ordinary(told, is_settled_refresh));
  }
  return made;
}

study make_while_valid(const maker& make, cell which, std::optional<responder::fault> how) {
  const auto name = std::string(to_string(which));
  auto told = three_clients(name, how ? "the responder fails" : "the responder is down");
  told.part(fault_part);
  if (how) {
    told.fails(*how);
  } else {
    told.responder_down();
  }
  told.watch(valid_times);
  return {
      {which},
      {make.ordinary(told, is_settled_while_valid)},
      [which](std::span<const course> seen) { return cell_values{{which, while_valid(seen[0])}}; }};
}

study make_after_expiry(const maker& make) {
  auto told = three_clients("after-expiry", "the responder is down until the staple has expired");
  told.part(fault_part).responder_down().watch(late_times);
  return {{cell::after_expiry_down, cell::expired_for_s},
          {make.ordinary(told, is_settled_after_expiry)},
          [](std::span<const course> seen) {
            return cell_values{{cell::after_expiry_down, after_expiry(seen[0])},
                               {cell::expired_for_s, expired_for(seen[0])}};
          }};
}

study make_bad_answer(const maker& make, cell which, const responder::content_fault& how,
                      bool given) {
  const auto name = std::string(to_string(which));
  story cold(name + "-at-start", "the first answers are bad", week);
  cold.fails(how).start().clients(3);
  if (given) {
    return {{which}, {make.ordinary(cold)}, [which](std::span<const course> seen) {
              return cell_values{{which, on_bad_answer(seen[0])}};
            }};
  }
  auto warm = three_clients(name, "answers are good, and then bad");
  warm.part(fault_part).fails(how).watch(valid_times);
  return {{which},
          {make.ordinary(warm, is_settled_on_bad_answer),
           make.ordinary(cold, {}, std::not_fn(tells_of_bad_answer))},
          [which](std::span<const course> seen) {
            return cell_values{{which, on_bad_answer(seen[0], seen[1])}};
          }};
}

study make_hang(const maker& make) {
  story cold("hang", "the responder hangs when the server starts", week);
  cold.fails(responder::transport_fault(responder::hang{})).start().clients(2);
  auto warm = three_clients("hang-later", "the responder hangs when the staple has expired");
  warm.part(fault_part).fails(responder::transport_fault(responder::hang{}));
  warm.pass(week + hours(1)).client();
  return {{cell::hang_blocks, cell::blocked_s},
          {make.ordinary(cold), make.ordinary(warm, {}, std::not_fn(start_was_held_up))},
          [](std::span<const course> seen) {
            return cell_values{{cell::hang_blocks, hang_blocks(seen[0], seen[1])},
                               {cell::blocked_s, blocked_for(seen[0], seen[1])}};
          }};
}

study make_restart(const maker& make) {
  auto told = three_clients("restart", "restarted while the responder is down");
  told.part(fault_part).responder_down().restart().clients(2);
  return {{cell::restart_down}, {make.ordinary(told)}, [](std::span<const course> seen) {
            return cell_values{{cell::restart_down, begun_anew(seen[0])}};
          }};
}

study make_reload(const maker& make) {
  auto told = three_clients("reload", "reloaded while the responder is down");
  told.part(fault_part).responder_down().reload().clients(3);
  return {{cell::reload_down}, {make.ordinary(told)}, [](std::span<const course> seen) {
            return cell_values{{cell::reload_down, begun_anew(seen[0])}};
          }};
}

story started_down() {
  story told("start", "started while the responder is down", week);
  told.responder_down().start().clients(2);
  return told;
}

study make_start(const maker& make) {
  return {{cell::start_down}, {make.ordinary(started_down())}, [](std::span<const course> seen) {
            return cell_values{{cell::start_down, start_down(seen[0])}};
          }};
}

study make_revoked(const maker& make) {
  auto told = three_clients("revoked", "the certificate is revoked");
  told.part(fault_part).revoke().watch(valid_times);
  return {{cell::revoked_shutdown},
          {make.strict(told, is_settled_revocation)},
          [](std::span<const course> seen) {
            return cell_values{{cell::revoked_shutdown, revoked_shutdown(seen[0])}};
          }};
}

study make_must_staple(const maker& make) {
  const auto good = three_clients("kinds", "the responder is well");
  return {{cell::must_staple_matters},
          {make.ordinary(good), make.ordinary(started_down()), make.plain(good),
           make.plain(started_down())},
          [](std::span<const course> seen) {
            return cell_values{{cell::must_staple_matters,
                                must_staple_matters(seen.subspan(0, 2), seen.subspan(2))}};
          }};
}

study make_crowd(const maker& make) {
  auto told = three_clients("crowd", "20 clients come when the staple has expired");
  told.responder_down().pass(between_retries).responder_up();
  told.fails(responder::transport_fault(responder::delay{crowd_answer}));
  told.part(crowd_part).crowd(crowd_size);
  return {{cell::fetches_for_one_expiry}, {make.ordinary(told)}, [](std::span<const course> seen) {
            return cell_values{{cell::fetches_for_one_expiry, fetches_for_one_expiry(seen[0])}};
          }};
}

// More than anybody would wait for.
bool takes_time(const study& what) {
  return std::ranges::any_of(what.experiments, [](const experiment& each) {
    return std::ranges::any_of(each.told.steps, [](const scenarios::step& one) {
      const auto* advance = std::get_if<scenarios::advance_step>(&one.what);
      return advance && advance->by > begun_well;
    });
  });
}

std::vector<study> series(const maker& make, bool given) {
  const auto try_later = responder::content_fault(responder::error_status{});
  const auto bad = [&](cell which, responder::content_fault how) {
    return make_bad_answer(make, which, how, given);
  };
  return {make_first(make),
          make_slow(make),
          make_refresh(make),
          make_while_valid(make, cell::while_valid_down, {}),
          make_while_valid(make, cell::while_valid_http_500,
                           responder::transport_fault(responder::http_status{})),
          make_while_valid(make, cell::while_valid_try_later, try_later),
          make_while_valid(make, cell::while_valid_malformed,
                           responder::transport_fault(responder::garbage_body{})),
          make_after_expiry(make),
          bad(cell::on_expired, responder::expired_answer{}),
          bad(cell::on_future, responder::future_answer{days(30)}),
          bad(cell::on_revoked, responder::says_revoked{}),
          bad(cell::on_unknown, responder::says_unknown{}),
          bad(cell::on_wrong_cert, responder::wrong_serial{}),
          bad(cell::on_wrong_signer, responder::wrong_signer{}),
          bad(cell::on_wrong_signer_embedded, responder::wrong_signer{.embedded = true}),
          make_hang(make),
          make_restart(make),
          make_reload(make),
          make_start(make),
          make_revoked(make),
          make_must_staple(make),
          make_crowd(make)};
}

// The cells of a study that are about asking a responder, of a server that asks none.
std::vector<study> without_asking(study what, const std::string& why) {
  std::vector<cell> asking;
  std::ranges::copy_if(what.cells, std::back_inserter(asking), is_about_asking);
  if (asking.empty()) return {std::move(what)};
  std::erase_if(what.cells, is_about_asking);
  std::vector<study> made;
  if (!what.cells.empty()) made.push_back(std::move(what));
  made.push_back(left_out(std::move(asking), why));
  return made;
}

bool has_mode(const target& what, stapler::mode mode) {
  return std::holds_alternative<scenarios::template_values>(what.modes.at(mode).must_staple);
}

}  // namespace

subject_facts facts_of(const target* what, stapler::mode mode) {
  subject_facts facts{.mode = mode};
  if (!what) return facts;
  facts.strictest = mode;
  for (const auto stricter : {stapler::mode::must, stapler::mode::always}) {
    if (has_mode(*what, stricter)) facts.strictest = stricter;
  }
  if (!std::holds_alternative<scenarios::staples_itself>(what->staples)) {
    facts.asks_nobody = "it asks no responder: its staple is given to it";
  }
  if (what->time.travel) facts.stays_in_time = what->time.travel->why;
  return facts;
}

target with_both_kinds(target what) {
  for (auto& [mode, of] : what.modes) {
    const bool tells_only_one = std::holds_alternative<not_applicable>(of.plain);
    if (tells_only_one) of.plain = of.must_staple;
  }
  return what;
}

study left_out(std::vector<cell> cells, const std::string& why) {
  auto judge = [cells, why](std::span<const course>) {
    cell_values values;
    for (const auto which : cells)
      values.emplace_back(which, does_not_apply{why});
    return values;
  };
  return {std::move(cells), {}, std::move(judge)};
}

std::vector<study> all_studies(const subject_facts& facts) {
  std::vector<study> made;
  for (auto& each : series(maker(facts), facts.asks_nobody.has_value())) {
    if (facts.stays_in_time && takes_time(each)) {
      made.push_back(left_out(each.cells, *facts.stays_in_time));
    } else if (facts.asks_nobody) {
      std::ranges::move(without_asking(std::move(each), *facts.asks_nobody),
                        std::back_inserter(made));
    } else {
      made.push_back(std::move(each));
    }
  }
  return made;
}

}  // namespace staplelab::fingerprint
