// R21 to R49: signers and what they say.
#include "conform/identifiers.hpp"
#include "judgement_row.hpp"

namespace staplelab::conform::test {
namespace {

using enum probe_id;
using change = void (*)(forged&);

judgement_row base_says(int number, std::string name, change what,
                        profile held_to = profile::rfc6960) {
  return {number, std::move(name), [what](bench& b) { b.say(post_sha1, what); }, held_to};
}

judgement_row says(int number, std::string name, probe_id id, change what,
                   profile held_to = profile::rfc6960) {
  return {number, std::move(name),
          [id, what](bench& b) {
            b.base();
            b.say(id, what);
          },
          held_to};
}

void nothing(forged&) {}

// An answer with a signature that holds.
void signed_by(bench& b, const pki::credential& who, bool embed) {
  pki::response_content content;
  content.produced_at = start;
  content.singles.push_back(
      {pki::cert_id::of(b.seen.what().leaf, b.seen.what().issuer, pki::hash_algorithm::sha1),
       pki::good_status{}, start, start + 96h});
  b.der(post_sha1, pki::build_ocsp_response(content, {who, embed}));
}

void delegated(forged& f, const pki::credential& who) {
  f.responder_id = by_key_of(who.cert);
  f.certs = {{who.cert.der()}};
}

std::vector<judgement_row> signer_rows() {
  constexpr auto br = profile::webpki;
  return {
      {21, "pass: the issuer", [](bench& b) { signed_by(b, shared_lab().issuer, false); }},
      {21, "pass: a delegate", [](bench& b) { signed_by(b, shared_lab().delegate, true); }},
      {21, "fail: a stranger", [](bench& b) { signed_by(b, shared_lab().stranger, true); }},
      {21, "fail: unauthorized", [](bench& b) { b.error(post_sha1, 6); }},
      base_says(21, "fail: the signature is none", nothing),
      base_says(22, "pass: left out", nothing),
      base_says(22, "fail: written out", [](forged& f) { f.version = der::bytes{0}; }),
      base_says(23, "pass: byKey", nothing),
      base_says(23, "pass: byName",
                [](forged& f) { f.responder_id = by_name_of(shared_lab().issuer.cert); }),
      base_says(23, "pass: a delegate", [](forged& f) { delegated(f, shared_lab().delegate); }),
      base_says(23, "fail: somebody",
                [](forged& f) { f.responder_id = by_key_of(shared_lab().leaf.cert); }),
      base_says(24, "pass: byKey", nothing, profile::rfc9919),
      base_says(
          24, "fail: byName",
          [](forged& f) { f.responder_id = by_name_of(shared_lab().issuer.cert); },
          profile::rfc9919),
      base_says(24, "acceptable: byName",
                [](forged& f) { f.responder_id = by_name_of(shared_lab().issuer.cert); }),
      base_says(25, "pass: no certs", nothing),
      base_says(25, "fail: empty certs", [](forged& f) { f.certs = std::vector<der::bytes>(); }),
      base_says(25, "acceptable: its own certificate",
                [](forged& f) { f.certs = {{shared_lab().issuer.cert.der()}}; }),
      base_says(25, "skip: a delegate", [](forged& f) { delegated(f, shared_lab().delegate); }),
      base_says(26, "pass: fit", [](forged& f) { delegated(f, shared_lab().delegate); }),
      base_says(26, "fail: no OCSPSigning",
                [](forged& f) { delegated(f, shared_lab().unfit_delegate); }),
      base_says(26, "fail: another CA", [](forged& f) { delegated(f, shared_lab().stranger); }),
      base_says(26, "skip: the issuer itself", nothing),
      base_says(27, "pass: nocheck", [](forged& f) { delegated(f, shared_lab().delegate); }),
      base_says(27, "fail: no nocheck",
                [](forged& f) { delegated(f, shared_lab().unfit_delegate); }),
      base_says(28, "pass: nothing to look up",
                [](forged& f) { delegated(f, shared_lab().delegate); }),
      base_says(
          28, "fail: extKeyUsage is not OCSPSigning",
          [](forged& f) { delegated(f, shared_lab().unfit_delegate); }, br),
  };
}

void hold_of_the_unassigned(forged& f) {
  f.singles[0].status = revoked_status("19700101000000Z", 6);
  f.extensions = {extension(identifier::extended_revoke, false, der::null())};
}

std::vector<judgement_row> status_rows() {
  constexpr auto br = profile::webpki;
  const auto of_revoked_ca = [](std::optional<std::uint8_t> reason) {
    return [reason](bench& b) {
      target what = target_of(profile::webpki);
      what.revoked = shared_lab().revoked_ca.cert;
      b.seen = evidence(std::move(what));
      b.base();
      b.say(revoked,
            [&](forged& f) { f.singles[0].status = revoked_status("20260201000000Z", reason); });
    };
  };
  return {
      base_says(30, "pass: 80 00", nothing),
      base_says(30, "pass: 82 00", [](forged& f) { f.singles[0].status = {0x82, 0x00}; }),
      base_says(30, "fail: explicit NULL",
                [](forged& f) { f.singles[0].status = {0xa0, 2, 5, 0}; }),
      says(31, "pass: with a reason", revoked,
           [](forged& f) { f.singles[0].status = revoked_status("20260201000000Z", 1); }),
      says(31, "fail: unspecified", revoked,
           [](forged& f) { f.singles[0].status = revoked_status("20260201000000Z", 0); }),
      says(31, "fail: in the future", revoked,
           [](forged& f) { f.singles[0].status = revoked_status("20270201000000Z", 1); }),
      {32, "pass: a reason", of_revoked_ca(4), br},
      {32, "fail: no reason", of_revoked_ca(std::nullopt), br},
      base_says(33, "pass: none", nothing, br),
      base_says(
          33, "fail: a reasonCode",
          [](forged& f) {
            const der::bytes value{10, 1, 1};
            f.singles[0].extensions = {extension(identifier::reason_code, false, value)};
          },
          br),
      says(35, "pass: extended-revoke", unassigned, hold_of_the_unassigned),
      says(35, "fail: no extension", unassigned,
           [](forged& f) { f.singles[0].status = revoked_status("19700101000000Z", 6); }),
      says(35, "fail: another reason", unassigned,
           [](forged& f) {
             hold_of_the_unassigned(f);
             f.singles[0].status = revoked_status("19700101000000Z", 1);
           }),
      says(35, "skip: unknown", unassigned, [](forged& f) { f.singles[0].status = {0x82, 0x00}; }),
      says(36, "pass: in its place", unassigned, hold_of_the_unassigned),
      says(36, "fail: critical", unassigned,
           [](forged& f) {
             f.extensions = {extension(identifier::extended_revoke, true, der::null())};
           }),
      says(36, "fail: in singleExtensions", unassigned,
           [](forged& f) {
             f.singles[0].extensions = {extension(identifier::extended_revoke, false, der::null())};
           }),
      says(37, "fail: good", unassigned, nothing, br),
      says(37, "acceptable: good", unassigned, nothing),
      says(
          37, "pass: unknown", unassigned, [](forged& f) { f.singles[0].status = {0x82, 0x00}; },
          br),
      base_says(38, "pass: known", nothing, br),
      base_says(
          38, "fail: unknown", [](forged& f) { f.singles[0].status = {0x82, 0x00}; }, br),
      says(47, "pass: revoked", revoked,
           [](forged& f) { f.singles[0].status = revoked_status("20260201000000Z", 1); }),
      says(47, "fail: good", revoked, nothing),
  };
}

std::vector<judgement_row> time_rows() {
  constexpr auto br = profile::webpki;
  const auto valid = [](const char* this_update, const char* next_update) {
    return [=](bench& b) {
      b.say(post_sha1, [&](forged& f) {
        f.singles[0].this_update = this_update;
        f.singles[0].next_update = next_update;
      });
    };
  };
  const auto about_a_ca = [](const char* this_update) {
    return [=](bench& b) {
      target what = target_of(profile::webpki);
      what.leaf = shared_lab().revoked_ca.cert;
      b.seen = evidence(std::move(what));
      b.say(post_sha1, [&](forged& f) { f.singles[0].this_update = this_update; });
    };
  };
  return {
      base_says(40, "pass: seconds and Z", nothing),
      base_says(40, "fail: a fraction",
                [](forged& f) { f.singles[0].this_update = "20260301120000.5Z"; }),
      base_says(40, "fail: no seconds", [](forged& f) { f.produced_at = "202603011200Z"; }),
      base_says(41, "pass: in order", nothing),
      base_says(41, "fail: thisUpdate after producedAt",
                [](forged& f) { f.produced_at = "20260301110000Z"; }),
      base_says(41, "fail: in the future",
                [](forged& f) {
                  f.produced_at = "20260302120000Z";
                  f.singles[0].this_update = "20260302120000Z";
                }),
      base_says(41, "fail: nextUpdate before thisUpdate",
                [](forged& f) { f.singles[0].next_update = "20260228120000Z"; }),
      base_says(42, "pass: there", nothing, br),
      base_says(
          42, "fail: missing", [](forged& f) { f.singles[0].next_update.reset(); }, br),
      base_says(42, "acceptable: missing", [](forged& f) { f.singles[0].next_update.reset(); }),
      {43, "pass: exactly 8 hours", valid("20260301120000Z", "20260301200000Z"), br},
      {43, "fail: a second less", valid("20260301120000Z", "20260301195959Z"), br},
      {43, "pass: exactly 10 days", valid("20260301120000Z", "20260311120000Z"), br},
      {43, "fail: a second more", valid("20260301120000Z", "20260311120001Z"), br},
      {43, "skip: no such rule", valid("20260301120000Z", "20260301130000Z")},
      {44, "pass: the first half", valid("20260301090000Z", "20260301190000Z"), br},
      {44, "fail: the second half", valid("20260301060000Z", "20260301160000Z"), br},
      {45, "pass: young", valid("20260228120000Z", "20260306120000Z"), br},
      {45, "fail: less than 8 hours left", valid("20260228120000Z", "20260301190000Z"), br},
      {45, "fail: older than 4 days", valid("20260225110000Z", "20260306120000Z"), br},
      {46, "pass: fresh", about_a_ca("20260101120000Z"), br},
      {46, "fail: two years old", about_a_ca("20240101120000Z"), br},
      {48, "pass: at once",
       [](bench& b) {
         b.base();
         b.say(beside_silence);
       }},
      {48, "fail: never",
       [](bench& b) {
         b.base();
         b.ends(beside_silence, ending::timed_out);
       },
       br},
      {48, "fail: after 11 seconds",
       [](bench& b) {
         b.took = 11s;
         b.base();
       }},
      says(49, "pass: SHA-256", prefer_weak, nothing),
      says(49, "fail: SHA-1 when asked", prefer_weak,
           [](forged& f) { f.algorithm = der::copy(identifier::sha1_ecdsa); }),
      says(49, "acceptable: unheard of", prefer_weak,
           [](forged& f) { f.algorithm = der::copy(identifier::unheard_of); }),
  };
}

}  // namespace

std::vector<judgement_row> content_rows() {
  std::vector<judgement_row> all = signer_rows();
  for (const auto& part : {status_rows(), time_rows()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace staplelab::conform::test
