#include "responder/transport_lie.hpp"

#include <algorithm>
#include <random>
#include <utility>

#include "responder/overloaded.hpp"

namespace staplelab::responder {

namespace {

using runtime::http_response;

sending without_response(runtime::http_action action) {
  return {runtime::duration::zero(), std::move(action), std::nullopt, 0};
}

// Under every fault that replaces the body, caches and conditions lose their meaning; what the
// fields say of the answer stays, as it did in the incidents.
sending with_body(http_response response, std::string body, bool head_only) {
  response.status = 200;
  response.body = std::move(body);
  return as_it_is(std::move(response), head_only);
}

std::string random_octets(std::size_t count, std::uint64_t seed) {
  std::mt19937_64 engine(seed);
  std::string result(count, '\0');
  std::ranges::generate(result, [&] { return static_cast<char>(engine() >> 56); });
  return result;
}

sending with_status(int code, const http_response& planned, bool head_only) {
  http_response response;
  response.status = code;
  if (const auto date = planned.fields.find("Date")) response.fields.set("Date", *date);
  const bool may_have_body = code != 204 && code != 304;
  if (may_have_body) {
    response.fields.set("Content-Type", "text/html");
    response.body = "<html><body>" + std::to_string(code) + " " +
                    std::string(runtime::reason_phrase(code)) + "</body></html>\n";
  }
  return as_it_is(std::move(response), head_only);
}

sending cut_short(const truncated_body& fault, http_response response, bool head_only) {
  response.keep_alive = false;
  const auto whole = response.body.size();
  const auto kept = head_only ? 0 : std::min(fault.octets.value_or(whole / 2), whole);
  auto octets = runtime::serialise(response, head_only);
  if (!head_only) octets.resize(octets.size() - (whole - kept));
  const int status = response.status;
  return {runtime::duration::zero(), runtime::raw_octets{std::move(octets)}, status, kept};
}

sending drip(const slow_body& fault, http_response response, bool head_only) {
  if (head_only) return as_it_is(std::move(response), head_only);
  response.keep_alive = false;
  auto head = runtime::serialise(response);
  head.resize(head.size() - response.body.size());
  const int status = response.status;
  const auto octets = response.body.size();
  dripping_octets drops{std::move(head), std::move(response.body), fault.octets, fault.every};
  return {runtime::duration::zero(), std::move(drops), status, octets};
}

}  // namespace

sending as_it_is(http_response response, bool head_only) {
  const int status = response.status;
  const auto octets = head_only ? 0 : response.body.size();
  return {runtime::duration::zero(), std::move(response), status, octets};
}

sending disturbed(const transport_fault& what, http_response response, bool head_only,
                  std::uint64_t seed) {
  return std::visit(
      overloaded{
          [&](const http_status& f) { return with_status(f.code, response, head_only); },
          [](const hang&) { return without_response(runtime::keep_silent{}); },
          [&](const delay& f) {
            auto result = as_it_is(std::move(response), head_only);
            result.wait = f.by;
            return result;
          },
          [](const close_silently&) { return without_response(runtime::close_connection{}); },
          [](const reset&) { return without_response(runtime::reset_connection{}); },
          // Acts on the listener; a request that came in all the same is cut off.
          [](const refuse_connections&) { return without_response(runtime::reset_connection{}); },
          [&](const truncated_body& f) { return cut_short(f, std::move(response), head_only); },
          [&](const short_body& f) {
            auto body = response.body.substr(0, f.octets);
            return with_body(std::move(response), std::move(body), head_only);
          },
          [&](const garbage_body& f) {
            return with_body(std::move(response), random_octets(f.octets, seed), head_only);
          },
          [&](const empty_body&) { return with_body(std::move(response), {}, head_only); },
          [&](const oversized_body& f) {
            auto body = response.body;
            body.resize(std::max(f.octets, body.size()), '\0');
            return with_body(std::move(response), std::move(body), head_only);
          },
          [&](const wrong_content_type& f) {
            response.fields.set("Content-Type", f.content_type);
            return as_it_is(std::move(response), head_only);
          },
          [&](const slow_body& f) { return drip(f, std::move(response), head_only); },
      },
      what);
}

}  // namespace staplelab::responder
