// What the judgements about HTTP read out of header fields.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "pki/time.hpp"
#include "runtime/http.hpp"

namespace staplelab::conform {

// IMF-fixdate only (RFC 9110 5.6.7).
std::optional<pki::time_point> read_http_date(std::string_view text);
std::string http_date(pki::time_point t);

// Whether Cache-Control, in all its lines together, has this directive; names compare without case.
bool cache_control_has(const runtime::http_response& response, std::string_view directive);
std::optional<std::int64_t> max_age_of(const runtime::http_response& response);
// Cache-Control: no-cache or no-store, or Pragma: no-cache.
bool forbids_caching(const runtime::http_response& response);

// Content-Type without its parameters, in lower case; empty when there is none.
std::string media_type(const runtime::http_response& response);

std::string field_text(const runtime::http_response& response, std::string_view name);

}  // namespace staplelab::conform
