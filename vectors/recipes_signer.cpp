// Who signed, and whether they may; what was signed, and with what.
#include "vectors/vector_case.hpp"

namespace staplelab::vectors {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

// The name of a party, for a table of functions without captures.
struct text {
  char letters[40];
  // NOLINTNEXTLINE: a literal is what it is made of
  template <std::size_t N>
  consteval text(const char (&literal)[N]) : letters{} {
    for (std::size_t i = 0; i < N; ++i)
      letters[i] = literal[i];
  }
};

template <text Name>
void signed_by(draft& d) {
  d.sign_as(Name.letters);
}

template <text Leaf, text Authority>
void by_ca(draft& d) {
  d.about(Leaf.letters, Authority.letters);
}

bytes last_bit_turned(bytes signature) {
  signature.back() ^= 0x01;
  return signature;
}
bytes all_zero(bytes signature) {
  return bytes(signature.size(), 0x00);
}
bytes nothing(bytes) {
  return {};
}
bytes cut_short(bytes signature) {
  signature.pop_back();
  return signature;
}
bytes zero_and_zero(bytes) {
  return sequence({integer(0U), integer(0U)});
}

}  // namespace

recipe_table signer_recipes() {
  using enum ocsp_verdict;
  const char* const clause = "RFC 6960 4.2.2.2";
  return {
      "signer",
      {
          {"stranger", "C3", clause, unauthorized_signer,
           "a self-signed responder with the right purpose, sent along", signed_by<"stranger">},
          {"stranger_unseen",
           "C3",
           clause,
           unauthorized_signer,
           "a self-signed responder that sends nothing along",
           [](draft& d) {
             d.sign_as("stranger");
             d.response.certs.clear();
           },
           {bad_signature}},
          {"other_ca", "C3", clause, unauthorized_signer, "another CA",
           [](draft& d) { d.sign_as("other-ca"); }},
          {"namesake_of_the_ca",
           "C3",
           clause,
           unauthorized_signer,
           "a CA of the same name with another key, sent along, named by name",
           [](draft& d) {
             d.sign_as("ca-same-name");
             d.response.responder_id = by_name(*d.response.signer);
           },
           {bad_signature}},
          {"namesake_of_the_ca_unseen",
           "C3 C2",
           clause,
           bad_signature,
           "a CA of the same name with another key, not sent along, named by name",
           [](draft& d) {
             d.sign_as("ca-same-name");
             d.response.responder_id = by_name(*d.response.signer);
             d.response.certs.clear();
           },
           {unauthorized_signer}},
          {"certificate_itself", "C3", clause, unauthorized_signer,
           "the certificate in question speaks for itself", signed_by<"leaf">},
          {"trusted_locally", "C3", clause, good, "a responder of nobody's, but locally trusted",
           [](draft& d) {
             d.sign_as("local-responder");
             d.trusted_signers = {d.response.signer};
           }},
          {"trusted_locally_unseen", "C3", clause, good,
           "a locally trusted responder that sends nothing along",
           [](draft& d) {
             d.sign_as("local-responder");
             d.response.certs.clear();
             d.trusted_signers = {d.response.signer};
           }},
          {"not_trusted_locally", "C3", clause, unauthorized_signer,
           "the same responder, and nobody trusts it", signed_by<"local-responder">},
          {"another_trusted_locally", "C3", clause, unauthorized_signer,
           "somebody is trusted locally, but not this stranger",
           [](draft& d) {
             d.sign_as("stranger");
             d.trusted_signers = {&d.parties["local-responder"]};
           }},
          {"responder_id_of_another",
           "C6",
           "RFC 6960 4.2.2.3",
           unauthorized_signer,
           "signed by the CA, but responderID is the key of another",
           [](draft& d) { d.response.responder_id = by_key(d.parties["other-ca"]); },
           {bad_signature, good}},
          {"responder_name_of_another",
           "C6",
           "RFC 6960 4.2.2.3",
           unauthorized_signer,
           "signed by the CA, but responderID is the name of another",
           [](draft& d) { d.response.responder_id = by_name(d.parties["other-ca"]); },
           {bad_signature, good}},
      }};
}

recipe_table delegate_recipes() {
  using enum ocsp_verdict;
  const char* const clause = "RFC 6960 4.2.2.2";
  return {
      "delegate",
      {
          {"fit", "C3 C6", clause, good, "a delegate, named by key", signed_by<"delegate">},
          {"fit_by_name", "C6", "RFC 6960 4.2.1", good, "a delegate, named by name",
           [](draft& d) {
             d.sign_as("delegate");
             d.response.responder_id = by_name(*d.response.signer);
           }},
          {"fit_second_of_two", "C6", clause, good, "the delegate's certificate is the second",
           [](draft& d) {
             d.sign_as("delegate");
             d.response.certs.insert(d.response.certs.begin(), d.parties["delegate-two"].der);
           }},
          {"fit_with_the_ca", "C6", clause, good, "the CA's certificate is sent along as well",
           [](draft& d) {
             d.sign_as("delegate");
             d.response.certs.push_back(d.issuer->der);
           }},
          {"fit_beside_its_namesake", "C6", clause, good,
           "two delegates of one name are sent along; the second one's key signed",
           [](draft& d) {
             d.sign_as("delegate");
             d.response.responder_id = by_name(*d.response.signer);
             d.response.certs.insert(d.response.certs.begin(), d.parties["delegate-same-name"].der);
           }},
          {"fit_for_two_purposes", "C4", clause, good, "id-kp-OCSPSigning beside another purpose",
           signed_by<"delegate-two-purposes">},
          {"fit_ed25519", "C17", clause, good, "a delegate with an Ed25519 key of a P-256 CA",
           signed_by<"delegate-ed25519">},
          {"fit_rsa", "C17", clause, good, "a delegate with an RSA key of a P-256 CA",
           signed_by<"delegate-rsa">},
          {"unseen",
           "C3",
           clause,
           unauthorized_signer,
           "a delegate that is not sent along",
           [](draft& d) {
             d.sign_as("delegate");
             d.response.certs.clear();
           },
           {bad_signature}},
          {"no_purpose", "C4", clause, unauthorized_signer, "no extended key usage",
           signed_by<"delegate-no-eku">},
          {"server_purpose", "C4", clause, unauthorized_signer, "only id-kp-serverAuth",
           signed_by<"delegate-server-auth">},
          {"any_purpose", "C4", clause, unauthorized_signer,
           "anyExtendedKeyUsage is not id-kp-OCSPSigning", signed_by<"delegate-any-purpose">},
          {"key_may_not_sign", "C4", "RFC 5280 4.2.1.3", unauthorized_signer,
           "keyUsage allows encipherment only", signed_by<"delegate-encipherment">},
          {"critical_extension", "C4", "RFC 5280 4.2", unauthorized_signer,
           "its certificate has a critical extension nobody knows",
           signed_by<"delegate-critical-extension">},
          {"no_nocheck",
           "C5",
           "RFC 6960 4.2.2.2.1",
           good,
           "without id-pkix-ocsp-nocheck, and a client that does not look further",
           signed_by<"delegate-no-nocheck">,
           {unauthorized_signer}},
          {"expired", "C4", clause, unauthorized_signer, "expired a second ago",
           signed_by<"delegate-expired">},
          {"expired_within_skew",
           "C4 C7",
           clause,
           good,
           "expired a second ago, skew 2 s",
           [](draft& d) {
             d.sign_as("delegate-expired");
             d.skew = seconds{2};
           },
           {unauthorized_signer}},
          {"not_yet_valid", "C4", clause, unauthorized_signer, "valid from the next second on",
           signed_by<"delegate-not-yet-valid">},
          {"last_second", "C4", "RFC 5280 4.1.2.5", good, "in the last second of its validity",
           signed_by<"delegate-last-second">},
          {"of_other_ca", "C4", clause, unauthorized_signer, "another CA's delegate",
           signed_by<"delegate-of-other-ca">},
          {"of_other_ca_sent_along", "C4", clause, unauthorized_signer,
           "another CA's delegate, and that CA",
           [](draft& d) {
             d.sign_as("delegate-of-other-ca");
             d.response.certs.push_back(d.parties["other-ca"].der);
           }},
          {"of_namesake", "C4", clause, unauthorized_signer,
           "issued by a CA of the right name with another key", signed_by<"delegate-of-same-name">},
          {"of_renamed", "C4", clause, unauthorized_signer,
           "issued with the right key under another name", signed_by<"delegate-of-same-key">},
          {"of_delegate", "C4", clause, unauthorized_signer,
           "a chain of two: a delegate of a delegate",
           [](draft& d) {
             d.sign_as("delegate-of-delegate");
             d.response.certs.push_back(d.parties["delegate"].der);
           }},
          {"of_sub_ca", "C4", clause, unauthorized_signer,
           "a chain of two: a delegate of an authority below the CA",
           [](draft& d) {
             d.sign_as("delegate-of-sub-ca");
             d.response.certs.push_back(d.parties["sub-ca"].der);
           }},
          {"by_sha1", "C17", "BR 7.1.3.2", unauthorized_signer,
           "the CA signed the delegate's certificate with SHA-1", signed_by<"delegate-by-sha1">},
      }};
}

recipe_table signature_recipes() {
  using enum ocsp_verdict;
  const char* const clause = "RFC 6960 3.2";
  return {
      "signature",
      {
          {"p256_bit_turned", "C2", clause, bad_signature, "the last bit of the signature turned",
           [](draft& d) { d.response.spoil_signature = last_bit_turned; }},
          {"p256_delegate_bit_turned", "C2", clause, bad_signature, "the same, by a delegate",
           [](draft& d) {
             d.sign_as("delegate");
             d.response.spoil_signature = last_bit_turned;
           }},
          {"p256_zeros", "C2", clause, bad_signature, "r and s are 0",
           [](draft& d) { d.response.spoil_signature = zero_and_zero; }},
          {"p256_cut_short", "C2", clause, bad_signature, "the signature lacks its last octet",
           [](draft& d) { d.response.spoil_signature = cut_short; }},
          {"empty",
           "C2",
           clause,
           bad_signature,
           "a signature of no octets",
           [](draft& d) { d.response.spoil_signature = nothing; },
           {malformed}},
          {"by_another_key", "C2", clause, bad_signature,
           "another CA's signature in the name of this one",
           [](draft& d) { d.response.signature_of = &d.parties["other-ca"]; }},
          {"by_another_delegate", "C2", clause, bad_signature,
           "another delegate's signature in the name of this one",
           [](draft& d) {
             d.sign_as("delegate");
             d.response.signature_of = &d.parties["delegate-two"];
           }},
          {"status_exchanged", "C2", clause, bad_signature, "signed as revoked, sent as good",
           [](draft& d) {
             d.response.then = d.response.singles;
             d.single().status = vectors::revoked(judging_time() - hours{3}, 1);
           }},
          {"times_exchanged", "C2", clause, bad_signature,
           "signed long ago, sent with times of today",
           [](draft& d) {
             d.response.then = d.response.singles;
             d.valid(hours{-400}, hours{-200});
           }},
          {"algorithm_mislabelled", "C2", clause, bad_signature,
           "an ECDSA signature that is called RSA",
           [](draft& d) { d.response.algorithm_said = identifier_of(algorithm::rsa_sha256); }},
          {"unheard_of_algorithm", "C17", clause, bad_signature, "an algorithm nobody knows",
           [](draft& d) { d.response.algorithm_said = sequence({oid(identifier::unheard_of)}); }},
          {"p256_sha1", "C17", "BR 7.1.3.2", bad_signature, "ECDSA with SHA-1",
           [](draft& d) { d.response.signed_with = algorithm::ecdsa_sha1; }},
          {"rsa_sha256", "C17", "RFC 6960 4.3", good, "RSA with SHA-256, which all must know",
           by_ca<"rsa-leaf", "rsa-ca">},
          {"rsa_sha384", "C17", "RFC 6960 4.3", good, "RSA with SHA-384",
           [](draft& d) {
             d.about("rsa-leaf", "rsa-ca");
             d.response.signed_with = algorithm::rsa_sha384;
           }},
          {"rsa_sha1", "C17", "BR 7.1.3.2", bad_signature, "RSA with SHA-1",
           [](draft& d) {
             d.about("rsa-leaf", "rsa-ca");
             d.response.signed_with = algorithm::rsa_sha1;
           }},
          {"rsa_md5", "C17", "RFC 6960 5.1", bad_signature, "RSA with MD5",
           [](draft& d) {
             d.about("rsa-leaf", "rsa-ca");
             d.response.signed_with = algorithm::rsa_md5;
           }},
          {"rsa_1024",
           "C17",
           "BR 6.1.5",
           bad_signature,
           "a delegate with an RSA key of 1024 bits",
           signed_by<"delegate-rsa1024">,
           {unauthorized_signer}},
          {"rsa_bit_turned", "C2", clause, bad_signature, "RSA, the last bit turned",
           [](draft& d) {
             d.about("rsa-leaf", "rsa-ca");
             d.response.spoil_signature = last_bit_turned;
           }},
          {"rsa_zeros", "C2", clause, bad_signature, "RSA, every octet 0",
           [](draft& d) {
             d.about("rsa-leaf", "rsa-ca");
             d.response.spoil_signature = all_zero;
           }},
          {"rsa_digest_mislabelled", "C2", clause, bad_signature,
           "RSA with SHA-256 that is called SHA-384",
           [](draft& d) {
             d.about("rsa-leaf", "rsa-ca");
             d.response.algorithm_said = identifier_of(algorithm::rsa_sha384);
           }},
          {"ed25519", "C17", "RFC 8410 6", good, "Ed25519", by_ca<"ed25519-leaf", "ed25519-ca">},
          {"ed25519_bit_turned", "C2", clause, bad_signature, "Ed25519, the last bit turned",
           [](draft& d) {
             d.about("ed25519-leaf", "ed25519-ca");
             d.response.spoil_signature = last_bit_turned;
           }},
          {"ed25519_zeros", "C2", clause, bad_signature, "Ed25519, every octet 0",
           [](draft& d) {
             d.about("ed25519-leaf", "ed25519-ca");
             d.response.spoil_signature = all_zero;
           }},
      }};
}

}  // namespace staplelab::vectors
