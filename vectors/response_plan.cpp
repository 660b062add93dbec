#include "vectors/response_plan.hpp"

namespace staplelab::vectors {
namespace {

bytes write_cert_id(const cert_id_plan& plan) {
  const bytes issuer_name = name(plan.issuer->plan.subject);
  const bytes issuer_key = plan.issuer->key.public_octets();
  return sequence({plan.algorithm.value_or(identifier_of(plan.hash)),
                   octet_string(plan.name_hash.value_or(hashed(plan.hash, issuer_name))),
                   octet_string(plan.key_hash.value_or(hashed(plan.hash, issuer_key))),
                   plan.serial.value_or(integer(bytes_view(plan.certificate->plan.serial)))});
}

bytes extensions_in(std::uint8_t tag, const std::vector<bytes>& extensions) {
  return extensions.empty() ? bytes{} : explicit_tag(tag, sequence(extensions));
}

bytes write_single(const single_plan& plan) {
  return sequence({write_cert_id(plan.id), plan.status, plan.this_update,
                   plan.next_update ? explicit_tag(0, *plan.next_update) : bytes{},
                   extensions_in(1, plan.extensions)});
}

bytes write_response_data(const response_plan& plan, const std::vector<single_plan>& singles) {
  std::vector<bytes> written;
  for (const single_plan& single : singles)
    written.push_back(write_single(single));
  return sequence({plan.version, plan.responder_id.value_or(by_key(*plan.signer)), plan.produced_at,
                   sequence(written), extensions_in(1, plan.extensions)});
}

}  // namespace

bytes good() {
  return implicit_tag(0, {});
}
bytes unknown() {
  return implicit_tag(2, {});
}
bytes revoked(time_point at, std::optional<std::uint8_t> reason) {
  const bytes named = reason ? explicit_tag(0, enumerated(*reason)) : bytes{};
  return explicit_tag(1, joined({generalized_time(at), named}));
}

bytes by_key(const party& who) {
  return explicit_tag(2, octet_string(hashed(digest::sha1, who.key.public_octets())));
}
bytes by_name(const party& who) {
  return explicit_tag(1, name(who.plan.subject));
}

bytes write_response(const response_plan& plan) {
  const bytes signed_part = write_response_data(plan, plan.singles);
  const signing_key& key = (plan.signature_of ? plan.signature_of : plan.signer)->key;
  const algorithm with = plan.signed_with.value_or(key.usual());
  bytes signature = key.sign(with, signed_part);
  if (plan.spoil_signature) signature = plan.spoil_signature(std::move(signature));
  const bool has_certs = plan.empty_certs || !plan.certs.empty();
  const bytes basic =
      sequence({plan.then ? write_response_data(plan, *plan.then) : signed_part,
                plan.algorithm_said.value_or(identifier_of(with)), bit_string(signature),
                has_certs ? explicit_tag(0, sequence(plan.certs)) : bytes{}});
  return wrap_response(0,
                       sequence({oid(plan.type), octet_string(joined({basic, plan.basic_tail}))}));
}

bytes wrap_response(std::uint8_t status, const bytes& response_bytes) {
  return sequence(
      {enumerated(status), response_bytes.empty() ? bytes{} : explicit_tag(0, response_bytes)});
}

bytes error_response(std::uint8_t status) {
  return wrap_response(status, {});
}

}  // namespace staplelab::vectors
