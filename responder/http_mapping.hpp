// OCSP over HTTP (RFC 6960 appendix A, RFC 9919 sections 6 and 7): request -> DER, answer ->
// response with its cache fields. Pure.
//
// A GET carries base64 in its path, raw or percent-encoded; the path is never normalised, so `//`
// inside it stays, and `+` is never a space. Slashes in front of the base64 do not count (an AIA
// URL that ends in a slash makes clients send two; no DER SEQUENCE in base64 begins with one).
// Padding may be missing. The url-safe alphabet is refused: RFC 6960 knows one alphabet, and
// accepting another would hide a client's mistake from the people who test it.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "pki/bytes.hpp"
#include "pki/time.hpp"
#include "responder/answer.hpp"
#include "runtime/http.hpp"

namespace staplelab::responder {

struct http_mapping_limits {
  std::size_t target_octets = 8 * 1024;  // more: 414
};

// Why a message is no OCSP request on the HTTP level.
struct http_refusal {
  int status;       // 400, 404, 405, 414, 415
  std::string why;  // for people, one line
};

// `path_prefix` is the path of the AIA URL without the slash at its end; "" for the root. A POST is
// accepted at the prefix itself only; without a Content-Type it is taken for
// application/ocsp-request.
boost::system::result<pki::bytes, http_refusal> to_ocsp(const runtime::http_request& request,
                                                        std::string_view path_prefix,
                                                        const http_mapping_limits& limits);

// Cache-Control (RFC 9919 7.2): public for an authoritative GET, private for an authoritative POST,
// no-store for errors and for whatever carries a nonce. max-age is half of what is left.
//
// The answer, or 304 when the request's conditions hold (RFC 9110 13.2.2). OCSP errors travel in
// HTTP 200. For HEAD the body is there all the same; leaving it out is the writer's part.
runtime::http_response to_http(const ocsp_answer& what, const runtime::http_request& request,
                               pki::time_point now);
runtime::http_response to_http(const http_refusal& why, pki::time_point now);

// The max-age of an authoritative answer, in seconds: half of what is left, so that a cache asks
// again well before the answer ends (RFC 9919 7.1).
std::int64_t max_age(const std::optional<pki::time_point>& next_update, pki::time_point now);

}  // namespace staplelab::responder
