// What a sound response may say, and in which shapes.
#include "vectors/vector_case.hpp"

namespace staplelab::vectors {
namespace {

using std::chrono::days;
using std::chrono::hours;

void revoke(draft& d, std::optional<std::uint8_t> reason) {
  d.single().status = revoked(judging_time() - days{2}, reason);
}

template <std::uint8_t Reason>
void revoke_for(draft& d) {
  revoke(d, Reason);
}

}  // namespace

recipe_table status_recipes() {
  using enum ocsp_verdict;
  return {
      "status",
      {
          {"good", "C1 C2 C3", "RFC 6960 3.2", good, "the plainest good response, by the CA itself",
           [](draft&) {}},
          {"good_by_name", "C6", "RFC 6960 4.2.1", good, "the CA names itself by its subject",
           [](draft& d) { d.response.responder_id = by_name(*d.issuer); }},
          {"good_ca_sent_along", "C3", "RFC 6960 4.2.1", good,
           "the CA sends its own certificate along, which makes it no delegate",
           [](draft& d) { d.response.certs = {d.issuer->der}; }},
          {"good_empty_certs",
           "",
           "RFC 6960 4.2.1",
           good,
           "an empty list of certificates, which should have been left out",
           [](draft& d) { d.response.empty_certs = true; },
           {malformed}},
          {"good_version_written_out",
           "",
           "RFC 6960 4.2.1, X.690 11.5",
           good,
           "version v1 written out, which DER leaves out since it is the default",
           [](draft& d) { d.response.version = explicit_tag(0, integer(0U)); },
           {malformed}},
          {"unknown", "C3", "RFC 6960 2.2", unknown, "the CA does not know the certificate",
           [](draft& d) { d.single().status = vectors::unknown(); }},
          {"unknown_by_delegate", "C3", "RFC 6960 2.2", unknown,
           "a delegate does not know the certificate",
           [](draft& d) {
             d.sign_as("delegate");
             d.single().status = vectors::unknown();
           }},
          {"revoked", "C3", "RFC 6960 2.2", revoked, "revoked two days ago, no reason given",
           [](draft& d) { revoke(d, {}); }},
          {"revoked_by_delegate", "C3", "RFC 6960 2.2", revoked, "revoked, says a delegate",
           [](draft& d) {
             d.sign_as("delegate");
             revoke(d, 1);
           }},
          {"revoked_unspecified", "", "RFC 5280 5.3.1", revoked,
           "reason unspecified (0) written out, which should have been left out", revoke_for<0>},
          {"revoked_key_compromise", "", "RFC 5280 5.3.1", revoked, "reason 1", revoke_for<1>},
          {"revoked_ca_compromise", "", "RFC 5280 5.3.1", revoked, "reason 2", revoke_for<2>},
          {"revoked_affiliation_changed", "", "RFC 5280 5.3.1", revoked, "reason 3", revoke_for<3>},
          {"revoked_superseded", "", "RFC 5280 5.3.1", revoked, "reason 4", revoke_for<4>},
          {"revoked_cessation", "", "RFC 5280 5.3.1", revoked, "reason 5", revoke_for<5>},
          {"revoked_on_hold", "", "RFC 6960 2.2", revoked,
           "certificateHold (6): on hold is revoked", revoke_for<6>},
          {"revoked_unused_reason",
           "",
           "RFC 5280 5.3.1",
           revoked,
           "reason 7 is not used; whatever the reason, the certificate is revoked",
           revoke_for<7>,
           {malformed}},
          {"revoked_privilege_withdrawn", "", "RFC 5280 5.3.1", revoked, "reason 9", revoke_for<9>},
          {"revoked_aa_compromise", "", "RFC 5280 5.3.1", revoked, "reason 10", revoke_for<10>},
          {"revoked_from_tomorrow", "", "RFC 6960 4.2.1", revoked,
           "the time of revocation lies in the future; revoked all the same",
           [](draft& d) { d.single().status = vectors::revoked(judging_time() + days{1}, {}); }},
          {"revoked_never_issued", "", "RFC 6960 4.4.8", revoked,
           "a serial number never issued: extended-revoke, certificateHold, 1970",
           [](draft& d) {
             d.single().status = vectors::revoked(time_point{}, 6);
             d.response.extensions = {extension(identifier::extended_revoke, false, null())};
           }},
          {"several_first", "C15", "RFC 6960 4.2.2.3", good,
           "good for this certificate, followed by a revoked one",
           [](draft& d) {
             single_plan other = d.another({0x77});
             other.status = vectors::revoked(judging_time() - days{2}, 1);
             d.response.singles.push_back(other);
           }},
          {"several_last", "C15", "RFC 6960 4.2.2.3", good,
           "two revoked certificates, then this one, good",
           [](draft& d) {
             single_plan other = d.another({0x77});
             other.status = vectors::revoked(judging_time() - days{2}, 1);
             d.response.singles.insert(d.response.singles.begin(), 2, other);
           }},
          {"several_revoked_last", "C15", "RFC 6960 4.2.2.3", revoked,
           "a good certificate first, then this one, revoked",
           [](draft& d) {
             single_plan other = d.another({0x77});
             revoke(d, 1);
             d.response.singles.insert(d.response.singles.begin(), other);
           }},
          {"pair_of_digests", "C15", "RFC 9919 3.2.1", good,
           "the same certificate twice, by SHA-1 and by SHA-256, as pre-produced answers have it",
           [](draft& d) {
             d.response.singles.push_back(d.single());
             d.response.singles.back().id.hash = digest::sha256;
           }},
          {"pair_that_disagrees",
           "C15",
           "RFC 6960 4.2.2.3",
           revoked,
           "the same certificate twice: good by SHA-1, revoked by SHA-256",
           [](draft& d) {
             d.response.singles.push_back(d.single());
             d.response.singles.back().id.hash = digest::sha256;
             d.response.singles.back().status = vectors::revoked(judging_time() - days{2}, 1);
           },
           {good, malformed}},
      }};
}

recipe_table cert_id_recipes() {
  using enum ocsp_verdict;
  return {
      "cert_id",
      {
          {"sha256", "C1 C13", "RFC 9919 3.2.1", good, "CertID by SHA-256",
           [](draft& d) { d.single().id.hash = digest::sha256; }},
          {"sha384",
           "C1",
           "RFC 6960 4.1.1",
           good,
           "CertID by SHA-384",
           [](draft& d) { d.single().id.hash = digest::sha384; },
           {wrong_cert}},
          {"sha512",
           "C1",
           "RFC 6960 4.1.1",
           good,
           "CertID by SHA-512",
           [](draft& d) { d.single().id.hash = digest::sha512; },
           {wrong_cert}},
          {"no_parameters", "C1", "RFC 6960 4.1.1, RFC 3370 2.1", good,
           "SHA-1 without parameters, where most write NULL",
           [](draft& d) { d.single().id.algorithm = sequence({oid(oid_of(digest::sha1))}); }},
          {"long_serial", "C1", "RFC 5280 4.1.2.2", good, "20 octets, a leading zero among them",
           [](draft& d) { d.about("leaf-long-serial", "ca"); }},
          {"short_serial", "C1", "RFC 5280 4.1.2.2", good, "a serial number of one octet",
           [](draft& d) { d.about("leaf-short-serial", "ca"); }},
          {"high_bit_serial", "C1", "RFC 5280 4.1.2.2", good,
           "serial number 128: two octets on the wire, since one would be negative",
           [](draft& d) { d.about("leaf-high-bit-serial", "ca"); }},
          {"negative_serial",
           "C1",
           "RFC 6960 3.2",
           wrong_cert,
           "-128 where the certificate has 128: the same octet, another number",
           [](draft& d) {
             d.about("leaf-high-bit-serial", "ca");
             d.single().id.serial = bytes{0x02, 0x01, 0x80};
           },
           {malformed}},
          {"other_serial", "C1", "RFC 6960 3.2", wrong_cert, "about another certificate of the CA",
           [](draft& d) { d.single().id.serial = integer(0x77U); }},
          {"next_serial", "C1", "RFC 6960 3.2", wrong_cert, "the serial number is one too high",
           [](draft& d) { d.single().id.serial = integer(bytes{0x1f, 0x2e, 0x3e}); }},
          {"serial_cut_short", "C1", "RFC 6960 3.2", wrong_cert,
           "the serial number without its last octet",
           [](draft& d) { d.single().id.serial = integer(bytes{0x1f, 0x2e}); }},
          {"serial_zero", "C1", "RFC 6960 3.2", wrong_cert, "serial number 0",
           [](draft& d) { d.single().id.serial = integer(0U); }},
          {"other_issuer", "C1 R10", "RFC 6960 4.1.1", wrong_cert,
           "the right serial number, but of another CA; signed by the right one",
           [](draft& d) { d.single().id.issuer = &d.parties["other-ca"]; }},
          {"name_of_other_issuer", "C1 R10", "RFC 6960 4.1.1", wrong_cert,
           "issuerNameHash of another CA, issuerKeyHash right",
           [](draft& d) { d.single().id.issuer = &d.parties["ca-same-key"]; }},
          {"key_of_other_issuer", "C1 R10", "RFC 6960 4.1.1", wrong_cert,
           "issuerNameHash right, issuerKeyHash of a CA of the same name",
           [](draft& d) { d.single().id.issuer = &d.parties["ca-same-name"]; }},
          {"hash_of_whole_key_info", "C1 R8", "RFC 6960 4.1.1", wrong_cert,
           "issuerKeyHash over the whole SubjectPublicKeyInfo",
           [](draft& d) {
             d.single().id.key_hash = hashed(digest::sha1, d.issuer->key.public_info());
           }},
          {"hash_of_own_name", "C1", "RFC 6960 4.1.1", wrong_cert,
           "issuerNameHash over the name of the certificate itself",
           [](draft& d) {
             d.single().id.name_hash = hashed(digest::sha1, name(d.certificate->plan.subject));
           }},
          {"empty_hashes",
           "C1",
           "RFC 6960 4.1.1",
           wrong_cert,
           "both hashes have no octets",
           [](draft& d) {
             d.single().id.name_hash = bytes{};
             d.single().id.key_hash = bytes{};
           },
           {malformed}},
          {"digest_mislabelled",
           "C1",
           "RFC 6960 4.1.1",
           wrong_cert,
           "hashes by SHA-1 that are called SHA-256",
           [](draft& d) { d.single().id.algorithm = identifier_of(digest::sha256); },
           {malformed}},
          {"unheard_of_digest",
           "C1",
           "RFC 6960 4.1.1",
           wrong_cert,
           "a digest nobody knows: what it names cannot be told",
           [](draft& d) {
             d.single().id.algorithm = sequence({oid(identifier::unheard_of), null()});
           },
           {malformed}},
          {"about_the_issuer", "C1", "RFC 6960 3.2", wrong_cert, "about the CA's own certificate",
           [](draft& d) { d.single().id.certificate = d.issuer; }},
      }};
}

}  // namespace staplelab::vectors
