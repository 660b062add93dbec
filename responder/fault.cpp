#include "responder/fault.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <vector>

#include "responder/overloaded.hpp"
#include "runtime/did_you_mean.hpp"

namespace staplelab::responder {

namespace {

using made = boost::system::result<fault, fault_error>;
using keys = std::span<const std::string_view>;

constexpr std::string_view code_keys[] = {"code"};
constexpr std::string_view at_keys[] = {"at"};
constexpr std::string_view by_keys[] = {"by"};
constexpr std::string_view octets_keys[] = {"octets"};
constexpr std::string_view content_type_keys[] = {"content_type"};
constexpr std::string_view slow_keys[] = {"octets", "every"};
constexpr std::string_view revoked_keys[] = {"at", "reason"};

fault_error flaw(std::string_view key, std::string_view what) {
  return {std::string(key), std::string(what)};
}

// Readers of one parameter. Each gives the value, or the error that make_fault gives.
boost::system::result<pki::duration, fault_error> positive(
    std::string_view key, const std::optional<pki::duration>& value, pki::duration otherwise) {
  const auto given = value.value_or(otherwise);
  if (given <= pki::duration::zero()) return flaw(key, "must be longer than zero");
  return given;
}

boost::system::result<std::size_t, fault_error> octet_count(
    const std::optional<std::int64_t>& value, std::size_t otherwise, std::int64_t least) {
  if (!value) return otherwise;
  if (*value < least || *value > static_cast<std::int64_t>(max_fault_octets)) {
    return flaw("octets", "must lie between " + std::to_string(least) + " and " +
                              std::to_string(max_fault_octets));
  }
  return static_cast<std::size_t>(*value);
}

template <class Fault>
made plain(const fault_parameters&) {
  return fault(Fault{});
}

template <pki::response_status Status>
made an_error_status(const fault_parameters&) {
  return fault(error_status{Status});
}

template <bool Embedded>
made a_wrong_signer(const fault_parameters&) {
  return fault(wrong_signer{Embedded});
}

// Shapes shared by several faults.
template <class Fault>
made shifted(const fault_parameters& given) {
  const auto by = positive("by", given.by, Fault{}.by);
  if (!by) return by.error();
  return fault(Fault{*by});
}

template <class Fault, std::int64_t Least>
made sized(const fault_parameters& given) {
  const auto octets = octet_count(given.octets, Fault{}.octets, Least);
  if (!octets) return octets.error();
  return fault(Fault{*octets});
}

made an_http_status(const fault_parameters& given) {
  if (!given.code) return flaw("code", "is missing: http_status needs one, such as 503");
  if (*given.code < 200 || *given.code > 599) return flaw("code", "must lie between 200 and 599");
  return fault(http_status{static_cast<int>(*given.code)});
}

made a_delay(const fault_parameters& given) {
  if (!given.by) return flaw("by", "is missing: delay needs a duration, such as \"10s\"");
  return shifted<delay>(given);
}

made a_truncated_body(const fault_parameters& given) {
  if (!given.octets) return fault(truncated_body{});
  const auto octets = octet_count(given.octets, 0, 0);
  if (!octets) return octets.error();
  return fault(truncated_body{*octets});
}

made a_wrong_content_type(const fault_parameters& given) {
  wrong_content_type result;
  if (given.content_type) result.content_type = *given.content_type;
  const auto printable = [](char c) { return c >= ' ' && c <= '~'; };
  if (!std::ranges::all_of(result.content_type, printable)) {
    return flaw("content_type", "must be printable ASCII on one line");
  }
  return fault(result);
}

made a_slow_body(const fault_parameters& given) {
  const auto octets = octet_count(given.octets, slow_body{}.octets, 1);
  if (!octets) return octets.error();
  const auto every = positive("every", given.every, slow_body{}.every);
  if (!every) return every.error();
  return fault(slow_body{*octets, *every});
}

made a_frozen(const fault_parameters& given) {
  return fault(frozen{given.at});
}

made a_revoked(const fault_parameters& given) {
  if (given.reason == pki::crl_reason::remove_from_crl) {
    return flaw("reason", "must not be removeFromCRL, which stands in delta CRLs only");
  }
  return fault(says_revoked{given.at, given.reason});
}

struct kind {
  std::string_view name;
  keys parameters;
  made (*make)(const fault_parameters&);
};

using enum pki::response_status;

constexpr kind kinds[] = {
    {"http_status", code_keys, an_http_status},
    {"hang", {}, plain<hang>},
    {"delay", by_keys, a_delay},
    {"close", {}, plain<close_silently>},
    {"reset", {}, plain<reset>},
    {"refuse_connections", {}, plain<refuse_connections>},
    {"truncated_body", octets_keys, a_truncated_body},
    {"short_body", octets_keys, sized<short_body, 0>},
    {"garbage_body", octets_keys, sized<garbage_body, 1>},
    {"empty_body", {}, plain<empty_body>},
    {"oversized_body", octets_keys, sized<oversized_body, 1>},
    {"wrong_content_type", content_type_keys, a_wrong_content_type},
    {"slow_body", slow_keys, a_slow_body},
    {"malformed_request", {}, an_error_status<malformed_request>},
    {"internal_error", {}, an_error_status<internal_error>},
    {"try_later", {}, an_error_status<try_later>},
    {"sig_required", {}, an_error_status<sig_required>},
    {"unauthorized", {}, an_error_status<unauthorized>},
    {"expired", by_keys, shifted<expired_answer>},
    {"future", by_keys, shifted<future_answer>},
    {"no_next_update", {}, plain<no_next_update>},
    {"wrong_serial", {}, plain<wrong_serial>},
    {"other_hash", {}, plain<other_hash>},
    {"wrong_signer", {}, a_wrong_signer<false>},
    {"wrong_signer_embedded", {}, a_wrong_signer<true>},
    {"delegate_without_eku", {}, plain<delegate_without_eku>},
    {"expired_delegate", {}, plain<expired_delegate>},
    {"bad_signature", {}, plain<bad_signature>},
    {"stale_replay", {}, plain<stale_replay>},
    {"frozen", at_keys, a_frozen},
    {"lagging", by_keys, shifted<lagging>},
    {"says_good", {}, plain<says_good>},
    {"says_unknown", {}, plain<says_unknown>},
    {"says_revoked", revoked_keys, a_revoked},
};

constexpr auto names = [] {
  std::array<std::string_view, std::size(kinds)> result;
  std::ranges::transform(kinds, result.begin(), &kind::name);
  return result;
}();

const kind* kind_named(std::string_view name) {
  const auto* found = std::ranges::find(kinds, name, &kind::name);
  return found == std::end(kinds) ? nullptr : found;
}

std::vector<std::string_view> keys_given(const fault_parameters& given) {
  std::vector<std::string_view> result;
  if (given.code) result.push_back("code");
  if (given.by) result.push_back("by");
  if (given.octets) result.push_back("octets");
  if (given.every) result.push_back("every");
  if (given.content_type) result.push_back("content_type");
  if (given.at) result.push_back("at");
  if (given.reason) result.push_back("reason");
  return result;
}

}  // namespace

std::string_view to_string(const content_fault& what) {
  return std::visit(
      overloaded{
          [](const error_status& e) { return pki::to_string(e.status); },
          [](const expired_answer&) { return std::string_view("expired"); },
          [](const future_answer&) { return std::string_view("future"); },
          [](const no_next_update&) { return std::string_view("no_next_update"); },
          [](const wrong_serial&) { return std::string_view("wrong_serial"); },
          [](const other_hash&) { return std::string_view("other_hash"); },
          [](const wrong_signer& w) {
            return std::string_view(w.embedded ? "wrong_signer_embedded" : "wrong_signer");
          },
          [](const delegate_without_eku&) { return std::string_view("delegate_without_eku"); },
          [](const expired_delegate&) { return std::string_view("expired_delegate"); },
          [](const bad_signature&) { return std::string_view("bad_signature"); },
          [](const stale_replay&) { return std::string_view("stale_replay"); },
          [](const frozen&) { return std::string_view("frozen"); },
          [](const lagging&) { return std::string_view("lagging"); },
          [](const says_good&) { return std::string_view("says_good"); },
          [](const says_revoked&) { return std::string_view("says_revoked"); },
          [](const says_unknown&) { return std::string_view("says_unknown"); },
      },
      what);
}

std::string_view to_string(const transport_fault& what) {
  return std::visit(
      overloaded{
          [](const http_status&) { return std::string_view("http_status"); },
          [](const hang&) { return std::string_view("hang"); },
          [](const delay&) { return std::string_view("delay"); },
          [](const close_silently&) { return std::string_view("close"); },
          [](const reset&) { return std::string_view("reset"); },
          [](const refuse_connections&) { return std::string_view("refuse_connections"); },
          [](const truncated_body&) { return std::string_view("truncated_body"); },
          [](const short_body&) { return std::string_view("short_body"); },
          [](const garbage_body&) { return std::string_view("garbage_body"); },
          [](const empty_body&) { return std::string_view("empty_body"); },
          [](const oversized_body&) { return std::string_view("oversized_body"); },
          [](const wrong_content_type&) { return std::string_view("wrong_content_type"); },
          [](const slow_body&) { return std::string_view("slow_body"); },
      },
      what);
}

std::string_view to_string(const fault& what) {
  return std::visit([](const auto& half) { return to_string(half); }, what);
}

std::span<const std::string_view> fault_names() {
  return names;
}

std::span<const std::string_view> fault_parameter_names(std::string_view fault_name) {
  const auto* found = kind_named(fault_name);
  return found ? found->parameters : keys();
}

boost::system::result<fault, fault_error> make_fault(std::string_view name,
                                                     const fault_parameters& parameters) {
  const auto* found = kind_named(name);
  if (!found) {
    return fault_error{"", "no fault is called '" + std::string(name) + "'; " +
                               runtime::did_you_mean(name, fault_names())};
  }
  for (const auto key : keys_given(parameters)) {
    if (std::ranges::find(found->parameters, key) == found->parameters.end()) {
      return flaw(key, "is no parameter of " + std::string(name));
    }
  }
  return found->make(parameters);
}

fault_parameters parameters_of(const fault& what) {
  fault_parameters result;
  const auto fill = overloaded{
      [&](const http_status& f) { result.code = f.code; },
      [&](const delay& f) { result.by = f.by; },
      [&](const expired_answer& f) { result.by = f.by; },
      [&](const future_answer& f) { result.by = f.by; },
      [&](const frozen& f) { result.at = f.at; },
      [&](const lagging& f) { result.by = f.by; },
      [&](const truncated_body& f) { result.octets = f.octets; },
      [&](const short_body& f) { result.octets = f.octets; },
      [&](const garbage_body& f) { result.octets = f.octets; },
      [&](const oversized_body& f) { result.octets = f.octets; },
      [&](const wrong_content_type& f) { result.content_type = f.content_type; },
      [&](const slow_body& f) {
        result.octets = f.octets;
        result.every = f.every;
      },
      [&](const says_revoked& f) {
        result.at = f.at;
        result.reason = f.reason;
      },
      [](const auto&) {},
  };
  std::visit([&](const auto& half) { std::visit(fill, half); }, what);
  return result;
}

}  // namespace staplelab::responder
