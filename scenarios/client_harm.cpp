#include "scenarios/client_harm.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <set>

#include "responder/overloaded.hpp"
#include "scenarios/incident.hpp"
#include "scenarios/report_words.hpp"
#include "stapler/mode.hpp"

namespace staplelab::scenarios {
namespace {

using responder::overloaded;

// Plays the stream, and says of each handshake whether it did harm.
class onlooker {
 public:
  explicit onlooker(const scenario_case& what)
      : what_(what), off_(what.initial_class() == stapler::staple_class::off) {}

  void take(const event& e) {
    std::visit(overloaded{[&](const ca_act& act) { take_act(act, e.certificate); },
                          [&](const process_ended& ended) {
                            stopped_ = ended.how != process_ended::kind::by_itself;
                          },
                          [&](const stapler::event& told) {
                            const bool tried =
                                std::holds_alternative<stapler::endpoint_started>(told) ||
                                std::holds_alternative<stapler::endpoint_refused>(told) ||
                                std::holds_alternative<stapler::endpoint_shut_down>(told);
                            if (tried) stopped_ = false;
                          },
                          [](const auto&) {}},
               e.what);
  }

  bool does_harm(const handshake_done& done, const std::string& certificate) const {
    switch (done.found.verdict) {
      case probe_verdict::good:
        return false;
      case probe_verdict::none:
        return done.asked && !off_ && promises(certificate);
      case probe_verdict::revoked:
        return !withdrawn_.contains(certificate);
      case probe_verdict::refused:
        return !stopped_ && withdrawn_.empty();
      case probe_verdict::handshake_failed:
        return withdrawn_.empty();
      case probe_verdict::unknown:
      case probe_verdict::error_status:
      case probe_verdict::malformed:
      case probe_verdict::expired:
      case probe_verdict::not_yet_valid:
      case probe_verdict::wrong_cert:
      case probe_verdict::bad_signature:
      case probe_verdict::unauthorized_signer:
      case probe_verdict::critical_extension:
        return true;
    }
    assert(false);
    return false;
  }

 private:
  void take_act(const ca_act& act, const std::string& certificate) {
    switch (act.what) {
      case ca_act::kind::revoked:
      case ca_act::kind::held:
        withdrawn_.insert(certificate);
        break;
      case ca_act::kind::released:
        withdrawn_.erase(certificate);
        break;
      case ca_act::kind::issued:
      case ca_act::kind::published:
        break;
    }
  }

  bool promises(const std::string& certificate) const {
    const auto spec =
        std::ranges::find(what_.of->certificates, certificate, &certificate_spec::name);
    return spec == what_.of->certificates.end()
               ? what_.must_staple
               : is_must_staple(spec->must_staple, what_.must_staple);
  }

  const scenario_case& what_;
  bool off_;
  bool stopped_ = true;  // by the scenario, or not started yet
  std::set<std::string> withdrawn_;
};

bool is_served(probe_verdict verdict) {
  return verdict == probe_verdict::good || verdict == probe_verdict::none;
}

void count(client_harm& harm, const event& e, const probe_facts& found) {
  if (harm.handshakes++ == 0) {
    harm.first = e.at;
    harm.why = found.why;
  }
  harm.last = e.at;
  harm.well_again.reset();
  const auto known =
      std::ranges::find(harm.found, found.verdict, &decltype(harm.found)::value_type::first);
  if (known == harm.found.end()) {
    harm.found.emplace_back(found.verdict, 1);
  } else {
    ++known->second;
  }
}

std::string what_of(probe_verdict verdict) {
  switch (verdict) {
    case probe_verdict::refused:
      return "refused";
    case probe_verdict::handshake_failed:
      return "failed";
    case probe_verdict::none:
      return "without the staple that the certificate promises";
    case probe_verdict::good:
    case probe_verdict::revoked:
    case probe_verdict::unknown:
    case probe_verdict::error_status:
    case probe_verdict::malformed:
    case probe_verdict::expired:
    case probe_verdict::not_yet_valid:
    case probe_verdict::wrong_cert:
    case probe_verdict::bad_signature:
    case probe_verdict::unauthorized_signer:
    case probe_verdict::critical_extension:
      break;
  }
  return fmt::format("with {}", to_string(verdict));
}

// "2017-10-15 00:02", with seconds where there are any; the day is left out where it is `day`.
std::string moment(time_point t, std::optional<std::chrono::sys_days> day = {}) {
  const auto own = std::chrono::floor<std::chrono::days>(t);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(t - own));
  std::string text = day == own ? "" : iso_date(std::chrono::year_month_day(own)) + " ";
  text += fmt::format("{:02}:{:02}", clock.hours().count(), clock.minutes().count());
  if (clock.seconds().count() != 0) text += fmt::format(":{:02}", clock.seconds().count());
  return text;
}

std::string times(const client_harm& harm) {
  if (harm.first == harm.last) return moment(harm.first);
  const auto day = std::chrono::floor<std::chrono::days>(harm.first);
  return fmt::format("{} to {}", moment(harm.first), moment(harm.last, day));
}

}  // namespace

std::optional<client_harm> harm_of(const case_result& result) {
  onlooker seen(result.what);
  client_harm harm;
  std::size_t between = 0;  // sound ones since the last that did harm
  for (const event& e : result.events) {
    const auto* done = std::get_if<handshake_done>(&e.what);
    if (done == nullptr) {
      seen.take(e);
    } else if (seen.does_harm(*done, e.certificate)) {
      count(harm, e, done->found);
      harm.among += std::exchange(between, 0) + 1;
    } else if (harm.handshakes > 0 && is_served(done->found.verdict)) {
      ++between;
      if (!harm.well_again) harm.well_again = e.at;
    }
  }
  if (harm.handshakes == 0) return std::nullopt;
  return harm;
}

std::size_t harmed_cases(const run_result& run) {
  return static_cast<std::size_t>(std::ranges::count_if(run.cases, [](const auto& result) {
    return result.verdict == case_verdict::pass && harm_of(result);
  }));
}

std::string harm_heading(const case_result& result) {
  const scenario_case& what = result.what;
  if (result.verdict != case_verdict::pass) return "bad for clients";
  if (what.expectations() != "resilient") {
    return fmt::format("as known for {}, and bad for clients", subject_of(what));
  }
  if (what.initial_class() == stapler::staple_class::enforce) {
    return fmt::format("as {} demands, and bad for clients", stapler::to_string(what.mode));
  }
  return "as expected, and bad for clients";
}

std::string harm_text(const client_harm& harm) {
  std::string text =
      fmt::format("{} handshake{}", harm.handshakes, harm.handshakes == 1 ? "" : "s");
  if (harm.found.size() == 1) {
    text += " " + what_of(harm.found.front().first);
  } else {
    const char* before = ": ";
    for (const auto& [verdict, times] : harm.found)
      text += fmt::format("{}{} {}", std::exchange(before, ", "), times, what_of(verdict));
  }
  return text + ", " + times(harm);
}

std::string harm_span(const client_harm& harm) {
  std::string text;
  if (const auto others = harm.among - harm.handshakes; others > 0) {
    text = fmt::format("{} other{} in that time found nothing wrong; ", others,
                       others == 1 ? "" : "s");
  }
  return text + (harm.well_again ? "all was well again at " + moment(*harm.well_again)
                                 : std::string("it was not seen to be well again"));
}

}  // namespace staplelab::scenarios
