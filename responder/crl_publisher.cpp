#include "responder/crl_publisher.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "pki/digest.hpp"

namespace staplelab::responder {

namespace {

std::string date(pki::time_point t) {
  return runtime::http_date(std::chrono::floor<std::chrono::seconds>(t).time_since_epoch().count());
}

runtime::http_response method_not_allowed(pki::time_point now) {
  runtime::http_response response;
  response.status = 405;
  response.fields.set("Date", date(now));
  response.fields.set("Allow", "GET, HEAD");
  response.fields.set("Content-Type", "text/plain");
  response.body = "the methods of a CRL are GET and HEAD\n";
  return response;
}

}  // namespace

std::optional<std::string> flaw_of(const crl_schedule& schedule) {
  using namespace std::chrono_literals;
  if (schedule.validity < 1s) return "the validity of a CRL must be at least one second";
  if (schedule.every < 0s) return "the interval between CRLs must not be negative";
  if (schedule.every > 0s && schedule.every < 1s) return "CRLs are made at most once a second";
  if (schedule.every >= schedule.validity) {
    return "the next CRL must be there before the last one ends: make them more often, or valid "
           "for "
           "longer";
  }
  return std::nullopt;
}

void crl_publisher::add(std::string path, pki::mini_ca& ca, std::string authority) {
  by_path_.emplace(std::move(path), published{.ca = &ca, .authority = std::move(authority)});
}

std::optional<runtime::http_response> crl_publisher::answer(const runtime::http_request& request,
                                                            pki::time_point now) {
  const auto found = by_path_.find(request.target);
  if (found == by_path_.end()) return std::nullopt;
  if (request.method != "GET" && request.method != "HEAD") return method_not_allowed(now);
  published& what = found->second;
  if (!is_current(what, now)) make(what, due_at(now));

  const auto end = *what.this_update + schedule_.validity;
  const auto next = schedule_.every > pki::duration{0}
                        ? std::min(due_at(now) + schedule_.every, end)
                        : *what.this_update + schedule_.validity / 2;
  const auto fresh_for = std::chrono::floor<std::chrono::seconds>(next - now).count();
  runtime::http_response response;
  auto& fields = response.fields;
  const std::string tag = '"' + pki::to_hex(pki::sha256(what.der)) + '"';
  fields.set("Date", date(now));
  fields.set("Last-Modified", date(*what.this_update));
  fields.set("Expires", date(end));
  fields.set("ETag", tag);
  // On demand a CRL can change at any moment.
  fields.set("Cache-Control", schedule_.every > pki::duration{0}
                                  ? "public, max-age=" + std::to_string(fresh_for)
                                  : std::string("public, no-cache"));
  const auto known = request.fields.find("If-None-Match");
  if (known && *known == tag) {
    response.status = 304;
    return response;
  }
  fields.set("Content-Type", "application/pkix-crl");
  response.body.assign(what.der.begin(), what.der.end());
  return response;
}

bool crl_publisher::is_current(const published& what, pki::time_point now) const {
  if (!what.this_update) return false;
  if (now < *what.this_update) return false;
  if (schedule_.every > pki::duration{0}) return due_at(now) <= *what.this_update;
  return now < *what.this_update + schedule_.validity / 2 &&
         what.ca->last_act_of(what.authority) == what.last_act;
}

pki::time_point crl_publisher::due_at(pki::time_point now) const {
  if (schedule_.every <= pki::duration{0}) return now;
  const auto past = now - schedule_.origin;
  auto turns = past / schedule_.every;
  if (past < turns * schedule_.every) --turns;  // division rounds towards the origin
  return schedule_.origin + turns * schedule_.every;
}

bool crl_publisher::publish(std::string_view path, pki::time_point now) {
  const auto found = by_path_.find(path);
  if (found == by_path_.end()) return false;
  make(found->second, now);
  return true;
}

void crl_publisher::make(published& what, pki::time_point this_update) {
  // Read before the CRL is made: an act in between makes the next one.
  const auto last_act = what.ca->last_act_of(what.authority);
  what.der = what.ca->crl(what.authority, this_update, this_update + schedule_.validity);
  what.this_update = this_update;
  what.last_act = last_act;
}

}  // namespace staplelab::responder
