// A certificate signing request (PKCS #10, RFC 2986): whose key it is, and what it asks for.
//
// A request that its own key has not signed is refused: it proves nothing. Of what is asked for,
// must-staple counts (RFC 7633 4.1); names and usages are for the CA to decide.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pki/certificate.hpp"
#include "pki/handles.hpp"

namespace staplelab::pki {

class signing_request {
 public:
  // PEM or DER. Throws input_error; `origin` (a file name) is for the message.
  static signing_request parse(std::string_view content, std::string_view origin);

  // extensionRequest (RFC 2985 5.4.2) lists the TLS feature status_request.
  bool must_staple() const { return must_staple_; }
  // What else it lists, by OpenSSL's long names or in dotted decimal.
  const std::vector<std::string>& other_extensions() const { return others_; }

  bool has_key_of(const certificate& cert) const;
  EVP_PKEY* public_key() const noexcept;  // borrowed

 private:
  using request_handle = handle<X509_REQ, X509_REQ_free>;
  explicit signing_request(request_handle request) : request_(std::move(request)) {}
  void read_extensions(std::string_view origin);

  request_handle request_;
  bool must_staple_ = false;
  std::vector<std::string> others_;
};

}  // namespace staplelab::pki
