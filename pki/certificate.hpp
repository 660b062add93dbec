// An X.509 certificate as a value, and the making of one from a description.
//
// A certificate is immutable; copies share the OpenSSL object. Making one refuses nothing that a
// test may want (an expired signer, a delegate without EKU): the description says what to write,
// and that is what gets written.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pki/bytes.hpp"
#include "pki/handles.hpp"
#include "pki/key.hpp"
#include "pki/serial_number.hpp"
#include "pki/time.hpp"

namespace staplelab::pki {

class certificate {
 public:
  explicit certificate(x509_handle x509);
  // Throw input_error; `origin` (a file name) is for the message.
  static certificate from_der(bytes_view der, std::string_view origin);
  static certificate from_pem(std::string_view pem, std::string_view origin);  // the first block
  static std::vector<certificate> chain_from_pem(std::string_view pem, std::string_view origin);

  certificate(const certificate& other);
  certificate& operator=(const certificate& other);
  certificate(certificate&&) noexcept = default;
  certificate& operator=(certificate&&) noexcept = default;
  ~certificate() = default;

  std::string to_pem() const;
  bytes der() const;
  bytes sha256() const;  // of the DER, 32 octets
  serial_number serial() const;
  std::string subject() const;  // RFC 2253, "CN=..."
  std::string issuer() const;
  time_point not_before() const;
  time_point not_after() const;
  std::vector<std::string> ocsp_urls() const;   // AIA, id-ad-ocsp, in order (RFC 5280 4.2.2.1)
  std::vector<std::string> crl_urls() const;    // CRL distribution points (RFC 5280 4.2.1.13)
  std::vector<std::string> dns_names() const;   // subjectAltName, DNS entries
  bool must_staple() const;                     // TLS Feature lists status_request (RFC 7633)
  bool is_ca() const;                           // basicConstraints CA:TRUE
  bool may_sign_ocsp() const;                   // EKU lists id-kp-OCSPSigning
  bool has_ocsp_nocheck() const;                // RFC 6960 4.2.2.2.1
  bool signed_by(const certificate& ca) const;  // the name matches and the signature holds
  X509* get() const noexcept { return x509_.get(); }  // borrowed

  friend bool operator==(const certificate& a, const certificate& b) { return a.der() == b.der(); }

 private:
  x509_handle x509_;
};

enum class certificate_role { authority, server, ocsp_signer };

struct certificate_description {
  certificate_role role = certificate_role::server;
  std::string common_name;
  std::vector<std::string> subject_alt_names;  // DNS names, or IP literals
  time_point not_before;
  time_point not_after;
  serial_number serial;
  std::vector<std::string> ocsp_urls;      // empty: no AIA extension
  std::vector<std::string> crl_urls = {};  // one distribution point each
  bool must_staple = false;                // TLS Feature {5}, non-critical
  bool ocsp_signing_eku = true;            // role ocsp_signer only
  bool ocsp_nocheck = true;                // role ocsp_signer only
  bool precertificate = false;             // the critical poison of RFC 6962 3.1
};

// Signs `what` with the issuer's key. `issuer` null: self-signed, and `issuer_key` must be
// `subject_key`. Throws crypto_error; input_error when the issuer is must-staple and `what` is not.
certificate sign_certificate(const certificate_description& what, const key& subject_key,
                             const certificate* issuer, const key& issuer_key);

struct credential {
  certificate cert;
  pki::key key;
};

}  // namespace staplelab::pki
