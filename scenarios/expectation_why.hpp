// Why a mismatch matters to whoever operates the server: one sentence each.
#pragma once

#include <string>
#include <string_view>

#include "scenarios/expectation.hpp"

namespace staplelab::scenarios {

// Lower case, no full stop.
std::string_view why_verdict(probe_verdict expected, probe_verdict observed);
// The same, and what is wrong with the signer where that is known: a delegate whose certificate has
// expired is another story than one that the CA never appointed.
std::string why_probe(probe_verdict expected, const probe_facts& observed);
std::string_view why_endpoint(endpoint_state expected, endpoint_state observed);
std::string_view why_staple(staple_change expected);
std::string_view why_fetches(bool too_many);
std::string_view why_warned(bool expected);

inline constexpr std::string_view why_alert =
    "the alert is all that a client's log will say of the failure";
inline constexpr std::string_view why_certificate =
    "the client talks to another certificate than the one meant for it";
inline constexpr std::string_view why_reason =
    "the reason tells a stolen key from a renewed certificate, and clients and auditors treat the "
    "two differently";
inline constexpr std::string_view why_crl_number =
    "clients tell a newer CRL by its number; one that stands still is the CRL of before";
inline constexpr std::string_view why_age =
    "the older a staple, the longer a revocation stays unseen by clients";
inline constexpr std::string_view why_expires_in =
    "what is left of a staple's validity is how long an outage of the responder can be survived";
inline constexpr std::string_view why_webpki =
    "browsers hold CAs to these times: an answer that is not replaced in time is a compliance "
    "incident, and clients may find it expired";
inline constexpr std::string_view why_latency =
    "every client waits that long before it can send a request";
inline constexpr std::string_view why_exit_code =
    "a supervisor decides by the exit code whether to start the server again";
inline constexpr std::string_view why_fetch_spacing =
    "the pace decides how soon a revocation is seen, and what load the responder bears";
inline constexpr std::string_view why_fetch_method =
    "caches in front of responders answer GET only, and some responders know one method only";

}  // namespace staplelab::scenarios
