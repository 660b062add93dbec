// What clients suffered in a case: read off the handshakes of its stream, whatever was expected of
// them. A server that does what it is known to do passes, and may have locked its clients out all
// the same.
//
// A handshake does harm when the client is turned away, or gets a staple that it cannot accept, or
// none although the certificate promises one. It does not when the certificate is revoked, when the
// scenario itself has stopped the server, and when the mode is not to staple.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/result.hpp"

namespace staplelab::scenarios {

struct client_harm {
  std::vector<std::pair<probe_verdict, std::size_t>> found;  // how often, in order of appearance
  std::size_t handshakes = 0;                                // that did harm
  std::size_t among = 0;  // all from the first of those to the last
  time_point first = {};
  time_point last = {};
  std::optional<time_point> well_again = {};  // the next handshake after the last of them
  std::string why = {};                       // what was wrong with the first staple
};

// Empty: no client suffered.
std::optional<client_harm> harm_of(const case_result& result);
std::size_t harmed_cases(const run_result& run);  // of those that passed

// "as known for nats, and bad for clients"
std::string harm_heading(const case_result& result);
// "3 handshakes with unauthorized_signer, 2017-10-15 00:02 to 09:30"
std::string harm_text(const client_harm& harm);
// "2 others in that time found nothing wrong; all was well again at 2017-10-15 10:00"
std::string harm_span(const client_harm& harm);

}  // namespace staplelab::scenarios
