// HTTP requests as octets on the wire (RFC 6960 appendix A.1), with every detail of the spelling in
// the caller's hand.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pki/bytes.hpp"
#include "runtime/http.hpp"

namespace staplelab::conform {

using header_list = std::vector<std::pair<std::string, std::string>>;

struct post_form {
  std::string content_type = "application/ocsp-request";
  bool chunked = false;
  bool keep_alive = false;
  bool expect_continue = false;
  bool http10 = false;
};
std::string post_head(const runtime::http_url& url, std::size_t body_octets, const post_form& form);
std::string post_body(pki::bytes_view der, const post_form& form);
std::string post(const runtime::http_url& url, pki::bytes_view der, const post_form& form);

// `encoded` follows the URL's path and a slash, as it is.
std::string get(const runtime::http_url& url, std::string_view encoded, const header_list& extra,
                std::string_view method = "GET");

// RFC 4648 section 4, with padding.
std::string base64(pki::bytes_view octets);
// '/', '+' and '=' as %2F, %2B and %3D; in lower case: %2f, %2b and %3d.
enum class hex_case { upper, lower };
std::string percent_encoded(std::string_view base64_text, hex_case digits);
std::string without_padding(std::string_view base64_text);

// The path that POST goes to.
std::string post_target(const runtime::http_url& url);

}  // namespace staplelab::conform
