// What is read out of foreign octets, and what is written: DER, responses, certificates, HTTP.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench.hpp"
#include "conform/http_judging.hpp"
#include "conform/http_octets.hpp"
#include "conform/identifiers.hpp"
#include "conform/raw_certificate.hpp"
#include "conform/raw_response.hpp"

namespace staplelab::conform::test {
namespace {

using der::bytes;
using testing::HasSubstr;

// -- DER -----------------------------------------------------------------------------------------

struct der_row {
  std::string name;
  bytes octets;
  bool is_der;
};

class DerOctets : public testing::TestWithParam<der_row> {};

TEST_P(DerOctets, AreJudged) {
  EXPECT_EQ(der::is_der(GetParam().octets), GetParam().is_der);
}

bytes nested(int depth) {
  bytes made;
  for (int i = 0; i < depth; ++i)
    made = der::element(der::tag::sequence, made);
  return made;
}

bytes long_octets(std::initializer_list<std::uint8_t> head, std::size_t content) {
  bytes made(head);
  made.resize(made.size() + content, 0x41);
  return made;
}

INSTANTIATE_TEST_SUITE_P(
    R21, DerOctets,
    testing::Values(
        der_row{"empty", {}, false}, der_row{"tag_alone", {0x30}, false},
        der_row{"null", {0x05, 0x00}, true}, der_row{"content_missing", {0x04, 0x02, 0x41}, false},
        der_row{"octets_after_it", {0x05, 0x00, 0x05, 0x00}, false},
        der_row{"indefinite", {0x30, 0x80, 0x05, 0x00, 0x00, 0x00}, false},
        der_row{"indefinite_inside", {0x30, 0x04, 0x30, 0x80, 0x00, 0x00}, false},
        der_row{"length_127_short", long_octets({0x04, 0x7f}, 127), true},
        der_row{"length_127_long", long_octets({0x04, 0x81, 0x7f}, 127), false},
        der_row{"length_128", long_octets({0x04, 0x81, 0x80}, 128), true},
        der_row{"length_128_padded", long_octets({0x04, 0x82, 0x00, 0x80}, 128), false},
        der_row{"length_of_4_octets_too_long", {0x04, 0x84, 0xff, 0xff, 0xff, 0xff, 0x41}, false},
        der_row{"length_of_5_octets", {0x04, 0x85, 0x01, 0x00, 0x00, 0x00, 0x00}, false},
        der_row{"length_of_9_octets", {0x04, 0x89, 1, 1, 1, 1, 1, 1, 1, 1, 1}, false},
        der_row{"tag_of_two_octets", {0x1f, 0x1f, 0x00}, false},
        der_row{"true", {0x01, 0x01, 0xff}, true}, der_row{"false", {0x01, 0x01, 0x00}, true},
        der_row{"nearly_true", {0x01, 0x01, 0x01}, false},
        der_row{"long_boolean", {0x01, 0x02, 0xff, 0xff}, false},
        der_row{"depth_30", nested(30), true}, der_row{"depth_31", nested(31), false},
        der_row{"depth_10000", nested(10'000), false}),
    [](const auto& info) { return info.param.name; });

TEST(DerReader, LeavesAnotherTagWhereItIs) {
  const bytes octets{0x05, 0x00, 0x04, 0x01, 0x41};
  der::reader in(octets);
  EXPECT_FALSE(in.take(der::tag::octet_string));
  EXPECT_TRUE(in.take(der::tag::null));
  EXPECT_FALSE(in.at_end());
  EXPECT_TRUE(in.take_any());
  EXPECT_TRUE(in.at_end());
  EXPECT_FALSE(in.take_any());
}

TEST(DerWriter, WritesEveryLengthAsItsReaderWantsIt) {
  for (const std::size_t size : {0u, 1u, 127u, 128u, 255u, 256u, 65535u, 65536u}) {
    const bytes content(size, 0x41);
    const bytes made = der::octet_string(content);
    const auto read = der::only(made, der::tag::octet_string);
    ASSERT_TRUE(read) << size;
    EXPECT_EQ(read->content.size(), size);
    EXPECT_FALSE(der::is_der(der::with_indefinite_length(made)));
  }
}

// -- responses -----------------------------------------------------------------------------------

bytes sound_response(const std::function<void(forged&)>& change = {}) {
  forged answer;
  answer.responder_id = by_key_of(shared_lab().issuer.cert);
  answer.algorithm = der::copy(identifier::sha256_ecdsa);
  const auto id = cert_id_of({0x01}, shared_lab().issuer.cert, pki::hash_algorithm::sha1);
  answer.singles.push_back({.cert_id = encode(id)});
  if (change) change(answer);
  return encode(answer);
}

TEST(RawResponse, R21ReadsWhatIsSound) {
  const auto read = read_response(sound_response());
  ASSERT_TRUE(read) << read.error().why;
  EXPECT_EQ(read->status, 0);
  EXPECT_TRUE(read->is_der);
  ASSERT_TRUE(read->basic);
  EXPECT_TRUE(read->basic->by_key);
  EXPECT_FALSE(read->basic->version_written);
  EXPECT_FALSE(read->basic->certs_written);
  ASSERT_EQ(read->basic->singles.size(), 1u);
  EXPECT_EQ(read->basic->singles[0].status_tag(), status_tag::good);
}

TEST(RawResponse, R21SeesBerInsideTheBasicResponse) {
  const auto read = read_response(sound_response([](forged& f) {
    const bytes nearly_true{0x01, 0x01, 0x01};
    f.extensions = {
        der::sequence({der::oid(identifier::unheard_of), nearly_true, der::octet_string({})})};
  }));
  ASSERT_TRUE(read) << read.error().why;
  EXPECT_FALSE(read->is_der);
}

TEST(RawResponse, R21NamesAnIndefiniteLength) {
  const auto read = read_response(der::with_indefinite_length(sound_response()));
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().why, HasSubstr("BER"));
}

TEST(RawResponse, EveryTruncationIsAFlawOrSomethingElse) {
  const bytes whole = sound_response();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto read = read_response(der::bytes_view(whole).first(size));
    EXPECT_FALSE(read) << size;
    if (!read) EXPECT_FALSE(read.error().why.empty());
  }
}

TEST(RawResponse, EveryChangedOctetIsReadToAnEnd) {
  const bytes whole = sound_response();
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const int change : {0x01, 0x20, 0x80, 0xff}) {
      bytes changed = whole;
      changed[at] ^= static_cast<std::uint8_t>(change);
      const auto read = read_response(changed);
      if (!read) EXPECT_FALSE(read.error().why.empty());
    }
  }
}

struct time_row {
  std::string text;
  bool well_formed;
  bool readable;
};

TEST(RawTime, R40KnowsOneForm) {
  for (const auto& [text, well_formed, readable] :
       std::initializer_list<time_row>{{"20260301120000Z", true, true},
                                       {"20260301120000.5Z", false, true},
                                       {"20260301120000.Z", false, false},
                                       {"20260301120000+0000", false, false},
                                       {"202603011200Z", false, false},
                                       {"20260230120000Z", false, false},
                                       {"20260301250000Z", false, false},
                                       {"2026030112000\xb0Z", false, false},
                                       {"", false, false}}) {
    const auto read =
        read_response(sound_response([&](forged& f) { f.produced_at = std::string(text); }));
    ASSERT_TRUE(read) << read.error().why;
    EXPECT_EQ(read->basic->produced_at.well_formed(), well_formed) << text;
    EXPECT_EQ(read->basic->produced_at.at.has_value(), readable) << text;
  }
}

TEST(RawCertificate, AgreesWithOpenssl) {
  for (const auto& cert : {shared_lab().issuer.cert, shared_lab().delegate.cert}) {
    const auto raw = read_certificate(cert.der());
    ASSERT_TRUE(raw);
    EXPECT_EQ(raw->serial, serial_of(cert));
    EXPECT_EQ(find(raw->extensions, identifier::nocheck) != nullptr, cert.has_ocsp_nocheck());
    const bytes whole = cert.der();
    for (std::size_t size = 0; size < whole.size(); ++size)
      EXPECT_FALSE(read_certificate(der::bytes_view(whole).first(size)));
  }
}

// -- requests ------------------------------------------------------------------------------------

TEST(Question, IsWhatOpensslUnderstands) {
  question asked;
  const auto issuer = shared_lab().issuer.cert;
  for (const auto hash : {pki::hash_algorithm::sha1, pki::hash_algorithm::sha256}) {
    const auto id = cert_id_of(serial_of(shared_lab().leaf.cert), issuer, hash);
    asked.singles.push_back({.cert_id = encode(id), .extensions = {}});
  }
  asked.extensions.push_back(nonce_extension(bytes(16, 0x5a)));
  const bytes request = encode(asked);
  const auto parsed = pki::parse_ocsp_request(request);
  ASSERT_TRUE(parsed);
  ASSERT_EQ(parsed->certificates.size(), 2u);
  EXPECT_EQ(parsed->certificates[1].serial, shared_lab().leaf.cert.serial());
  EXPECT_EQ(parsed->nonce, bytes(16, 0x5a));
  EXPECT_EQ(asked_in(request).size(), 2u);
}

TEST(Question, R11WritesSerialNumbersInTwosComplement) {
  const auto content = [](std::string_view decimal) {
    return integer_content(*pki::serial_number::from_decimal(decimal));
  };
  EXPECT_EQ(content("0"), bytes{0x00});
  EXPECT_EQ(content("127"), bytes{0x7f});
  EXPECT_EQ(content("128"), (bytes{0x00, 0x80}));
  EXPECT_EQ(content("65536"), (bytes{0x01, 0x00, 0x00}));
}

// -- HTTP ----------------------------------------------------------------------------------------

TEST(HttpOctets, R65SpellBase64) {
  const bytes octets{0xff, 0xef, 0xbe, 0xff};
  EXPECT_EQ(base64(octets), "/+++/w==");
  EXPECT_EQ(percent_encoded("/+=a", hex_case::upper), "%2F%2B%3Da");
  EXPECT_EQ(percent_encoded("/+=a", hex_case::lower), "%2f%2b%3da");
  EXPECT_EQ(without_padding("/w=="), "/w");
  EXPECT_EQ(base64({}), "");
}

TEST(HttpOctets, R65KeepThePathOfTheUrl) {
  for (const auto& [url, line] : std::initializer_list<std::pair<std::string, std::string>>{
           {"http://x", "GET /MAA= HTTP/1.1\r\n"},
           {"http://x/", "GET /MAA= HTTP/1.1\r\n"},
           {"http://x/ocsp", "GET /ocsp/MAA= HTTP/1.1\r\n"},
           {"http://x/ocsp/", "GET /ocsp/MAA= HTTP/1.1\r\n"}}) {
    EXPECT_THAT(get(*runtime::http_url::parse(url), "MAA=", {}), testing::StartsWith(line));
  }
}

TEST(HttpFields, R69KnowImfFixdateOnly) {
  EXPECT_EQ(read_http_date("Sun, 01 Mar 2026 12:00:00 GMT"), start);
  for (const auto* wrong :
       {"Sun, 01 Mar 2026 12:00:00 UTC", "Mon, 01 Mar 2026 12:00:00 GMT",
        "Sunday, 01-Mar-26 12:00:00 GMT", "Sun Mar  1 12:00:00 2026",
        "Sun, 31 Feb 2026 12:00:00 GMT", "Sun, 01 Mar 2026 12:00:00 GMT ", ""}) {
    EXPECT_FALSE(read_http_date(wrong)) << wrong;
  }
}

TEST(HttpFields, R71ReadCacheControlInAllItsLines) {
  runtime::http_response response;
  response.fields.list = {{"cache-control", "Max-Age=60 , PUBLIC"},
                          {"Cache-Control", "no-transform"}};
  EXPECT_TRUE(cache_control_has(response, "public"));
  EXPECT_TRUE(cache_control_has(response, "no-transform"));
  EXPECT_FALSE(cache_control_has(response, "no-store"));
  EXPECT_EQ(max_age_of(response), 60);
  response.fields.list = {{"Cache-Control", "max-age=99999999999999999999"}};
  EXPECT_FALSE(max_age_of(response));
}

TEST(Printable, IsAsciiAndFitsALine) {
  EXPECT_EQ(printable("a\x1b[31m\n\xff"), "a\\x1b[31m\\x0a\\xff");
  EXPECT_LE(printable(std::string(10'000, 'x')).size(), 200u);
}

}  // namespace
}  // namespace staplelab::conform::test
