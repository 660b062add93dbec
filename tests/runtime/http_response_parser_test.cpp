#include <gtest/gtest.h>

#include "runtime/http.hpp"

namespace staplelab::runtime {
namespace {

using outcome = http_response_parser::outcome;
using need_more = http_response_parser::need_more;

std::string describe(const outcome& seen) {
  if (const auto* response = std::get_if<http_response>(&seen)) {
    return std::to_string(response->status) + " [" + response->body + "]" +
           (response->keep_alive ? "" : " close") + (response->version == 10 ? " 1.0" : "");
  }
  if (const auto* flaw = std::get_if<http_flaw>(&seen)) {
    switch (*flaw) {
      case http_flaw::malformed:
        return "malformed";
      case http_flaw::header_too_large:
        return "header too large";
      case http_flaw::body_too_large:
        return "body too large";
      case http_flaw::version_not_supported:
        return "version";
    }
  }
  return "need more";
}

struct row {
  const char* name;
  std::string octets;
  std::string next;
  std::string at_close;  // once the peer closed
  bool head_only = false;
};
void PrintTo(const row& r, std::ostream* out) {
  *out << r.octets;
}

class response_octets : public testing::TestWithParam<row> {};

TEST_P(response_octets, give_one_outcome) {
  http_response_parser parser({}, GetParam().head_only);
  parser.feed(GetParam().octets);
  EXPECT_EQ(describe(parser.next()), GetParam().next);
}

TEST_P(response_octets, give_one_outcome_when_the_peer_closes) {
  http_response_parser parser({}, GetParam().head_only);
  parser.feed(GetParam().octets);
  EXPECT_EQ(describe(parser.finish()), GetParam().at_close);
}

TEST_P(response_octets, give_the_same_octet_by_octet) {
  http_response_parser parser({}, GetParam().head_only);
  outcome seen = need_more{};
  for (const char octet : GetParam().octets) {
    parser.feed({&octet, 1});
    seen = parser.next();
    if (!std::holds_alternative<need_more>(seen)) break;
  }
  if (std::holds_alternative<need_more>(seen)) seen = parser.finish();
  EXPECT_EQ(describe(seen), GetParam().at_close);
}

INSTANTIATE_TEST_SUITE_P(
    table, response_octets,
    testing::Values(
        row{"a_length", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", "200 [abc]",
            "200 [abc]"},
        row{"length_zero", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "200 []", "200 []"},
        row{"shorter_than_it_says", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", "need more",
            "need more"},
        row{"until_close", "HTTP/1.1 200 OK\r\n\r\nabc", "need more", "200 [abc] close"},
        row{"until_close_and_empty", "HTTP/1.0 200 OK\r\n\r\n", "need more", "200 [] close 1.0"},
        row{"chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            "200 [abc]", "200 [abc]"},
        row{"half_the_chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
            "need more", "need more"},
        row{"to_a_head", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", "200 []", "200 []", true},
        row{"no_content", "HTTP/1.1 204 No Content\r\n\r\n", "204 []", "204 []"},
        row{"not_modified_with_a_length", "HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\n",
            "304 []", "304 []"},
        row{"after_interim_ones",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na",
            "200 [a]", "200 [a]"},
        row{"only_an_interim_one", "HTTP/1.1 100 Continue\r\n\r\n", "need more", "need more"},
        row{"switching_protocols", "HTTP/1.1 101 X\r\n\r\n", "malformed", "malformed"},
        row{"no_reason", "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", "200 []", "200 []"},
        row{"no_reason_and_no_space", "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", "200 []",
            "200 []"},
        row{"an_unknown_status", "HTTP/1.1 599 X Y\r\nContent-Length: 0\r\n\r\n", "599 []",
            "599 []"},
        row{"close", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
            "200 [] close", "200 [] close"},
        row{"a_folded_line", "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n", "200 []",
            "200 []"},
        row{"nothing", "", "need more", "need more"},
        row{"half_a_head", "HTTP/1.1 200 OK\r\nX: y\r\n", "need more", "need more"},
        row{"html", "<html>\r\n\r\n", "malformed", "malformed"},
        row{"a_short_line", "HTTP/1.1\r\n\r\n", "malformed", "malformed"},
        row{"two_digits", "HTTP/1.1 20 OK\r\n\r\n", "malformed", "malformed"},
        row{"four_digits", "HTTP/1.1 2000 OK\r\n\r\n", "malformed", "malformed"},
        row{"below_100", "HTTP/1.1 099 OK\r\n\r\n", "malformed", "malformed"},
        row{"no_digits", "HTTP/1.1 2x0 OK\r\n\r\n", "malformed", "malformed"},
        row{"http_2", "HTTP/2.0 200 OK\r\n\r\n", "version", "version"},
        row{"a_length_and_chunks",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            "malformed", "malformed"},
        row{"two_lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            "malformed", "malformed"},
        row{"a_bad_chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
            "malformed", "malformed"}),
    [](const testing::TestParamInfo<row>& tested) { return tested.param.name; });

outcome parse(const std::string& octets, http_limits limits) {
  http_response_parser parser(limits, false);
  parser.feed(octets);
  return parser.next();
}

TEST(response_limits, head) {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  EXPECT_EQ(describe(parse(head, {.header_octets = head.size()})), "200 []");
  EXPECT_EQ(describe(parse(head, {.header_octets = head.size() - 1})), "header too large");
}

TEST(response_limits, body_with_a_length) {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: ";
  EXPECT_EQ(describe(parse(head + "4\r\n\r\nabcd", {.body_octets = 4})), "200 [abcd]");
  EXPECT_EQ(describe(parse(head + "5\r\n\r\n", {.body_octets = 4})), "body too large");
}

TEST(response_limits, body_until_close) {
  const std::string head = "HTTP/1.1 200 OK\r\n\r\n";
  EXPECT_EQ(describe(parse(head + "abcd", {.body_octets = 4})), "need more");
  EXPECT_EQ(describe(parse(head + "abcde", {.body_octets = 4})), "body too large");
}

TEST(response_limits, body_until_close_in_two_pieces) {
  for (const std::string_view second : {"cd", "cde"}) {
    http_response_parser parser({.body_octets = 4}, false);
    parser.feed("HTTP/1.1 200 OK\r\n\r\nab");
    parser.next();
    parser.feed(second);
    EXPECT_EQ(describe(parser.finish()), second == "cd" ? "200 [abcd] close" : "body too large");
  }
}

TEST(response_parser, unfolds_a_folded_line) {
  const auto seen = parse("HTTP/1.1 200 OK\r\nX: a\r\n \t b\r\nContent-Length: 0\r\n\r\n", {});
  EXPECT_EQ(std::get<http_response>(seen).fields.find("x"), "a b");
}

TEST(response_parser, takes_pipelined_responses_in_order) {
  http_response_parser parser({}, false);
  parser.feed(
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP/1.1 404 Not Found\r\n"
      "Content-Length: 1\r\n\r\nb");
  EXPECT_EQ(describe(parser.next()), "200 [a]");
  EXPECT_EQ(describe(parser.next()), "404 [b]");
  EXPECT_EQ(describe(parser.finish()), "need more");
}

}  // namespace
}  // namespace staplelab::runtime
