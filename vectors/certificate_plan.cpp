#include "vectors/certificate_plan.hpp"

#include "vectors/digest.hpp"

namespace staplelab::vectors {
namespace {

bytes extended_key_usage(const std::vector<std::string>& purposes) {
  std::vector<bytes> oids;
  for (const std::string& purpose : purposes)
    oids.push_back(oid(purpose));
  return extension("2.5.29.37", false, sequence(oids));
}

bytes extensions_of(const certificate_plan& plan, const signing_key& subject_key,
                    const signing_key& issuer_key) {
  const bytes subject_id = hashed(digest::sha1, subject_key.public_octets());
  const bytes issuer_id = hashed(digest::sha1, issuer_key.public_octets());
  std::vector<bytes> all;
  all.push_back(extension("2.5.29.14", false, octet_string(subject_id)));
  all.push_back(extension("2.5.29.35", false, sequence({implicit_tag(0, issuer_id)})));
  all.push_back(
      extension("2.5.29.19", true, plan.is_ca ? sequence({boolean_true()}) : sequence({})));
  all.push_back(extension("2.5.29.15", true, tlv(0x03, plan.key_usage)));
  if (!plan.purposes.empty()) all.push_back(extended_key_usage(plan.purposes));
  if (plan.nocheck) all.push_back(extension(identifier::nocheck, false, null()));
  if (plan.unknown_critical_extension) {
    all.push_back(extension(identifier::unheard_of, true, null()));
  }
  return explicit_tag(3, sequence(all));
}

}  // namespace

// RFC 5280 4.1
bytes write_certificate(const certificate_plan& plan, const signing_key& subject_key,
                        const signing_key& issuer_key) {
  const algorithm with = plan.signed_by_algorithm.value_or(issuer_key.usual());
  const bytes v3 = explicit_tag(0, integer(2U));
  const bytes validity =
      sequence({certificate_time(plan.not_before), certificate_time(plan.not_after)});
  const bytes signed_part =
      sequence({v3, integer(bytes_view(plan.serial)), identifier_of(with), name(plan.issuer),
                validity, name(plan.subject), subject_key.public_info(),
                extensions_of(plan, subject_key, issuer_key)});
  return sequence(
      {signed_part, identifier_of(with), bit_string(issuer_key.sign(with, signed_part))});
}

}  // namespace staplelab::vectors
