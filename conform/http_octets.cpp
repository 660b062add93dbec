#include "conform/http_octets.hpp"

#include <fmt/format.h>

namespace staplelab::conform {

std::string post_target(const runtime::http_url& url) {
  return url.path.empty() ? "/" : url.path;
}

std::string post_head(const runtime::http_url& url, std::size_t body_octets,
                      const post_form& form) {
  std::string head = fmt::format("POST {} HTTP/1.{}\r\nHost: {}\r\n", post_target(url),
                                 form.http10 ? 0 : 1, url.host_field());
  if (!form.content_type.empty()) head += fmt::format("Content-Type: {}\r\n", form.content_type);
  if (form.chunked) {
    head += "Transfer-Encoding: chunked\r\n";
  } else {
    head += fmt::format("Content-Length: {}\r\n", body_octets);
  }
  if (form.expect_continue) head += "Expect: 100-continue\r\n";
  if (!form.keep_alive && !form.http10) head += "Connection: close\r\n";
  return head + "\r\n";
}

std::string post_body(pki::bytes_view der, const post_form& form) {
  const std::string body(der.begin(), der.end());
  if (!form.chunked) return body;
  // Two chunks: a reader that takes the first for the whole is caught.
  const auto half = body.size() / 2;
  return fmt::format("{:x}\r\n{}\r\n{:x}\r\n{}\r\n0\r\n\r\n", half, body.substr(0, half),
                     body.size() - half, body.substr(half));
}

std::string post(const runtime::http_url& url, pki::bytes_view der, const post_form& form) {
  return post_head(url, der.size(), form) + post_body(der, form);
}

std::string get(const runtime::http_url& url, std::string_view encoded, const header_list& extra,
                std::string_view method) {
  std::string_view path = url.path;
  while (path.ends_with('/'))
    path.remove_suffix(1);
  std::string head =
      fmt::format("{} {}/{} HTTP/1.1\r\nHost: {}\r\n", method, path, encoded, url.host_field());
  for (const auto& [name, value] : extra)
    head += fmt::format("{}: {}\r\n", name, value);
  return head + "Connection: close\r\n\r\n";
}

std::string base64(pki::bytes_view octets) {
  constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t at = 0; at < octets.size(); at += 3) {
    const std::size_t have = std::min<std::size_t>(3, octets.size() - at);
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i)
      group = group << 8 | (i < have ? octets[at + i] : 0U);
    for (std::size_t digit = 0; digit < 4; ++digit)
      text += digit <= have ? alphabet[group >> (18 - 6 * digit) & 0x3f] : '=';
  }
  return text;
}

std::string percent_encoded(std::string_view base64_text, hex_case digits) {
  std::string text;
  for (const char c : base64_text) {
    if (c != '/' && c != '+' && c != '=') {
      text += c;
    } else {
      const auto octet = static_cast<unsigned>(c);
      text +=
          digits == hex_case::upper ? fmt::format("%{:02X}", octet) : fmt::format("%{:02x}", octet);
    }
  }
  return text;
}

std::string without_padding(std::string_view base64_text) {
  return std::string(base64_text.substr(0, base64_text.find('=')));
}

}  // namespace staplelab::conform
