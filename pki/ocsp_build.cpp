#include <cassert>

#include "pki/asn1.hpp"
#include "pki/errors.hpp"
#include "pki/ocsp_message.hpp"
#include "pki/ocsp_spoil.hpp"
#include "pki/ocsp_wire.hpp"

namespace staplelab::pki {
namespace {

constexpr int absent_reason = -1;  // OCSP_REVOKED_STATUS_NOSTATUS

struct encoded_status {
  int kind;
  int reason = absent_reason;
  asn1_generalizedtime_handle revoked_at;
};

encoded_status encode(const cert_status& status) {
  if (const auto* revoked = std::get_if<revoked_status>(&status)) {
    // RFC 5280 5.3.1: unspecified is said by leaving the reason out.
    const bool named = revoked->reason && *revoked->reason != crl_reason::unspecified;
    return {V_OCSP_CERTSTATUS_REVOKED, named ? static_cast<int>(*revoked->reason) : absent_reason,
            to_generalized(revoked->at)};
  }
  if (std::holds_alternative<unknown_status>(status)) {
    return {V_OCSP_CERTSTATUS_UNKNOWN, absent_reason, nullptr};
  }
  return {V_OCSP_CERTSTATUS_GOOD, absent_reason, nullptr};
}

x509_extension_handle to_x509(const ocsp_extension& extension) {
  const auto oid = from_der<handle<ASN1_OBJECT, ASN1_OBJECT_free>, d2i_ASN1_OBJECT>(
      wrap_der(der_tag::object_identifier, extension.oid));
  const asn1_octet_string_handle value{ASN1_OCTET_STRING_new()};
  x509_extension_handle encoded;
  if (oid && value &&
      ASN1_OCTET_STRING_set(value.get(), extension.value.data(),
                            static_cast<int>(extension.value.size())) == 1) {
    encoded.reset(
        X509_EXTENSION_create_by_OBJ(nullptr, oid.get(), extension.critical ? 1 : 0, value.get()));
  }
  if (!encoded) throw_openssl("encoding the extension " + oid_text(extension.oid));
  return encoded;
}

void add_single(OCSP_BASICRESP* basic, const single_response& single) {
  const ocsp_certid_handle id = write_cert_id(single.id);
  const encoded_status status = encode(single.status);
  const auto this_update = to_generalized(single.this_update);
  const auto next_update =
      single.next_update ? to_generalized(*single.next_update) : asn1_generalizedtime_handle{};
  OCSP_SINGLERESP* added = OCSP_basic_add1_status(basic, id.get(), status.kind, status.reason,
                                                  status.revoked_at.get(), this_update.get(),
                                                  next_update.get());  // `basic` owns it
  if (added == nullptr) throw_openssl("adding a SingleResponse");
  for (const ocsp_extension& extension : single.extensions) {
    if (OCSP_SINGLERESP_add_ext(added, to_x509(extension).get(), -1) != 1) {
      throw_openssl("adding the extension " + oid_text(extension.oid));
    }
  }
}

void add_extension(OCSP_BASICRESP* basic, const x509_extension_handle& extension) {
  if (!extension || OCSP_BASICRESP_add_ext(basic, extension.get(), -1) != 1) {
    throw_openssl("adding an extension to a response");
  }
}

// RFC 6960 4.4.8: in responseExtensions, value NULL, not critical.
x509_extension_handle make_extended_revoke() {
  const asn1_octet_string_handle null{ASN1_OCTET_STRING_new()};
  static constexpr std::uint8_t encoding[] = {0x05, 0x00};
  if (!null || ASN1_OCTET_STRING_set(null.get(), encoding, sizeof encoding) != 1) {
    throw_openssl("writing extended-revoke");
  }
  // OpenSSL still knows 1.3.6.1.5.5.7.48.1.9 by the name of a draft.
  return x509_extension_handle{
      X509_EXTENSION_create_by_NID(nullptr, NID_id_pkix_OCSP_valid, 0, null.get())};
}

// OpenSSL stamps producedAt with the wall time of signing and has no setter. This is the one place
// that writes through its const pointer; OCSP_NOTIME then keeps the signing from writing again.
void set_produced_at(OCSP_BASICRESP* basic, time_point produced_at) {
  auto* field = const_cast<ASN1_GENERALIZEDTIME*>(OCSP_resp_get0_produced_at(basic));
  const std::string text = to_generalized_text(produced_at);
  if (ASN1_GENERALIZEDTIME_set_string(field, text.c_str()) != 1) {
    throw_openssl("setting producedAt to " + text);
  }
}

bytes wrap_successful(OCSP_BASICRESP* basic) {
  const ocsp_response_handle response{OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic)};
  if (!response) throw_openssl("encoding a response");
  return to_der<i2d_OCSP_RESPONSE>(response.get());
}

}  // namespace

bytes build_ocsp_response(const response_content& content, const ocsp_signer& signer) {
  const error_queue_guard guard;
  const ocsp_basicresp_handle basic{OCSP_BASICRESP_new()};
  if (!basic) throw_openssl("building a response");
  for (const single_response& single : content.singles)
    add_single(basic.get(), single);
  if (content.nonce) add_extension(basic.get(), make_nonce(*content.nonce, content.raw_nonce));
  if (content.extended_revoke) add_extension(basic.get(), make_extended_revoke());
  set_produced_at(basic.get(), content.produced_at);

  unsigned long flags = OCSP_NOTIME;
  if (content.responder_id == responder_id_form::by_key) flags |= OCSP_RESPID_KEY;
  if (!signer.embed) flags |= OCSP_NOCERTS;
  const credential& identity = signer.identity;
  if (content.algorithm && !can_sign(identity.key, *content.algorithm)) {
    throw crypto_error{identity.cert.subject() + " cannot sign with " +
                       std::string(to_string(*content.algorithm))};
  }
  const EVP_MD* digest = content.algorithm ? digest_of(*content.algorithm) : identity.key.digest();
  if (OCSP_basic_sign(basic.get(), identity.cert.get(), identity.key.get(), digest, nullptr,
                      flags) != 1) {
    throw_openssl("signing a response as " + identity.cert.subject());
  }
  return wrap_successful(basic.get());
}

bytes build_ocsp_error(response_status status) {
  assert(status != response_status::successful);
  const bytes enumerated{static_cast<std::uint8_t>(status)};
  return wrap_der(der_tag::sequence, wrap_der(der_tag::enumerated, enumerated));
}

bytes with_broken_signature(bytes_view response) {
  const auto opened = open_ocsp_response(response);
  if (!opened || !opened->basic) throw input_error{"there is no signature in this response"};
  auto* signature =
      const_cast<ASN1_OCTET_STRING*>(OCSP_resp_get0_signature(opened->basic.get()));  // borrowed
  bytes octets{octets_of(signature).begin(), octets_of(signature).end()};
  if (octets.empty()) throw input_error{"the signature in this response is empty"};
  octets.back() ^= 0x01;
  if (ASN1_STRING_set(signature, octets.data(), static_cast<int>(octets.size())) != 1) {
    throw_openssl("writing a signature");
  }
  return wrap_successful(opened->basic.get());
}

}  // namespace staplelab::pki
