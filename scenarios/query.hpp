// One OCSP query straight to a responder, judged as a careful client judges the answer.
//
// Where no OCSP answer arrived the verdict is `refused` (no connection) or `none` (an HTTP error,
// silence, a connection that broke). An answer with a nonce other than the one that was sent is
// `malformed`; one with none is judged by its times (RFC 9919 section 5), unless
// `rules.require_nonce` says otherwise.
#pragma once

#include <optional>
#include <string>

#include "pki/bytes.hpp"
#include "pki/cert_status.hpp"
#include "pki/certificate.hpp"
#include "pki/crl_judge.hpp"
#include "pki/ocsp_verify.hpp"
#include "runtime/async.hpp"
#include "runtime/clock.hpp"
#include "runtime/http.hpp"
#include "scenarios/expectation.hpp"

namespace staplelab::scenarios {

struct query_request {
  runtime::http_url responder;
  pki::certificate leaf;
  pki::certificate issuer;
  bool post = false;
  std::optional<pki::bytes> nonce;
  pki::hash_algorithm hash = pki::hash_algorithm::sha1;
  pki::verify_rules rules;
  runtime::duration timeout = std::chrono::seconds(60);  // on the clock
};

struct query_result {
  probe_verdict verdict;
  std::optional<pki::ocsp_judgement> answer;  // where there was one
  double latency_ms = 0;                      // real time
  std::string why;                            // for people
  pki::bytes der = {};                        // of that answer
};

runtime::awaitable<query_result> query(runtime::clock& time, query_request request);

// The same of a CRL: `good` when the certificate is not listed, `revoked` when it is.
struct crl_request {
  runtime::http_url url;
  pki::certificate leaf;
  pki::certificate issuer;
  runtime::duration timeout = std::chrono::seconds(60);  // on the clock
};
struct crl_result {
  probe_verdict verdict;
  std::optional<pki::crl_judgement> crl = {};  // where there was one
  double latency_ms = 0;                       // real time
};

runtime::awaitable<crl_result> query_crl(runtime::clock& time, crl_request request);

}  // namespace staplelab::scenarios
