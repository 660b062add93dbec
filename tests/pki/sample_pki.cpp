#include "tests/pki/sample_pki.hpp"

namespace staplelab::tests {

using namespace pki;

time_point at(std::string_view rfc3339) {
  return parse_rfc3339(rfc3339).value();
}
serial_number serial(std::string_view hex) {
  return serial_number::from_hex(hex).value();
}
bytes octets(std::string_view hex) {
  return from_hex(hex).value();
}

certificate_description describe(certificate_role role, std::string_view name, time_point when) {
  certificate_description what;
  what.role = role;
  what.common_name = name;
  what.not_before = when - std::chrono::days{180};
  what.not_after = when + std::chrono::days{180};
  what.serial = serial("1f2e3d");
  return what;
}

namespace {

// Making an RSA key takes seconds on a busy machine, so tests share one of each size.
key make_key(key_type type) {
  switch (type) {
    case key_type::rsa2048: {
      static const key shared = key::generate(type);
      return shared;
    }
    case key_type::rsa3072: {
      static const key shared = key::generate(type);
      return shared;
    }
    case key_type::p256:
    case key_type::p384:
    case key_type::ed25519:
      break;
  }
  return key::generate(type);
}

}  // namespace

credential make_root(std::string_view name, key_type type, time_point when) {
  const key own = make_key(type);
  return {sign_certificate(describe(certificate_role::authority, name, when), own, nullptr, own),
          own};
}

credential make_issued(const certificate_description& what, const credential& issuer,
                       key_type type) {
  const key own = make_key(type);
  return {sign_certificate(what, own, &issuer.cert, issuer.key), own};
}

const sample_pki& sample() {
  static const sample_pki made = [] {
    credential root = make_root("Sample Root");
    credential leaf = make_issued(describe(certificate_role::server, "leaf.example"), root);
    credential delegate = make_issued(describe(certificate_role::ocsp_signer, "Signer"), root);
    return sample_pki{std::move(root), std::move(leaf), std::move(delegate)};
  }();
  return made;
}

single_response single_of(const cert_status& status, hash_algorithm hash) {
  return {.id = cert_id::of(sample().leaf.cert, sample().root.cert, hash),
          .status = status,
          .this_update = noon - std::chrono::hours{1},
          .next_update = noon + std::chrono::days{7}};
}

response_content content_of(const cert_status& status) {
  response_content content;
  content.singles = {single_of(status)};
  content.produced_at = noon - std::chrono::hours{1};
  return content;
}

ocsp_signer by_issuer() {
  return {sample().root, false};
}
ocsp_signer by_delegate() {
  return {sample().delegate, true};
}

std::vector<der_element> children(bytes_view content) {
  std::vector<der_element> elements;
  while (!content.empty()) {
    elements.push_back(read_der(content).value());
    content = elements.back().rest;
  }
  return elements;
}

bytes_view basic_of(bytes_view response) {
  const auto outer = children(read_der(response).value().content);
  const auto response_bytes = children(read_der(outer.at(1).content).value().content);
  return response_bytes.at(1).content;
}

std::vector<der_element> response_data_of(bytes_view response) {
  const auto basic = children(read_der(basic_of(response)).value().content);
  return children(basic.at(0).content);
}

bytes tagged(std::uint8_t tag, const std::vector<bytes>& parts) {
  bytes content;
  for (const bytes& part : parts)
    content.insert(content.end(), part.begin(), part.end());
  return wrap_der(tag, content);
}

bytes sequence(const std::vector<bytes>& parts) {
  return tagged(der_tag::sequence, parts);
}

}  // namespace staplelab::tests
