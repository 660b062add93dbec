#include "fingerprint/course.hpp"

#include <algorithm>

#include "responder/overloaded.hpp"

namespace staplelab::fingerprint {

using responder::overloaded;
using scenarios::case_result;
using scenarios::case_verdict;

namespace {

// Writes down the moments that count, each with the time since its step began.
class reader {
 public:
  reader(std::vector<moment>& into, const scenarios::step_result& during)
      : into_(into), began_(during.at), client_there_(during.kind == "handshake") {}

  void take(const scenarios::event& e) {
    at_ = e.at;
    std::visit(*this, e.what);
  }

  void operator()(const scenarios::handshake_done& done) {
    into_.push_back(shaken{began_, at_ - began_, done.found.verdict, done.found.next_update});
  }
  void operator()(const scenarios::process_ended& end) {
    if (end.how == scenarios::process_ended::kind::by_itself) into_.push_back(ended{end.exit_code});
  }
  void operator()(const scenarios::mark_set& mark) { into_.push_back(part{mark.label}); }
  void operator()(const responder::event& told) {
    const auto* request = std::get_if<responder::request_answered>(&told);
    if (!request) return;
    into_.push_back(asked{.at = at_,
                          .method = request->method,
                          .http = request->http_version == 10 ? "1.0" : "1.1",
                          .nonce = request->nonce,
                          .hash = request->hash,
                          .fault = request->fault,
                          .client_there = client_there_});
  }
  void operator()(const stapler::event& told) {
    std::visit(
        overloaded{
            [&](const stapler::endpoint_started&) { into_.push_back(started{at_ - began_, true}); },
            [&](const stapler::endpoint_refused&) {
              into_.push_back(started{at_ - began_, false});
            },
            [&](const stapler::endpoint_shut_down& end) { into_.push_back(ended{end.exit_code}); },
            [](const auto&) {}},
        told);
  }
  void operator()(const auto&) {}

 private:
  std::vector<moment>& into_;
  time_point at_;
  time_point began_;
  bool client_there_;
};

}  // namespace

course course_of(const case_result& result) {
  course made{};
  made.broke_off = result.verdict == case_verdict::error;
  if (made.broke_off || result.verdict == case_verdict::skip) {
    made.not_played = result.reason;
    return made;
  }
  const std::span all(result.events);
  for (std::size_t i = 0; i < result.steps.size(); ++i) {
    const auto& step = result.steps[i];
    const auto end = i + 1 < result.steps.size() ? result.steps[i + 1].first_event : all.size();
    append(made, step, all.subspan(step.first_event, end - step.first_event));
  }
  return made;
}

void append(course& to, const scenarios::step_result& during,
            std::span<const scenarios::event> happened) {
  reader into(to.moments, during);
  for (const auto& each : happened)
    into.take(each);
}

std::vector<moment> part_of(const course& whole, std::string_view name) {
  const auto begins = [](const moment& one) { return std::holds_alternative<part>(one); };
  auto from = whole.moments.begin();
  if (!name.empty()) {
    from = std::ranges::find_if(whole.moments, [&](const moment& one) {
      const auto* of = std::get_if<part>(&one);
      return of && of->name == name;
    });
    if (from == whole.moments.end()) return {};
    ++from;
  }
  return {from, std::find_if(from, whole.moments.end(), begins)};
}

}  // namespace staplelab::fingerprint
