#include "conform/report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "pki/ocsp_message.hpp"
#include "pki/ocsp_text.hpp"

namespace staplelab::conform {
namespace {

constexpr std::size_t longest_hex = 4096;  // octets

std::string hex(std::string_view octets) {
  const pki::bytes shown(octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                              octets.size(), longest_hex)));
  std::string text = pki::to_hex(shown);
  if (octets.size() > longest_hex) {
    text += fmt::format("... ({} octets in all)", octets.size());
  }
  return text;
}

// The first line and the fields, each on a line of its own.
std::string head_of(std::string_view octets) {
  std::string text;
  std::string_view head = octets.substr(0, octets.find("\r\n\r\n"));
  while (!head.empty()) {
    const auto end = std::min(head.find("\r\n"), head.size());
    text += printable(head.substr(0, end)) + "\n";
    head.remove_prefix(std::min(end + 2, head.size()));
  }
  return text;
}

// What `describe` takes over from a message may be any octets.
std::string printable_lines(std::string_view text) {
  std::string safe;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    safe += printable(text.substr(0, end)) + "\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return safe;
}

std::string decoded_request(const pki::bytes& der) {
  if (der.empty()) return {};
  const auto request = pki::parse_ocsp_request(der);
  return request ? printable_lines(pki::describe(*request))
                 : "not an OCSPRequest: " + pki::to_hex(der) + "\n";
}

std::string decoded_response(const exchange& seen) {
  if (seen.responses.empty()) return {};
  const std::string& body = seen.responses.back().body;
  const pki::bytes der(body.begin(), body.end());
  const auto response = pki::parse_ocsp_response(der);
  return response ? printable_lines(pki::describe(*response))
                  : "not an OCSPResponse: " + printable(response.error().why) + "\n";
}

}  // namespace

std::optional<detail> parse_detail(std::string_view name) {
  if (name == "hex") return detail::hex;
  if (name == "decoded") return detail::decoded;
  return std::nullopt;
}

shown_exchange show(const evidence& seen, probe_id id, detail how) {
  const exchange& what = seen.exchange_of(id);
  switch (how) {
    case detail::summary:
      return {fmt::format("{} ({} octets)", probe_of(id).title, what.sent.size()),
              seen.summary_of(id)};
    case detail::hex:
      return {hex(what.sent), hex(what.received)};
    case detail::decoded:
      return {head_of(what.sent) + decoded_request(what.request),
              what.received.empty() ? seen.summary_of(id)
                                    : head_of(what.received) + decoded_response(what)};
  }
  return {};
}

}  // namespace staplelab::conform
