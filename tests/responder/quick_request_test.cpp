// The way in of the fast path against the full one: whatever it reads, both read alike.
#include "responder/quick_request.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>

#include "lab.hpp"
#include "responder/http_mapping.hpp"
#include "world.hpp"

namespace staplelab::responder {
namespace {

using namespace test;

using outcome = std::variant<quick_request, incomplete, odd>;

std::string percent_encoded(std::string_view text, std::string_view which) {
  std::string result;
  for (const char c : text) {
    if (which.find(c) == which.npos) {
      result.push_back(c);
    } else {
      constexpr std::string_view digits = "0123456789aBcDeF";
      result.append({'%', digits[static_cast<unsigned char>(c) >> 4], digits[c & 15]});
    }
  }
  return result;
}

std::string get_with(std::string_view path, std::string_view fields = "Host: a\r\n") {
  return "GET " + std::string(path) + " HTTP/1.1\r\n" + std::string(fields) + "\r\n";
}
std::string post_with(std::string_view body, std::string_view fields) {
  return "POST / HTTP/1.1\r\n" + std::string(fields) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

class QuickRequest : public testing::Test {
 protected:
  lab here;
  pki::bytes der = pki::build_ocsp_request(here.id("good"), std::nullopt);
  std::string path = "/" + base64(der);
  std::array<std::uint8_t, 4096> room;

  outcome read(std::string_view octets) { return read_quickly(octets, room); }

  // What is read here is read by the full path as the same request.
  void expect_the_same(std::string_view octets, const quick_request& quick) {
    runtime::http_request_parser parser({.header_octets = 16 * 1024, .body_octets = 64 * 1024});
    ASSERT_LE(quick.size, octets.size());
    parser.feed(octets.substr(0, quick.size));
    const auto full = parser.next();
    const auto* request = std::get_if<runtime::http_request>(&full);
    ASSERT_TRUE(request) << octets;
    EXPECT_TRUE(parser.idle()) << octets;
    EXPECT_EQ(request->method, quick.is_post ? "POST" : "GET") << octets;
    EXPECT_EQ(request->keep_alive, !quick.closes) << octets;
    EXPECT_EQ(request->version, 11) << octets;
    for (const auto* conditional : {"If-None-Match", "If-Modified-Since", "Expect"})
      EXPECT_FALSE(request->fields.find(conditional)) << octets;
    const auto mapped = to_ocsp(*request, "", {});
    ASSERT_TRUE(mapped) << octets;
    EXPECT_EQ(*mapped, pki::bytes(quick.der.begin(), quick.der.end())) << octets;
  }

  // More octets may come, as far as the full path can tell.
  static void expect_more(std::string_view octets) {
    runtime::http_request_parser parser({.header_octets = 16 * 1024, .body_octets = 64 * 1024});
    parser.feed(octets);
    EXPECT_FALSE(std::holds_alternative<runtime::http_request>(parser.next())) << octets;
  }
};

TEST_F(QuickRequest, ReadsWhatClientsSend) {
  const std::string body(der.begin(), der.end());
  const std::string typed = "Host: a\r\nContent-Type: application/ocsp-request\r\n";
  const std::string messages[] = {
      get_with(path),
      get_with("/" + path),
      get_with(percent_encoded(path.substr(1), "+/=").insert(0, "/")),
      get_with(path, "Host: a\r\nConnection: close\r\n"),
      get_with(path, "User-Agent: x\r\nHost: a\r\nAccept: */*\r\nConnection: Keep-Alive\r\n"),
      post_with(body, typed),
      post_with(body, "host:a\r\ncontent-type:  Application/OCSP-Request \r\n"),
      post_with(body, "Host: a\r\n"),
  };
  for (const auto& message : messages) {
    const auto got = read(message);
    const auto* quick = std::get_if<quick_request>(&got);
    ASSERT_TRUE(quick) << message;
    EXPECT_EQ(quick->size, message.size());
    EXPECT_EQ(pki::bytes(quick->der.begin(), quick->der.end()), der);
    expect_the_same(message, *quick);
    for (std::size_t size = 1; size < message.size(); ++size) {
      EXPECT_FALSE(std::holds_alternative<quick_request>(read(message.substr(0, size)))) << size;
    }
  }
}

TEST_F(QuickRequest, LeavesToTheFullPathWhatIsOdd) {
  const std::string body(der.begin(), der.end());
  const std::string messages[] = {
      "HEAD " + path + " HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET " + path + " HTTP/1.0\r\nHost: a\r\n\r\n",
      get_with("http://a" + path),
      get_with(path, "Host: a\r\nIf-None-Match: *\r\n"),
      get_with(path, "Host: a\r\nIf-Modified-Since: x\r\n"),
      get_with(path, "Host: a\r\nHost: b\r\n"),
      get_with(path, ""),
      get_with(path, "Host : a\r\n"),
      get_with(path, "Host: a\r\n folded\r\n"),
      get_with(path, "Host: a\r\nConnection: upgrade\r\n"),
      get_with(path, "Host: a\r\nTransfer-Encoding: chunked\r\n"),
      get_with(path, "Host: a\r\nContent-Length: 0\r\n"),
      get_with(path + "="),
      get_with(path.substr(0, path.size() - 3) + "-_="),
      get_with("/crl/issuing.crl"),
      get_with("/"),
      post_with(body, "Host: a\r\nExpect: 100-continue\r\n"),
      post_with(body, "Host: a\r\nContent-Type: text/plain\r\n"),
      post_with(body, "Host: a\r\nContent-Length: 7\r\n"),
      "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
      "\r\n" + get_with(path),
  };
  for (const auto& message : messages)
    EXPECT_TRUE(std::holds_alternative<odd>(read(message))) << message;
}

// Any octet changed, dropped, doubled or cut off: it reads the same as the full path, or nothing.
TEST_F(QuickRequest, NeverReadsSomethingElseThanTheFullPath) {
  const std::string body(der.begin(), der.end());
  const std::string messages[] = {
      get_with(path, "Host: a\r\nConnection: keep-alive\r\nContent-Type: x\r\n"),
      get_with("//" + percent_encoded(path, "+/="), "Host: a\r\nAccept: */*\r\n"),
      post_with(body, "Host: a\r\nContent-Type: application/ocsp-request\r\n"),
  };
  const std::string spice("\r\n \t:%/=+A0-\x7f\xff\0", 16);
  std::mt19937 engine(2026);
  const auto draw = [&](std::size_t below) { return engine() % below; };
  std::size_t quick_ones = 0;
  for (int round = 0; round < 30'000; ++round) {
    auto message = messages[draw(3)];
    for (auto changes = draw(4); changes > 0; --changes) {
      const auto at = draw(message.size());
      switch (draw(4)) {
        case 0:
          message[at] = spice[draw(spice.size())];
          break;
        case 1:
          message.erase(at, 1 + draw(2));
          break;
        case 2:
          message.insert(at, message, draw(message.size()), 1 + draw(12));
          break;
        default:
          message[at] = static_cast<char>(message[at] ^ 0x20);
      }
    }
    const auto got = read(message);
    if (const auto* quick = std::get_if<quick_request>(&got)) {
      ++quick_ones;
      expect_the_same(message, *quick);
    } else if (std::holds_alternative<incomplete>(got)) {
      expect_more(message);
    }
    if (HasFailure()) return;
  }
  EXPECT_GT(quick_ones, 5'000u);
}

TEST_F(QuickRequest, KnowsAPlainQuestionByItsFrame) {
  for (const auto hash : {pki::hash_algorithm::sha1, pki::hash_algorithm::sha256}) {
    for (const std::size_t octets : {0u, 1u, 16u, 32u, 128u}) {
      const auto id = here.id("good", hash);
      const auto nonce = octets == 0 ? std::nullopt : std::optional(nonce_of(octets));
      const auto request = pki::build_ocsp_request(id, nonce);
      const auto found = read_plainly(request);
      ASSERT_TRUE(found) << octets;
      EXPECT_EQ(pki::bytes(found->cert_id.begin(), found->cert_id.end()), id.der);
      EXPECT_EQ(pki::bytes(found->nonce.begin(), found->nonce.end()), nonce_of(octets));
    }
  }
  EXPECT_FALSE(read_plainly(encoded(request_for({here.id("good"), here.id("held")}).get())));
  EXPECT_FALSE(read_plainly({}));
}

TEST_F(QuickRequest, TakesNoOtherQuestionForAPlainOne) {
  std::mt19937 engine(6960);
  const pki::bytes seeds[] = {der, pki::build_ocsp_request(here.id("good"), nonce_of(8)),
                              encoded(request_for({here.id("good"), here.id("held")}).get())};
  std::size_t plain_ones = 0;
  for (int round = 0; round < 30'000; ++round) {
    auto request = seeds[engine() % 3];
    for (auto changes = engine() % 3; changes > 0; --changes) {
      request[engine() % request.size()] = static_cast<std::uint8_t>(engine());
    }
    const auto plain = read_plainly(request);
    const auto full = pki::parse_ocsp_request(request);
    if (!plain || !full) continue;
    ++plain_ones;
    ASSERT_EQ(full->certificates.size(), 1u);
    const pki::bytes_view id = full->certificates.front().der;
    EXPECT_TRUE(std::ranges::equal(id, plain->cert_id));
    EXPECT_EQ(full->nonce.has_value(), !plain->nonce.empty());
    if (full->nonce) EXPECT_TRUE(std::ranges::equal(*full->nonce, plain->nonce));
    EXPECT_FALSE(full->is_signed || full->names_requestor || full->raw_nonce);
    EXPECT_FALSE(full->unknown_critical_extension);
    EXPECT_TRUE(full->preferred_signatures.empty());
  }
  EXPECT_GT(plain_ones, 3'000u);
}

}  // namespace
}  // namespace staplelab::responder
