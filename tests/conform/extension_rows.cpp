// R51 to R61: extensions.
#include "conform/identifiers.hpp"
#include "judgement_row.hpp"

namespace staplelab::conform::test {
namespace {

using enum probe_id;

der::bytes nonce_of(std::uint8_t octets) {
  der::bytes nonce;
  for (std::uint8_t i = 0; i < octets; ++i)
    nonce.push_back(static_cast<std::uint8_t>(0xa0 + i));
  return nonce;
}

void echo(bench& b, probe_id id, std::uint8_t octets) {
  b.say(id, [&](forged& f) { f.extensions = {nonce_extension(nonce_of(octets))}; });
}

void echoes_all(bench& b) {
  b.base();
  echo(b, nonce_1, 1);
  echo(b, nonce_16, 16);
  echo(b, nonce_32, 32);
  echo(b, nonce_33, 33);
  echo(b, nonce_128, 128);
}

std::vector<judgement_row> nonce_rows() {
  const auto ignored = [](bench& b) {
    b.base();
    for (const auto id : {nonce_1, nonce_16, nonce_32, nonce_33, nonce_128, nonce_0, nonce_129})
      b.say(id);
  };
  const auto refuses = [](bench& b) {
    echoes_all(b);
    b.error(nonce_0, 1);
    b.error(nonce_129, 1);
  };
  return {
      {51, "pass: every length echoed", echoes_all},
      {51, "acceptable: none echoed", ignored},
      {51, "fail: 128 not echoed",
       [](bench& b) {
         echoes_all(b);
         b.say(nonce_128);
       }},
      {51, "fail: another nonce",
       [](bench& b) {
         echoes_all(b);
         echo(b, nonce_32, 31);
       }},
      {51, "fail: 33 refused",
       [](bench& b) {
         echoes_all(b);
         b.error(nonce_33, 1);
       }},
      {51, "pass: 33 refused",
       [](bench& b) {
         echoes_all(b);
         b.error(nonce_33, 1);
         b.error(nonce_128, 1);
       },
       profile::webpki},
      {52, "pass: 0 and 129 malformed", refuses},
      {52, "fail: 33 is taken", refuses, profile::webpki},
      {52, "acceptable: nobody looks", ignored},
      {52, "fail: 129 echoed",
       [](bench& b) {
         echoes_all(b);
         echo(b, nonce_129, 129);
       }},
      {53, "pass: ignored", ignored},
      {53, "acceptable: refused",
       [](bench& b) {
         b.base();
         b.error(nonce_1, 1);
       }},
      {54, "pass: without it", ignored},
      {54, "fail: refused",
       [](bench& b) {
         b.base();
         b.error(nonce_32, 6);
       }},
      {55, "pass: as it is",
       [](bench& b) {
         b.base();
         b.say(nonce_raw, [](forged& f) { f.extensions = {raw_nonce_extension(nonce_of(16))}; });
       }},
      {55, "acceptable: wrapped",
       [](bench& b) {
         b.base();
         b.say(nonce_raw, [](forged& f) { f.extensions = {nonce_extension(nonce_of(16))}; });
       }},
      {56, "pass: not echoed",
       [](bench& b) {
         b.base();
         b.say(nonce_in_single);
       }},
      {56, "fail: echoed",
       [](bench& b) {
         b.base();
         echo(b, nonce_in_single, 32);
       }},
  };
}

judgement_row single_has(int number, std::string name, der::bytes_view oid, der::bytes value) {
  const der::bytes made = extension(oid, false, value);
  return {number, std::move(name), [made](bench& b) {
            b.say(post_sha1, [&](forged& f) { f.singles[0].extensions = {made}; });
          }};
}

std::vector<judgement_row> single_extension_rows() {
  using namespace der;
  const auto time = [](std::string_view t) { return text(tag::generalized_time, t); };
  const bytes url = text(tag::ia5_string, "http://x/");
  const bytes reason{tag::enumerated, 1, 1};
  return {
      single_has(57, "pass: before producedAt", identifier::archive_cutoff,
                 time("20190301120000Z")),
      single_has(57, "fail: after it", identifier::archive_cutoff, time("20290301120000Z")),
      single_has(57, "fail: no time", identifier::archive_cutoff, null()),
      single_has(58, "pass: a URL", identifier::crl_id,
                 sequence({element(tag::constructed_context(0), url)})),
      single_has(58, "fail: a URL as a number", identifier::crl_id,
                 sequence({element(tag::constructed_context(1), url)})),
      single_has(59, "pass: a reason", identifier::reason_code, reason),
      single_has(59, "fail: a time as a reason", identifier::reason_code, time("20260301120000Z")),
      single_has(59, "pass: invalidityDate", identifier::invalidity_date, time("20260301120000Z")),
      {57, "skip: none", [](bench& b) { b.base(); }},
  };
}

std::vector<judgement_row> choice_rows() {
  return {
      {60, "pass: basic, or refused",
       [](bench& b) {
         b.base();
         b.say(acceptable_basic);
         b.error(acceptable_other, 1);
       }},
      {60, "fail: basic is refused",
       [](bench& b) {
         b.base();
         b.error(acceptable_basic, 2);
       }},
      {61, "pass: the preferred one",
       [](bench& b) {
         b.base();
         b.say(prefer_other, [](forged& f) { f.algorithm = der::copy(identifier::sha384_ecdsa); });
       }},
      {61, "fail: the usual one",
       [](bench& b) {
         b.base();
         b.say(prefer_other);
       }},
      {61, "acceptable: the usual one",
       [](bench& b) {
         b.base();
         b.say(prefer_other);
       },
       profile::rfc9919},
  };
}

}  // namespace

std::vector<judgement_row> extension_rows() {
  std::vector<judgement_row> all = nonce_rows();
  for (const auto& part : {single_extension_rows(), choice_rows()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace staplelab::conform::test
