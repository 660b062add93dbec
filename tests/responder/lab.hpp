// A small PKI for the tests: one root with an intermediate that issues, and another root, all valid
// around a fixed moment; and requests that a well-behaved builder would not make.
#pragma once

#include <openssl/ocsp.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pki/handles.hpp"
#include "pki/mini_ca.hpp"
#include "pki/ocsp_message.hpp"
#include "pki/ocsp_verify.hpp"
#include "responder/answer.hpp"
#include "responder/signing.hpp"

namespace staplelab::responder::test {

using namespace std::chrono_literals;

// Serial numbers 10, 11, 12, ...: the order of issuing decides.
inline pki::mini_ca::serial_source counted_serials() {
  return [next = std::make_shared<std::uint8_t>(std::uint8_t{10})] {
    const std::uint8_t magnitude[] = {(*next)++};
    return pki::serial_number::from_magnitude(magnitude);
  };
}

inline pki::time_point at(std::string_view rfc3339) {
  return *pki::parse_rfc3339(rfc3339);
}
inline const pki::time_point start = at("2026-03-01T00:00:00Z");

class lab {
 public:
  // `now` is when everything is issued.
  explicit lab(pki::time_point now = start, pki::key_type type = pki::key_type::p256)
      : ca_(pki::mini_ca::in_memory(counted_serials())), now_(now) {
    for (const auto* name : {"root", "stranger"}) {
      ca_.add_authority({name, "", type, now - 24h, now + 24h * 3650});
    }
    ca_.add_authority({"issuing", "root", type, now - 24h, now + 24h * 3650});
    issue("good", "issuing");
    issue("revoked", "issuing");
    issue("held", "issuing");
    issue("foreign", "stranger");
    ca_.revoke("revoked", pki::crl_reason::key_compromise, now - 1h);
    ca_.hold("held", now - 2h);
  }

  pki::credential issue(const std::string& name, const std::string& issuer,
                        pki::certificate_role role = pki::certificate_role::server) {
    pki::issue_description what;
    what.name = name;
    what.issuer = issuer;
    what.role = role;
    what.not_before = now_ - 12h;
    what.not_after = now_ + 24h * 365;
    return ca_.issue(what, now_);
  }

  pki::mini_ca& ca() { return ca_; }
  pki::certificate cert(std::string_view name) const { return ca_.issued(name).cert; }
  pki::certificate issuer(std::string_view name = "issuing") const {
    return ca_.authority(name).cert;
  }
  authority direct(std::string_view name = "issuing") const {
    return {ca_.authority(name), std::nullopt};
  }
  pki::cert_id id(std::string_view name,
                  pki::hash_algorithm hash = pki::hash_algorithm::sha1) const {
    return pki::cert_id::of(cert(name), issuer(name == "foreign" ? "stranger" : "issuing"), hash);
  }
  pki::cert_id unissued() const {
    return pki::cert_id::of(*pki::serial_number::from_hex("abcdef"), issuer(),
                            pki::hash_algorithm::sha1);
  }

 private:
  pki::mini_ca ca_;
  pki::time_point now_;
};

// -- requests, made with OpenSSL itself ----------------------------------------------------------

inline pki::bytes encoded(OCSP_REQUEST* request) {
  pki::bytes der(static_cast<std::size_t>(i2d_OCSP_REQUEST(request, nullptr)));
  auto* out = der.data();
  i2d_OCSP_REQUEST(request, &out);
  return der;
}

inline pki::ocsp_request_handle request_for(const std::vector<pki::cert_id>& ids) {
  pki::ocsp_request_handle request(OCSP_REQUEST_new());
  for (const auto& id : ids) {
    const auto* der = id.der.data();
    auto* made = d2i_OCSP_CERTID(nullptr, &der, static_cast<long>(id.der.size()));
    OCSP_request_add0_id(request.get(), made);  // owned by the request now
  }
  return request;
}

inline pki::x509_extension_handle extension(const char* oid, bool critical, pki::bytes_view value) {
  const std::unique_ptr<ASN1_OBJECT, pki::freed_by<ASN1_OBJECT_free>> type(OBJ_txt2obj(oid, 1));
  const pki::asn1_octet_string_handle octets(ASN1_OCTET_STRING_new());
  ASN1_OCTET_STRING_set(octets.get(), value.data(), static_cast<int>(value.size()));
  return pki::x509_extension_handle(
      X509_EXTENSION_create_by_OBJ(nullptr, type.get(), critical ? 1 : 0, octets.get()));
}

inline pki::bytes nonce_of(std::size_t octets) {
  return pki::bytes(octets, 0x5a);
}

}  // namespace staplelab::responder::test
