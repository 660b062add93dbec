#include "cli/ocsp_json.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string_view>

namespace staplelab::cli {
namespace {

using nlohmann::ordered_json;

ordered_json json_of(const pki::cert_id& id) {
  ordered_json object;
  object["serial"] = id.serial.hex();
  if (id.hash) object["hash"] = pki::to_string(*id.hash);
  object["issuer_name_hash"] = pki::to_hex(id.issuer_name_hash);
  object["issuer_key_hash"] = pki::to_hex(id.issuer_key_hash);
  return object;
}

struct status_json {
  ordered_json& object;
  void operator()(const pki::good_status&) const { object["status"] = "good"; }
  void operator()(const pki::unknown_status&) const { object["status"] = "unknown"; }
  void operator()(const pki::revoked_status& revoked) const {
    object["status"] = "revoked";
    object["revoked_at"] = pki::to_rfc3339(revoked.at);
    if (revoked.reason) object["reason"] = pki::to_string(*revoked.reason);
  }
};

ordered_json json_of(const pki::single_response& single) {
  ordered_json object = json_of(single.id);
  std::visit(status_json{object}, single.status);
  object["this_update"] = pki::to_rfc3339(single.this_update);
  if (single.next_update) object["next_update"] = pki::to_rfc3339(*single.next_update);
  return object;
}

ordered_json json_of(const pki::certificate& cert) {
  ordered_json object;
  object["subject"] = cert.subject();
  object["issuer"] = cert.issuer();
  object["serial"] = cert.serial().hex();
  object["not_before"] = pki::to_rfc3339(cert.not_before());
  object["not_after"] = pki::to_rfc3339(cert.not_after());
  object["may_sign_ocsp"] = cert.may_sign_ocsp();
  object["ocsp_nocheck"] = cert.has_ocsp_nocheck();
  return object;
}

ordered_json json_of(const pki::basic_response& basic) {
  ordered_json object;
  object["responder_id"] = basic.responder_id;
  object["produced_at"] = pki::to_rfc3339(basic.produced_at);
  object["signature_algorithm"] = basic.signature_algorithm;
  if (basic.nonce) object["nonce"] = pki::to_hex(*basic.nonce);
  object["unknown_critical_extension"] = basic.unknown_critical_extension;
  object["responses"] = ordered_json::array();
  for (const auto& single : basic.singles)
    object["responses"].push_back(json_of(single));
  object["certs"] = ordered_json::array();
  for (const auto& cert : basic.certs)
    object["certs"].push_back(json_of(cert));
  return object;
}

std::string_view text_of(pki::request_flaw flaw) {
  switch (flaw) {
    case pki::request_flaw::not_der:
      return "not DER";
    case pki::request_flaw::wrong_version:
      return "a version other than 1";
    case pki::request_flaw::empty_list:
      return "an empty request list";
    case pki::request_flaw::bad_nonce:
      return "a nonce that is no OCTET STRING of 1 to 128";
    case pki::request_flaw::bad_extension:
      return "an extension that does not follow RFC 6960 4.4";
  }
  return "";
}

std::string dump(const ordered_json& object) {
  return object.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

ocsp_message recognise(pki::bytes_view der) {
  if (der.empty()) return not_ocsp{"the file is empty"};
  auto request = pki::parse_ocsp_request(der);
  if (request) return *std::move(request);
  auto response = pki::parse_ocsp_response(der);
  if (response) return *std::move(response);
  return not_ocsp{fmt::format("as a request: {}; as a response: {}", text_of(request.error().flaw),
                              response.error().why)};
}

std::string to_json(const pki::ocsp_request& request) {
  ordered_json object;
  object["type"] = "request";
  object["certificates"] = ordered_json::array();
  for (const auto& id : request.certificates)
    object["certificates"].push_back(json_of(id));
  if (request.nonce) object["nonce"] = pki::to_hex(*request.nonce);
  object["signed"] = request.is_signed;
  object["unknown_critical_extension"] = request.unknown_critical_extension;
  return dump(object);
}

std::string to_json(const pki::ocsp_response& response) {
  ordered_json object;
  object["type"] = "response";
  object["status"] = pki::to_string(response.status);
  if (response.basic) object.update(json_of(*response.basic));
  return dump(object);
}

}  // namespace staplelab::cli
