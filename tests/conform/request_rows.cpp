// R1 to R20: requests and limits.
#include "judgement_row.hpp"

namespace staplelab::conform::test {
namespace {

using enum probe_id;

void all_malformed(bench& b) {
  b.base();
  for (const auto id : {garbage, truncated, trailing_octets, indefinite_length, empty_body})
    b.error(id, 1);
}

// The same row for a check that wants the answer to the plain question.
judgement_row like(int number, std::string name, std::initializer_list<probe_id> ids) {
  const std::vector<probe_id> all(ids);
  return {number, std::move(name), [all](bench& b) {
            b.base();
            for (const auto id : all)
              b.say(id);
          }};
}

judgement_row refused(int number, std::string name, std::initializer_list<probe_id> ids, int status,
                      profile held_to = profile::rfc6960) {
  const std::vector<probe_id> all(ids);
  return {number, std::move(name),
          [all, status](bench& b) {
            b.base();
            for (const auto id : all)
              b.error(id, status);
          },
          held_to};
}

std::vector<judgement_row> unsound_rows() {
  return {
      {1, "pass: malformedRequest for each", all_malformed},
      {1, "fail: HTTP error without OCSP",
       [](bench& b) {
         all_malformed(b);
         b.http(truncated, 400, "bad request");
       }},
      {1, "fail: trailing octets overlooked",
       [](bench& b) {
         all_malformed(b);
         b.say(trailing_octets);
       }},
      {1, "skip: nothing answers", [](bench& b) { b.ends(post_sha1, ending::timed_out); }},
      {2, "pass: five octets", all_malformed},
      {2, "fail: an error with responseBytes",
       [](bench& b) {
         b.base();
         const der::bytes held = der::sequence({der::oid(der::bytes{0x2a}), der::octet_string({})});
         const der::bytes status{1};
         b.der(garbage, der::sequence({der::element(der::tag::enumerated, status),
                                       der::element(der::tag::constructed_context(0), held)}));
       }},
      {2, "fail: an error with a long status",
       [](bench& b) {
         b.base();
         const der::bytes status{0, 1};
         b.der(garbage, der::sequence({der::element(der::tag::enumerated, status)}));
       }},
      refused(3, "pass: empty list is malformed", {empty_list}, 1),
      refused(3, "fail: empty list is internalError", {empty_list}, 2),
      {4, "pass: v1 answered, v2 malformed",
       [](bench& b) {
         b.base();
         b.say(version_1_written);
         b.error(version_2, 1);
       }},
      {4, "acceptable: v1 written out is refused",
       [](bench& b) {
         b.base();
         b.error(version_1_written, 1);
         b.error(version_2, 1);
       }},
      like(4, "fail: v2 answered", {version_1_written, version_2}),
  };
}

void silent_but(bench& b, probe_id id, ending how) {
  b.base();
  b.error(oversized_body, 1, {}, 413);
  b.ends(many_certificates, ending::closed);
  b.ends(slow_body, ending::timed_out);
  b.say(beside_silence);
  b.say(beside_half_a_request);
  b.ends(id, how);
}

std::vector<judgement_row> cert_id_rows() {
  const auto two = [](bench& b) {
    b.base();
    b.say(several);
  };
  return {
      {5, "pass: one each", two},
      {5, "fail: one is missing",
       [](bench& b) {
         b.base();
         b.say(several, [](forged& f) { f.singles.pop_back(); });
       }},
      {5, "fail: one comes twice",
       [](bench& b) {
         b.base();
         b.say(several, [](forged& f) { f.singles.push_back(f.singles.front()); });
       }},
      {5, "skip: one certificate, one hash",
       [](bench& b) {
         target what = target_of(profile::rfc6960);
         what.revoked.reset();
         b.seen = evidence(std::move(what));
         b.base();
       }},
      refused(5, "fail: several are refused", {several}, 6),
      refused(5, "acceptable: several are refused", {several}, 6, profile::rfc9919),
      {6, "pass: none beyond", two},
      {6, "fail: a stranger among them",
       [](bench& b) {
         b.say(post_sha1, [](forged& f) {
           forged_single other = f.singles.front();
           cert_id_fields id =
               cert_id_of({0x55}, shared_lab().issuer.cert, pki::hash_algorithm::sha1);
           other.cert_id = encode(id);
           f.singles.push_back(other);
         });
       }},
      like(7, "pass: octet for octet", {absent_parameters}),
      {7, "acceptable: parameters added",
       [](bench& b) {
         b.base();
         const auto usual = asked_in(b.asked(post_sha1).request).front().whole;
         b.say(absent_parameters, [&](forged& f) { f.singles.front().cert_id = usual; });
       }},
      {7, "fail: another serial",
       [](bench& b) {
         b.base();
         b.say(absent_parameters, [](forged& f) {
           f.singles.front().cert_id =
               encode(cert_id_of({0x55}, shared_lab().issuer.cert, pki::hash_algorithm::sha1));
         });
       }},
      refused(8, "pass: the wrong hash is refused", {hash_of_key_info}, 6),
      like(8, "fail: the wrong hash is answered", {hash_of_key_info}),
      {9, "pass: all digests",
       [](bench& b) {
         for (const auto id : {post_sha1, post_sha256, sha384, sha512})
           b.say(id);
         b.error(unknown_digest, 6);
       }},
      {9, "acceptable: no SHA-256",
       [](bench& b) {
         b.base();
         b.error(post_sha256, 6);
       }},
      {9, "fail: no SHA-256",
       [](bench& b) {
         b.base();
         b.error(post_sha256, 6);
       },
       profile::rfc9919},
      refused(9, "fail: internalError", {unknown_digest}, 2),
      refused(10, "pass: unauthorized", {wrong_key_hash, wrong_name_hash}, 6),
      like(10, "fail: good for a wrong name", {wrong_name_hash}),
      refused(11, "pass: unauthorized",
              {serial_leading_zero, serial_negative, serial_20_octets, serial_1_octet}, 6),
      refused(11, "fail: 20 octets are malformed", {serial_20_octets}, 1),
      {11, "fail: no answer",
       [](bench& b) {
         b.base();
         b.ends(serial_negative, ending::closed);
       }},
      {11, "acceptable: superfluous zeros are no DER",
       [](bench& b) {
         b.base();
         b.http(serial_leading_zero, 400, "bad request");
       }},
      refused(17, "pass: unauthorized", {foreign_issuer}, 6),
      {17, "acceptable: unknown",
       [](bench& b) {
         b.base();
         b.say(foreign_issuer, [](forged& f) { f.singles[0].status = {0x82, 0x00}; });
       }},
      {17, "fail: unknown",
       [](bench& b) {
         b.base();
         b.say(foreign_issuer, [](forged& f) { f.singles[0].status = {0x82, 0x00}; });
       },
       profile::rfc9919},
      like(17, "fail: good", {foreign_issuer}),
  };
}

std::vector<judgement_row> around_rows() {
  return {
      like(12, "pass: ignored", {noncritical_request_extension, noncritical_single_extension}),
      refused(12, "fail: refused", {noncritical_single_extension}, 1),
      refused(13, "pass: refused", {critical_request_extension, critical_single_extension}, 1),
      refused(13, "acceptable: internalError", {critical_request_extension}, 2),
      like(13, "fail: ignored", {critical_request_extension}),
      like(14, "pass: ignored", {requestor_name}),
      refused(14, "fail: refused", {requestor_name}, 1),
      like(15, "pass: ignored", {broken_signature}),
      refused(15, "pass: unauthorized", {broken_signature}, 6),
      {15, "acceptable: closed",
       [](bench& b) {
         b.base();
         b.ends(broken_signature, ending::closed);
       }},
      like(18, "pass: answered", {service_locator}),
      refused(18, "acceptable: refused", {service_locator}, 1),
      refused(19, "pass: unauthorized", {foreign_issuer}, 6),
      refused(19, "fail: status 4", {foreign_issuer}, 4),
      refused(19, "fail: status 9", {foreign_issuer}, 9),
  };
}

std::vector<judgement_row> limit_rows() {
  return {
      {20, "pass: everything ends", [](bench& b) { silent_but(b, slow_body, ending::closed); }},
      {20, "fail: a silent connection blocks",
       [](bench& b) { silent_but(b, beside_silence, ending::timed_out); }},
      {20, "fail: half a request blocks",
       [](bench& b) { silent_but(b, beside_half_a_request, ending::timed_out); }},
      {20, "fail: an oversized body hangs",
       [](bench& b) { silent_but(b, oversized_body, ending::timed_out); }},
      {20, "fail: gone",
       [](bench& b) {
         b.base();
         b.seen.fell_silent("the responder stopped answering");
       }},
  };
}

}  // namespace

std::vector<judgement_row> request_rows() {
  std::vector<judgement_row> all = unsound_rows();
  for (const auto& part : {cert_id_rows(), around_rows(), limit_rows()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace staplelab::conform::test
