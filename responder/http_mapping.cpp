#include "responder/http_mapping.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

#include "pki/digest.hpp"
#include "responder/encoded_path.hpp"

namespace staplelab::responder {

namespace {

constexpr std::string_view request_type = "application/ocsp-request";
constexpr std::string_view response_type = "application/ocsp-response";
constexpr std::string_view allowed_methods = "GET, HEAD, POST";

using octets = boost::system::result<pki::bytes, http_refusal>;

http_refusal bad_path(std::string_view why) {
  return {400, std::string(why)};
}

// Requests to a proxy carry the whole URL, and a server must take it (RFC 9112 3.2.2).
std::string_view path_of(std::string_view target) {
  constexpr std::string_view scheme = "http://";
  if (!target.starts_with(scheme)) return target;
  const auto slash = target.find('/', scheme.size());
  return slash == std::string_view::npos ? "/" : target.substr(slash);
}

octets from_get(std::string_view path, std::string_view prefix) {
  if (!path.starts_with(prefix)) return http_refusal{404, "nothing is served at this path"};
  auto encoded = path.substr(prefix.size());
  if (!encoded.starts_with('/')) return http_refusal{404, "nothing is served at this path"};
  encoded.remove_prefix(std::min(encoded.find_first_not_of('/'), encoded.size()));
  if (encoded.empty()) return bad_path("the path holds no OCSP request");
  pki::bytes der(encoded.size());
  const auto decoded = decode_path(encoded, der);
  switch (decoded.flaw) {
    case path_flaw::percent:
      return bad_path("the path holds a percent sign without two hexadecimal digits");
    case path_flaw::too_long:  // it cannot be
    case path_flaw::base64:
      return bad_path("the path holds no base64 in the alphabet of RFC 4648 section 4");
    case path_flaw::none:
      break;
  }
  der.resize(decoded.size);
  return der;
}

bool same_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

octets from_post(const runtime::http_request& request, std::string_view path,
                 std::string_view prefix) {
  const bool here = path.starts_with(prefix) &&
                    (path.size() == prefix.size() || path.substr(prefix.size()) == "/");
  if (!here) return http_refusal{404, "nothing is served at this path"};
  if (const auto type = request.fields.find("Content-Type")) {
    const auto essence = trimmed(type->substr(0, type->find(';')));
    if (!same_ignoring_case(essence, request_type)) {
      return http_refusal{415, "the content type must be application/ocsp-request"};
    }
  }
  return pki::bytes(request.body.begin(), request.body.end());
}

std::int64_t unix_seconds(pki::time_point t) {
  return std::chrono::floor<std::chrono::seconds>(t).time_since_epoch().count();
}

std::string entity_tag(const pki::bytes& der) {
  return '"' + pki::to_hex(pki::sha256(der)) + '"';
}

std::string cache_control(const ocsp_answer& what, bool is_post, pki::time_point now) {
  if (!what.authoritative() || what.has_nonce()) return "no-store";
  return "max-age=" + std::to_string(max_age(what.next_update(), now)) +
         (is_post ? ", private" : ", public") + ", no-transform, must-revalidate";
}

// If-None-Match: a list of entity tags, or "*" (RFC 9110 13.1.2). Weak comparison.
bool lists_tag(std::string_view list, std::string_view tag) {
  while (!list.empty()) {
    const auto comma = list.find(',');
    auto member = trimmed(list.substr(0, comma));
    if (member.starts_with("W/")) member.remove_prefix(2);
    if (member == tag || member == "*") return true;
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
  return false;
}

// Only GET and HEAD have conditions that lead to 304 (RFC 9110 13.2.2). Dates must be equal, as
// text: a client sends back the Last-Modified that it was given. A later date proves nothing, since
// an answer may be published long after its thisUpdate.
bool not_modified(const runtime::http_request& request, const runtime::http_response& fresh) {
  if (request.method == "POST") return false;
  const auto tag = fresh.fields.find("ETag");
  const auto modified = fresh.fields.find("Last-Modified");
  if (!tag || !modified) return false;
  if (const auto list = request.fields.find("If-None-Match")) return lists_tag(*list, *tag);
  const auto since = request.fields.find("If-Modified-Since");
  return since && *since == *modified;
}

}  // namespace

std::int64_t max_age(const std::optional<pki::time_point>& next_update, pki::time_point now) {
  if (!next_update) return 0;
  const auto left = std::chrono::floor<std::chrono::seconds>(*next_update - now).count();
  return std::max<std::int64_t>(0, left / 2);
}

boost::system::result<pki::bytes, http_refusal> to_ocsp(const runtime::http_request& request,
                                                        std::string_view path_prefix,
                                                        const http_mapping_limits& limits) {
  const bool is_post = request.method == "POST";
  if (!is_post && request.method != "GET" && request.method != "HEAD") {
    return http_refusal{405, "the methods are GET, HEAD and POST"};
  }
  if (request.target.size() > limits.target_octets) {
    return http_refusal{
        414, "the target is longer than " + std::to_string(limits.target_octets) + " octets"};
  }
  const auto path = path_of(request.target);
  return is_post ? from_post(request, path, path_prefix) : from_get(path, path_prefix);
}

runtime::http_response to_http(const ocsp_answer& what, const runtime::http_request& request,
                               pki::time_point now) {
  runtime::http_response response;
  auto& fields = response.fields;
  fields.set("Date", runtime::http_date(unix_seconds(now)));
  fields.set("Cache-Control", cache_control(what, request.method == "POST", now));
  if (what.authoritative() && !what.has_nonce()) {
    fields.set("Last-Modified", runtime::http_date(unix_seconds(*what.this_update())));
    if (what.next_update()) {
      fields.set("Expires", runtime::http_date(unix_seconds(*what.next_update())));
    }
    fields.set("ETag", entity_tag(what.der));
  }
  if (not_modified(request, response)) {
    response.status = 304;
    return response;
  }
  fields.set("Content-Type", response_type);
  response.body.assign(what.der.begin(), what.der.end());
  return response;
}

runtime::http_response to_http(const http_refusal& why, pki::time_point now) {
  runtime::http_response response;
  response.status = why.status;
  response.fields.set("Date", runtime::http_date(unix_seconds(now)));
  response.fields.set("Cache-Control", "no-store");
  response.fields.set("Content-Type", "text/plain");
  if (why.status == 405) response.fields.set("Allow", allowed_methods);
  response.body = why.why + "\n";
  return response;
}

}  // namespace staplelab::responder
