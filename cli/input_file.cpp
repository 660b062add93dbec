#include "cli/input_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/system/error_code.hpp>
#include <optional>
#include <string_view>

#include "cli/base64.hpp"
#include "cli/failure.hpp"
#include "pki/ocsp_message.hpp"
#include "runtime/file.hpp"

namespace staplelab::cli {
namespace {

[[noreturn]] void refuse_file(const std::string& file, const std::string& why) {
  throw failure(exit_code::bad_input, fmt::format("cannot read {}: {}", file, why));
}

std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      if (const auto octet = pki::from_hex(text.substr(i + 1, 2))) {
        decoded += static_cast<char>(octet->front());
        i += 2;
        continue;
      }
    }
    decoded += text[i];
  }
  return decoded;
}

// RFC 6960 A.1: {url}/{base64 of the DER}. Base64 may hold slashes and so may the URL's own path:
// the first slash after which a request follows is the one.
std::optional<pki::bytes> request_in_url(std::string_view url) {
  const std::string decoded = percent_decoded(url);
  for (std::size_t slash = decoded.find('/', 8); slash != std::string::npos;
       slash = decoded.find('/', slash + 1)) {
    auto octets = from_base64(std::string_view(decoded).substr(slash + 1));
    if (octets && pki::parse_ocsp_request(*octets)) return octets;
  }
  return std::nullopt;
}

std::string_view without_armour(std::string_view text) {
  if (!text.starts_with("-----BEGIN ")) return text;
  const auto begin = text.find('\n');
  const auto end = text.find("-----END ");
  if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) return text;
  return text.substr(begin, end - begin);
}

}  // namespace

std::string read_input(const std::string& file, std::size_t limit) {
  const auto octets = runtime::read_whole(file == "-" ? "/dev/stdin" : file, limit);
  if (octets) return {octets->begin(), octets->end()};
  if (octets.error() == boost::system::errc::file_too_large) {
    refuse_file(file, fmt::format("it has more than the {} octets allowed", limit));
  }
  refuse_file(file, octets.error().message());
}

pki::bytes ocsp_octets(const std::string& content) {
  // A DER SEQUENCE in base64 begins with M.
  const std::string_view text = without_armour(content);
  if (text.starts_with("http://") || text.starts_with("https://")) {
    const auto line = text.substr(0, text.find_first_of(" \r\n"));
    if (auto octets = request_in_url(line)) return *octets;
  }
  const auto first = text.find_first_not_of(" \r\n\t");
  if (first != std::string_view::npos && text[first] == 'M') {
    if (auto octets = from_base64(text)) return *octets;
  }
  return {content.begin(), content.end()};
}

pki::bytes read_ocsp(const std::string& file) {
  return ocsp_octets(read_input(file, max_ocsp_file_octets));
}

std::vector<pki::certificate> read_certificates(const std::string& file) {
  const std::string content = read_input(file, max_certificate_file_octets);
  if (content.find("-----BEGIN") != std::string::npos) {
    return pki::certificate::chain_from_pem(content, file);
  }
  const pki::bytes der(content.begin(), content.end());
  return {pki::certificate::from_der(der, file)};
}

pki::certificate issuer_among(const std::vector<pki::certificate>& candidates,
                              const pki::certificate& leaf) {
  const auto found = std::find_if(candidates.begin(), candidates.end(),
                                  [&](const auto& each) { return leaf.signed_by(each); });
  return found == candidates.end() ? candidates.front() : *found;
}

}  // namespace staplelab::cli
