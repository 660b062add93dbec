// Asks a certificate's responders for its status until one gives a sound answer or time is up.
//
// Redirects are not followed; neither Content-Type nor cache headers count, since what is signed
// says it all (RFC 9919 8.5). An answer is sound when pki::verify_ocsp finds it good, revoked or
// unknown under the policy's rules; anything else makes it ask in another way
// (stapler/question.hpp), or the next address.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "pki/certificate.hpp"
#include "pki/ocsp_verify.hpp"
#include "runtime/async.hpp"
#include "runtime/clock.hpp"
#include "runtime/http.hpp"
#include "runtime/http_client.hpp"
#include "stapler/event.hpp"
#include "stapler/policy.hpp"

namespace staplelab::stapler {

// The request target for GET (RFC 6960 A.1): the path of the URL, one slash, base64 of the request.
std::string get_target(const runtime::http_url& url, pki::bytes_view request, bool escape);

struct no_responder {};  // neither the certificate nor the configuration names one
struct no_issuer {};     // without which no request can be built
struct not_worth_asking {
  std::string why;
};
struct no_exchange {
  runtime::exchange_failure failure;
};
struct bad_http_status {
  int status;
};
struct answer_rejected {
  pki::ocsp_judgement judgement;
  pki::bytes der;
};
// The last thing that went wrong.
using fetch_failure = std::variant<no_responder, no_issuer, not_worth_asking, no_exchange,
                                   bad_http_status, answer_rejected>;
std::string to_string(const fetch_failure& failure);

struct fetched_answer {
  pki::bytes der;
  pki::ocsp_judgement judgement;  // good, revoked or unknown
};
using fetch_outcome = std::variant<fetched_answer, fetch_failure>;

struct fetch_subject {
  pki::certificate leaf;
  std::optional<pki::certificate> issuer;
  std::vector<runtime::http_url> responders;
};

// `deadline` bounds all of it. Only being cancelled makes it throw.
runtime::awaitable<fetch_outcome> fetch(runtime::clock& time, fetch_subject subject, policy rules,
                                        event_sink tell, time_point deadline);

}  // namespace staplelab::stapler
