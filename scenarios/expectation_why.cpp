#include "scenarios/expectation_why.hpp"

#include <cassert>

namespace staplelab::scenarios {

namespace {

bool is_no_connection(probe_verdict verdict) {
  return verdict == probe_verdict::refused || verdict == probe_verdict::handshake_failed;
}

std::string_view why_good(probe_verdict expected) {
  if (expected == probe_verdict::none) {
    return "a staple is sent where the mode promises none, so a responder was asked that nobody "
           "wanted asked";
  }
  if (expected == probe_verdict::revoked) {
    return "the server still vouches for a certificate that its CA has withdrawn";
  }
  if (is_no_connection(expected)) {
    return "clients connect although the server should not serve this certificate any more";
  }
  return "clients see a sound staple where there should be none, and notice nothing";
}

std::string_view why_none(probe_verdict expected) {
  if (expected == probe_verdict::revoked) {
    return "the server hides a revocation that it knows of, and careless clients connect";
  }
  if (is_no_connection(expected)) {
    return "the server serves without a staple where it should rather not serve at all";
  }
  return "clients that insist on a staple end the connection, and the others cannot tell whether "
         "the certificate was revoked";
}

}  // namespace

std::string_view why_verdict(probe_verdict expected, probe_verdict observed) {
  switch (observed) {
    case probe_verdict::good:
      return why_good(expected);
    case probe_verdict::none:
      return why_none(expected);
    case probe_verdict::revoked:
      return "the server tells every client that its own certificate is revoked, and they end the "
             "connection";
    case probe_verdict::unknown:
      return "clients treat a certificate that its responder does not know as they treat a revoked "
             "one";
    case probe_verdict::error_status:
      return "a responder's error stapled is worth nothing, and some clients end the connection "
             "over it";
    case probe_verdict::malformed:
      return "clients cannot read what is stapled, and most end the connection";
    case probe_verdict::expired:
      return "clients refuse an expired staple, since it could hide a revocation";
    case probe_verdict::not_yet_valid:
      return "clients refuse a staple from the future: a clock is wrong, here or at the responder";
    case probe_verdict::wrong_cert:
      return "the staple speaks of another certificate, and clients refuse it";
    case probe_verdict::bad_signature:
      return "clients refuse a staple whose signature does not hold: anybody could have made it";
    case probe_verdict::unauthorized_signer:
      return "clients refuse a staple from a signer that may not sign for the CA";
    case probe_verdict::critical_extension:
      return "clients must refuse a staple with a critical extension that they do not know";
    case probe_verdict::handshake_failed:
      return "nobody can connect, whether they care for revocation or not";
    case probe_verdict::refused:
      return "nobody can connect, for nobody listens";
  }
  assert(false);
  return {};
}

std::string why_probe(probe_verdict expected, const probe_facts& observed) {
  std::string why(why_verdict(expected, observed.verdict));
  if (observed.verdict == probe_verdict::unauthorized_signer && !observed.why.empty()) {
    why += ": " + observed.why;
  }
  return why;
}

std::string_view why_endpoint(endpoint_state expected, endpoint_state observed) {
  if (observed == endpoint_state::up) {
    return expected == endpoint_state::down
               ? "the server goes on serving a certificate that it should have ceased to serve"
               : "the server came up without what its mode demands";
  }
  if (observed == endpoint_state::refused) {
    return "a server that does not start takes its service down with the responder";
  }
  return expected == endpoint_state::up ? "the server ended, and its service with it"
                                        : "the server started first, and ended later";
}

std::string_view why_staple(staple_change expected) {
  switch (expected) {
    case staple_change::same:
      return "what was held and sound should have been kept";
    case staple_change::newer:
      return "a staple that is not renewed in time expires, and revocations stay unseen";
    case staple_change::other:
      return "what was held before should have been replaced";
  }
  assert(false);
  return {};
}

std::string_view why_fetches(bool too_many) {
  return too_many ? "many servers that ask this often bring a responder down, or get banned by it"
                  : "a server that does not ask learns nothing, neither of revocation nor in time "
                    "for expiry";
}

std::string_view why_warned(bool expected) {
  return expected ? "without a warning nobody looks until clients complain"
                  : "warnings about nothing teach people to ignore them";
}

}  // namespace staplelab::scenarios
