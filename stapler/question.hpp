// How to ask one responder, and how to ask it again after it failed, decided purely.
//
// A responder is asked again only where another question may bring a better answer: never because
// it said tryLater or internalError (RFC 6960 2.3: the back-off between fetches is for that), once
// with the other digest when it knows nothing of the certificate, once past the caches when what
// came was stale (RFC 9919 7.2).
#pragma once

#include <cstddef>
#include <optional>

#include "pki/cert_status.hpp"
#include "runtime/http.hpp"
#include "stapler/fetcher.hpp"
#include "stapler/policy.hpp"

namespace staplelab::stapler {

inline constexpr std::size_t longest_get_url = 255;  // RFC 6960 A.1, RFC 9919 section 6

struct question {
  bool post;
  pki::hash_algorithm hash;
  bool past_caches = false;     // with no-cache
  bool hash_exchanged = false;  // this is the second digest
  bool operator==(const question&) const = default;
};

// `get_url` is the length of the whole URL that a GET would have.
question first_question(const policy& rules, std::size_t get_url);
std::optional<question> next_question(const question& last, const fetch_failure& why,
                                      const policy& rules);

// One Request without extensions (RFC 9919 3.1.1).
runtime::http_request write_question(const question& what, const runtime::http_url& url,
                                     const fetch_subject& subject, const policy& rules);

}  // namespace staplelab::stapler
