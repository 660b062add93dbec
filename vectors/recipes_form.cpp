// Octets that are no response, or not DER; and error statuses.
#include "vectors/vector_case.hpp"

namespace staplelab::vectors {
namespace {

bytes without_last(bytes der) {
  der.pop_back();
  return der;
}
bytes with_tail(bytes der) {
  der.insert(der.end(), {0x00, 0x00});
  return der;
}
bytes twice(bytes der) {
  const bytes copy = der;
  der.insert(der.end(), copy.begin(), copy.end());
  return der;
}
// BER: 30 80 ... 00 00
bytes indefinite(bytes der) {
  bytes out{0x30, 0x80};
  out.insert(out.end(), der.begin() + 4, der.end());  // all of them need two octets of length
  out.insert(out.end(), {0x00, 0x00});
  return out;
}
// BER: 30 83 00 nn nn
bytes padded_length(bytes der) {
  der[1] = 0x83;
  der.insert(der.begin() + 2, 0x00);
  return der;
}
bytes half(bytes der) {
  der.resize(der.size() / 2);
  return der;
}

bytes time_of(std::uint8_t tag, std::string_view text) {
  return tlv(tag, ascii(text));
}

bytes loose_boolean() {
  return sequence({oid(identifier::unheard_of), bytes{0x01, 0x01, 0x01}, octet_string(null())});
}

}  // namespace

recipe_table form_recipes() {
  using enum ocsp_verdict;
  const char* const grammar = "RFC 6960 4.2.1";
  const char* const der = "RFC 6960 4.2.1, X.690 10";
  const char* const times = "RFC 5280 4.1.2.5.2";
  return {
      "form",
      {
          {"empty", "R1", grammar, malformed, "no octets at all",
           [](draft& d) { d.whole = bytes{}; }},
          {"one_octet", "R1", grammar, malformed, "the octet 30 and nothing else",
           [](draft& d) { d.whole = bytes{0x30}; }},
          {"empty_sequence", "R1", grammar, malformed, "a SEQUENCE of nothing",
           [](draft& d) { d.whole = sequence({}); }},
          {"web_page", "R1", grammar, malformed, "a page for people, as captive portals send it",
           [](draft& d) { d.whole = ascii("<html><body>Please log in</body></html>\n"); }},
          {"without_last_octet", "R1", grammar, malformed, "a good response, one octet short",
           [](draft& d) { d.reshape = without_last; }},
          {"half", "R1", grammar, malformed, "the first half of a good response",
           [](draft& d) { d.reshape = half; }},
          {"trailing_octets", "R1", grammar, malformed, "a good response and two octets more",
           [](draft& d) { d.reshape = with_tail; }},
          {"twice", "R1", grammar, malformed, "a good response, and the same one behind it",
           [](draft& d) { d.reshape = twice; }},
          {"indefinite_length", "R1 R21", der, malformed, "BER: the length left open",
           [](draft& d) { d.reshape = indefinite; }},
          {"padded_length", "R1 R21", der, malformed, "BER: the length has a leading zero octet",
           [](draft& d) { d.reshape = padded_length; }},
          {"loose_boolean",
           "R21",
           der,
           malformed,
           "BER: a BOOLEAN that is true as 01, not ff",
           [](draft& d) { d.response.extensions = {loose_boolean()}; },
           {critical_extension}},
          {"certificate_instead", "R1", grammar, malformed, "the certificate itself",
           [](draft& d) { d.whole = d.certificate->der; }},
          {"basic_without_wrapping", "", grammar, malformed,
           "a BasicOCSPResponse without the OCSPResponse around it",
           [](draft& d) {
             d.whole = sequence(
                 {sequence({}), identifier_of(algorithm::ecdsa_sha256), bit_string(bytes{0x00})});
           }},
          {"no_response_bytes", "", grammar, malformed, "successful, and nothing to show for it",
           [](draft& d) { d.whole = error_response(0); }},
          {"another_type", "", "RFC 6960 4.2.1", malformed,
           "a response type other than id-pkix-ocsp-basic",
           [](draft& d) { d.response.type = identifier::unheard_of; }},
          {"octets_behind_basic", "R21", der, malformed,
           "two octets behind the BasicOCSPResponse, inside its OCTET STRING",
           [](draft& d) { d.response.basic_tail = {0x05, 0x00}; }},
          {"version_2", "R22", grammar, malformed, "version v2, which does not exist",
           [](draft& d) { d.response.version = explicit_tag(0, integer(1U)); }},
          {"no_single_response",
           "",
           grammar,
           malformed,
           "a list of no SingleResponse",
           [](draft& d) { d.response.singles.clear(); },
           {wrong_cert}},
          {"another_responder_id", "", grammar, malformed, "responderID has a choice [3]",
           [](draft& d) {
             d.response.responder_id = explicit_tag(3, octet_string(bytes(20, 0x01)));
           }},
          {"another_status", "R30", grammar, malformed, "certStatus has a choice [3]",
           [](draft& d) { d.single().status = implicit_tag(3, {}); }},
          {"good_with_content", "R30", "RFC 6960 4.2.1, X.690 8.8", malformed,
           "good is a NULL, but this one has an octet in it",
           [](draft& d) { d.single().status = implicit_tag(0, bytes{0x00}); }},
          {"times_with_fraction",
           "R40",
           times,
           malformed,
           "thisUpdate has tenths of a second",
           [](draft& d) { d.single().this_update = time_of(0x18, "20260301110000.5Z"); },
           {good}},
          {"times_without_seconds", "R40", times, malformed, "thisUpdate ends with its minutes",
           [](draft& d) { d.single().this_update = time_of(0x18, "202603011100Z"); }},
          {"times_with_offset", "R40", times, malformed, "thisUpdate is +0100, not Z",
           [](draft& d) { d.single().this_update = time_of(0x18, "20260301120000+0100"); }},
          {"times_without_zone", "R40", times, malformed, "thisUpdate has no zone",
           [](draft& d) { d.single().this_update = time_of(0x18, "20260301110000"); }},
          {"times_of_no_day", "R40", times, malformed, "nextUpdate is the 30th of February",
           [](draft& d) { d.single().next_update = time_of(0x18, "20260230110000Z"); }},
          {"times_in_utctime", "R40", grammar, malformed, "producedAt is a UTCTime",
           [](draft& d) { d.response.produced_at = time_of(0x17, "260301110000Z"); }},
          {"certs_that_are_none", "", grammar, malformed, "certs holds something else",
           [](draft& d) { d.response.certs = {sequence({integer(1U)})}; }},
      }};
}

recipe_table error_recipes() {
  using enum ocsp_verdict;
  const char* const clause = "RFC 6960 2.3";
  return {"error",
          {
              {"malformed_request", "C21", clause, error_status, "responseStatus 1",
               [](draft& d) { d.whole = error_response(1); }},
              {"internal_error", "C21", clause, error_status, "responseStatus 2",
               [](draft& d) { d.whole = error_response(2); }},
              {"try_later", "C21", clause, error_status, "responseStatus 3",
               [](draft& d) { d.whole = error_response(3); }},
              {"sig_required", "C21", clause, error_status, "responseStatus 5",
               [](draft& d) { d.whole = error_response(5); }},
              {"unauthorized", "C21", clause, error_status, "responseStatus 6",
               [](draft& d) { d.whole = error_response(6); }},
              {"status_4",
               "R19",
               "RFC 6960 4.2.1",
               malformed,
               "responseStatus 4 is not used",
               [](draft& d) { d.whole = error_response(4); },
               {error_status}},
              {"status_7",
               "R19",
               "RFC 6960 4.2.1",
               malformed,
               "responseStatus 7 does not exist",
               [](draft& d) { d.whole = error_response(7); },
               {error_status}},
              {"negative_status",
               "R19",
               "RFC 6960 4.2.1",
               malformed,
               "responseStatus is -1",
               [](draft& d) { d.whole = error_response(0xff); },
               {error_status}},
              {"status_with_response",
               "R2",
               clause,
               malformed,
               "tryLater and a good response at once: never good",
               [](draft& d) {
                 // The whole of it becomes [0] behind another status.
                 bytes der = write_response(d.response);
                 der[6] = 0x03;
                 d.whole = der;
               },
               {error_status}},
          }};
}

}  // namespace staplelab::vectors
