#include "pki/ocsp_text.hpp"

#include <fmt/format.h>

#include <iterator>

namespace staplelab::pki {
namespace {

// RFC 6960 spells statuses in camel case; our own names are for the command line.
std::string_view rfc_name(response_status status) {
  switch (status) {
    case response_status::successful:
      return "successful";
    case response_status::malformed_request:
      return "malformedRequest";
    case response_status::internal_error:
      return "internalError";
    case response_status::try_later:
      return "tryLater";
    case response_status::sig_required:
      return "sigRequired";
    case response_status::unauthorized:
      return "unauthorized";
  }
  return {};
}

class page {
 public:
  void field(int depth, std::string_view name, std::string_view value) {
    line(depth, fmt::format("{}: {}", name, value));
  }
  void heading(int depth, std::string_view name) { line(depth, fmt::format("{}:", name)); }
  std::string take() { return std::move(text_); }

 private:
  void line(int depth, std::string_view content) {
    text_.append(static_cast<std::size_t>(depth) * 2, ' ').append(content).append("\n");
  }
  std::string text_;
};

void write_cert_id(page& out, int depth, const cert_id& id) {
  out.heading(depth, "certID");
  out.field(depth + 1, "hashAlgorithm", id.hash ? to_string(*id.hash) : "unknown");
  out.field(depth + 1, "issuerNameHash", to_hex(id.issuer_name_hash));
  out.field(depth + 1, "issuerKeyHash", to_hex(id.issuer_key_hash));
  out.field(depth + 1, "serialNumber", id.serial.hex());
}

void write_status(page& out, int depth, const cert_status& status) {
  if (std::holds_alternative<good_status>(status)) out.field(depth, "certStatus", "good");
  if (std::holds_alternative<unknown_status>(status)) out.field(depth, "certStatus", "unknown");
  if (const auto* revoked = std::get_if<revoked_status>(&status)) {
    out.field(depth, "certStatus", "revoked");
    out.field(depth + 1, "revocationTime", to_rfc3339(revoked->at));
    if (revoked->reason) out.field(depth + 1, "revocationReason", to_string(*revoked->reason));
  }
}

void write_single(page& out, int depth, const single_response& single) {
  out.heading(depth, "SingleResponse");
  write_cert_id(out, depth + 1, single.id);
  write_status(out, depth + 1, single.status);
  out.field(depth + 1, "thisUpdate", to_rfc3339(single.this_update));
  if (single.next_update) out.field(depth + 1, "nextUpdate", to_rfc3339(*single.next_update));
}

void write_certificate(page& out, int depth, const certificate& cert) {
  out.heading(depth, "Certificate");
  out.field(depth + 1, "subject", cert.subject());
  out.field(depth + 1, "issuer", cert.issuer());
  out.field(depth + 1, "serialNumber", cert.serial().hex());
  out.field(depth + 1, "notBefore", to_rfc3339(cert.not_before()));
  out.field(depth + 1, "notAfter", to_rfc3339(cert.not_after()));
  out.field(depth + 1, "id-kp-OCSPSigning", cert.may_sign_ocsp() ? "yes" : "no");
  out.field(depth + 1, "id-pkix-ocsp-nocheck", cert.has_ocsp_nocheck() ? "yes" : "no");
}

void write_responder_id(page& out, std::string_view responder_id) {
  const bool by_key = responder_id.starts_with("key:");
  const auto value = responder_id.substr(responder_id.find(':') + 1);
  out.field(2, "responderID", fmt::format("{} {}", by_key ? "byKey" : "byName", value));
}

void write_basic(page& out, const basic_response& basic) {
  out.heading(1, "BasicOCSPResponse");
  write_responder_id(out, basic.responder_id);
  out.field(2, "producedAt", to_rfc3339(basic.produced_at));
  for (const single_response& single : basic.singles)
    write_single(out, 2, single);
  if (basic.nonce) out.field(2, "nonce", to_hex(*basic.nonce));
  if (basic.unknown_critical_extension) out.field(2, "critical extension", "not understood");
  out.field(2, "signatureAlgorithm", basic.signature_algorithm);
  for (const certificate& cert : basic.certs)
    write_certificate(out, 2, cert);
}

}  // namespace

std::string describe(const ocsp_request& request) {
  page out;
  out.heading(0, "OCSPRequest");
  for (const cert_id& id : request.certificates) {
    out.heading(1, "Request");
    write_cert_id(out, 2, id);
  }
  if (request.nonce) {
    out.field(1, request.raw_nonce ? "nonce (no OCTET STRING)" : "nonce", to_hex(*request.nonce));
  }
  if (request.unknown_critical_extension) out.field(1, "critical extension", "not understood");
  out.field(1, "signed", request.is_signed ? "yes" : "no");
  return out.take();
}

std::string describe(const ocsp_response& response) {
  page out;
  out.heading(0, "OCSPResponse");
  out.field(1, "responseStatus", rfc_name(response.status));
  if (response.basic) write_basic(out, *response.basic);
  return out.take();
}

}  // namespace staplelab::pki
