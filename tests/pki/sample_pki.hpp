// Certificates, requests and responses that several tests start from.
#pragma once

#include <string_view>
#include <vector>

#include "pki/asn1.hpp"
#include "pki/certificate.hpp"
#include "pki/ocsp_message.hpp"
#include "pki/time.hpp"

namespace staplelab::tests {

// Of a text that is one for sure.
pki::time_point at(std::string_view rfc3339);
pki::serial_number serial(std::string_view hex);
pki::bytes octets(std::string_view hex);

inline const pki::time_point noon = at("2026-03-01T12:00:00Z");

// Valid for a year around `when`, unless the caller changes it. RSA keys of one size are the same.
pki::certificate_description describe(pki::certificate_role role, std::string_view name,
                                      pki::time_point when = noon);
pki::credential make_root(std::string_view name, pki::key_type type = pki::key_type::p256,
                          pki::time_point when = noon);
pki::credential make_issued(const pki::certificate_description& what, const pki::credential& issuer,
                            pki::key_type type = pki::key_type::p256);

// One root, a server certificate and a delegate below it, made once.
struct sample_pki {
  pki::credential root;
  pki::credential leaf;
  pki::credential delegate;
};
const sample_pki& sample();

// `status` for the sample's leaf, from an hour before noon to seven days after it.
pki::single_response single_of(const pki::cert_status& status,
                               pki::hash_algorithm hash = pki::hash_algorithm::sha1);
pki::response_content content_of(const pki::cert_status& status);
pki::ocsp_signer by_issuer();
pki::ocsp_signer by_delegate();

// The elements that follow each other in `content`.
std::vector<pki::der_element> children(pki::bytes_view content);
// BasicOCSPResponse inside a successful response, and its tbsResponseData.
pki::bytes_view basic_of(pki::bytes_view response);
std::vector<pki::der_element> response_data_of(pki::bytes_view response);

pki::bytes sequence(const std::vector<pki::bytes>& parts);
pki::bytes tagged(std::uint8_t tag, const std::vector<pki::bytes>& parts);

}  // namespace staplelab::tests
