#include <gtest/gtest.h>

#include "runtime/http.hpp"

namespace staplelab::runtime {
namespace {

using outcome = http_request_parser::outcome;
using need_more = http_request_parser::need_more;
using expects_continue = http_request_parser::expects_continue;

outcome parse(std::string_view octets, http_limits limits = {}) {
  http_request_parser parser(limits);
  parser.feed(octets);
  return parser.next();
}

std::string describe(const outcome& seen) {
  if (const auto* request = std::get_if<http_request>(&seen)) {
    return request->method + " " + request->target + " [" + request->body + "]" +
           (request->keep_alive ? "" : " close") + (request->version == 10 ? " 1.0" : "");
  }
  if (const auto* flaw = std::get_if<http_flaw>(&seen)) return std::to_string(status_of(*flaw));
  return std::holds_alternative<need_more>(seen) ? "need more" : "expects continue";
}

struct row {
  const char* name;
  std::string octets;
  std::string outcome;
};
void PrintTo(const row& r, std::ostream* out) {
  *out << r.octets;
}

class request_octets : public testing::TestWithParam<row> {};

TEST_P(request_octets, give_one_outcome) {
  EXPECT_EQ(describe(parse(GetParam().octets)), GetParam().outcome);
}

// However the network cuts it.
TEST_P(request_octets, give_the_same_octet_by_octet) {
  http_request_parser parser({});
  outcome seen = need_more{};
  for (const char octet : GetParam().octets) {
    parser.feed({&octet, 1});
    seen = parser.next();
    // Who expects "100 Continue" gets to hear so only when its body is not there yet.
    if (std::holds_alternative<expects_continue>(seen)) seen = parser.next();
    if (!std::holds_alternative<need_more>(seen)) break;
  }
  if (GetParam().outcome == "expects continue") {
    EXPECT_EQ(describe(seen), "need more");
  } else {
    EXPECT_EQ(describe(seen), GetParam().outcome);
  }
}

const std::string host = "Host: a\r\n";

std::vector<row> accepted() {
  return {
      {"a_get", "GET / HTTP/1.1\r\n" + host + "\r\n", "GET / []"},
      {"the_target_stays_as_it_is", "GET //MEI+a=%2F%2b?//#x HTTP/1.1\r\n" + host + "\r\n",
       "GET //MEI+a=%2F%2b?//#x []"},
      {"an_absolute_target", "GET http://a/b HTTP/1.1\r\n" + host + "\r\n", "GET http://a/b []"},
      {"a_head", "HEAD /x HTTP/1.1\r\n" + host + "\r\n", "HEAD /x []"},
      {"an_unknown_method", "BREW /x HTTP/1.1\r\n" + host + "\r\n", "BREW /x []"},
      {"a_post_with_a_length", "POST / HTTP/1.1\r\n" + host + "Content-Length: 3\r\n\r\nabc",
       "POST / [abc]"},
      {"a_post_with_length_zero", "POST / HTTP/1.1\r\n" + host + "Content-Length: 0\r\n\r\n",
       "POST / []"},
      {"a_post_without_a_length", "POST / HTTP/1.1\r\n" + host + "\r\nabc", "POST / []"},
      {"field_names_in_any_case", "POST / HTTP/1.1\r\nhOST: a\r\ncONTENT-lENGTH:3\r\n\r\nabc",
       "POST / [abc]"},
      {"white_space_around_a_value",
       "POST / HTTP/1.1\r\n" + host + "Content-Length: \t 3 \t\r\n\r\nabc", "POST / [abc]"},
      {"an_empty_field", "GET / HTTP/1.1\r\n" + host + "X:\r\n\r\n", "GET / []"},
      {"an_empty_host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", "GET / []"},
      {"octets_above_ascii_in_a_value", "GET / HTTP/1.1\r\n" + host + "X: \xc3\xa9\r\n\r\n",
       "GET / []"},
      {"chunks",
       "POST / HTTP/1.1\r\n" + host +
           "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0A\r\n0123456789\r\n0\r\n\r\n",
       "POST / [abc0123456789]"},
      {"no_chunk_but_the_last",
       "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "POST / []"},
      {"chunk_extensions",
       "POST / HTTP/1.1\r\n" + host +
           "Transfer-Encoding: Chunked\r\n\r\n3;a=\"b\"\r\nabc\r\n0 ;z\r\n\r\n",
       "POST / [abc]"},
      {"trailers",
       "POST / HTTP/1.1\r\n" + host +
           "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX: y\r\nZ: w\r\n\r\n",
       "POST / [a]"},
      {"empty_lines_before_it", "\r\n\r\nGET / HTTP/1.1\r\n" + host + "\r\n", "GET / []"},
      {"http_1_0_closes", "GET / HTTP/1.0\r\n\r\n", "GET / [] close 1.0"},
      {"http_1_0_may_stay", "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", "GET / [] 1.0"},
      {"http_1_1_may_close", "GET / HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n",
       "GET / [] close"},
      {"close_among_others", "GET / HTTP/1.1\r\n" + host + "Connection: x , CLOSE,y\r\n\r\n",
       "GET / [] close"},
      {"close_on_a_second_line",
       "GET / HTTP/1.1\r\n" + host + "Connection: x\r\nConnection: close\r\n\r\n",
       "GET / [] close"},
      {"closely_is_not_close", "GET / HTTP/1.1\r\n" + host + "Connection: closely\r\n\r\n",
       "GET / []"},
      {"http_1_7_is_understood_as_1_1", "GET / HTTP/1.7\r\n" + host + "\r\n", "GET / []"},
      {"an_expectation_without_a_body",
       "GET / HTTP/1.1\r\n" + host + "Expect: 100-continue\r\n\r\n", "GET / []"},
  };
}

std::vector<row> unfinished() {
  return {
      {"nothing", "", "need more"},
      {"half_a_line", "GET / HT", "need more"},
      {"no_empty_line", "GET / HTTP/1.1\r\n" + host, "need more"},
      {"half_an_empty_line", "GET / HTTP/1.1\r\n" + host + "\r", "need more"},
      {"half_a_body", "POST / HTTP/1.1\r\n" + host + "Content-Length: 3\r\n\r\nab", "need more"},
      {"half_a_chunk", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n3\r\nab",
       "need more"},
      {"a_chunk_without_its_end",
       "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r", "need more"},
      {"no_last_chunk",
       "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
       "need more"},
      {"no_end_of_the_trailers",
       "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n",
       "need more"},
      {"an_expectation",
       "POST / HTTP/1.1\r\n" + host + "Content-Length: 3\r\nExpect: 100-Continue\r\n\r\n",
       "expects continue"},
      {"an_expectation_with_chunks",
       "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n",
       "expects continue"},
      {"an_expectation_whose_body_has_begun",
       "POST / HTTP/1.1\r\n" + host + "Content-Length: 3\r\nExpect: 100-continue\r\n\r\na",
       "need more"},
      {"an_expectation_in_http_1_0",
       "POST / HTTP/1.0\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n", "need more"},
  };
}

std::vector<row> refused() {
  return {
      {"no_words", "nonsense\r\n\r\n", "400"},
      {"two_words", "GET /\r\n\r\n", "400"},
      {"no_target", "GET  HTTP/1.1\r\n" + host + "\r\n", "400"},
      {"a_space_in_the_target", "GET /a b HTTP/1.1\r\n" + host + "\r\n", "400"},
      {"a_control_in_the_target", "GET /a\tb HTTP/1.1\r\n" + host + "\r\n", "400"},
      {"octets_above_ascii_in_the_target", "GET /\xc3\xa9 HTTP/1.1\r\n" + host + "\r\n", "400"},
      {"a_method_that_is_no_token", "G@T / HTTP/1.1\r\n" + host + "\r\n", "400"},
      {"a_space_in_front", " GET / HTTP/1.1\r\n" + host + "\r\n", "400"},
      {"a_tls_client_hello", std::string("\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 11), "400"},
      {"a_protocol_of_another_name", "GET / HTTQ/1.1\r\n" + host + "\r\n", "400"},
      {"a_version_with_two_digits", "GET / HTTP/1.10\r\n" + host + "\r\n", "400"},
      {"http_2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505"},
      {"http_0_9", "GET / HTTP/0.9\r\n\r\n", "505"},
      {"no_host", "GET / HTTP/1.1\r\n\r\n", "400"},
      {"two_hosts", "GET / HTTP/1.1\r\n" + host + host + "\r\n", "400"},
      {"two_hosts_in_http_1_0", "GET / HTTP/1.0\r\n" + host + host + "\r\n", "400"},
      {"a_field_without_a_colon", "GET / HTTP/1.1\r\n" + host + "X\r\n\r\n", "400"},
      {"a_field_without_a_name", "GET / HTTP/1.1\r\n" + host + ": x\r\n\r\n", "400"},
      {"a_space_before_the_colon", "GET / HTTP/1.1\r\n" + host + "X : y\r\n\r\n", "400"},
      {"a_folded_line", "GET / HTTP/1.1\r\n" + host + "X: y\r\n z\r\n\r\n", "400"},
      {"a_folded_first_line", "GET / HTTP/1.1\r\n " + host + "\r\n", "400"},
      {"a_bare_cr", "GET / HTTP/1.1\r\n" + host + "X: a\rb\r\n\r\n", "400"},
      {"a_bare_lf", "GET / HTTP/1.1\r\n" + host + "X: a\nY: b\r\n\r\n", "400"},
      {"a_nul", "GET / HTTP/1.1\r\n" + host + std::string("X: \0\r\n\r\n", 8), "400"},
      {"a_length_with_a_sign", "POST / HTTP/1.1\r\n" + host + "Content-Length: +3\r\n\r\nabc",
       "400"},
      {"a_negative_length", "POST / HTTP/1.1\r\n" + host + "Content-Length: -3\r\n\r\n", "400"},
      {"a_length_in_hex", "POST / HTTP/1.1\r\n" + host + "Content-Length: 0x3\r\n\r\n", "400"},
      {"an_empty_length", "POST / HTTP/1.1\r\n" + host + "Content-Length:\r\n\r\n", "400"},
      {"two_lengths",
       "POST / HTTP/1.1\r\n" + host + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", "400"},
      {"a_length_twice",
       "POST / HTTP/1.1\r\n" + host + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", "400"},
      {"a_list_of_lengths", "POST / HTTP/1.1\r\n" + host + "Content-Length: 3, 3\r\n\r\nabc",
       "400"},
      {"a_length_past_64_bits",
       "POST / HTTP/1.1\r\n" + host + "Content-Length: 99999999999999999999\r\n\r\n", "413"},
      {"chunks_and_a_length",
       "POST / HTTP/1.1\r\n" + host +
           "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       "400"},
      {"chunks_in_http_1_0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       "400"},
      {"chunks_twice",
       "POST / HTTP/1.1\r\n" + host +
           "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       "400"},
      {"an_unknown_coding", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip\r\n\r\nabc",
       "400"},
      {"chunked_but_not_last",
       "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n", "400"},
      {"chunked_with_a_tail",
       "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunkedx\r\n\r\n0\r\n\r\n", "400"},
      {"a_chunk_size_with_a_sign",
       "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n-1\r\n", "400"},
      {"a_chunk_size_with_0x",
       "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n", "400"},
      {"an_empty_chunk_size",
       "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n\r\n", "400"},
      {"a_chunk_size_with_a_space",
       "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n1 \r\na\r\n", "400"},
      {"a_chunk_size_past_64_bits",
       "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\n",
       "413"},
      {"a_chunk_longer_than_it_says",
       "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", "400"},
      {"a_bare_lf_after_a_chunk_size",
       "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n1\na\r\n", "400"},
      {"a_trailer_that_is_no_field",
       "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n0\r\nX\r\n\r\n", "400"},
  };
}

std::string name_of(const testing::TestParamInfo<row>& tested) {
  return tested.param.name;
}

INSTANTIATE_TEST_SUITE_P(accepted, request_octets, testing::ValuesIn(accepted()), name_of);
INSTANTIATE_TEST_SUITE_P(unfinished, request_octets, testing::ValuesIn(unfinished()), name_of);
INSTANTIATE_TEST_SUITE_P(refused, request_octets, testing::ValuesIn(refused()), name_of);

// Each limit from both sides.

TEST(request_limits, head_of_exactly_the_limit) {
  const std::string head = "GET / HTTP/1.1\r\n" + host + "X: 12345\r\n\r\n";
  EXPECT_EQ(describe(parse(head, {.header_octets = head.size()})), "GET / []");
  EXPECT_EQ(describe(parse(head, {.header_octets = head.size() - 1})), "431");
}

TEST(request_limits, head_without_an_end) {
  const http_limits limits{.header_octets = 64};
  EXPECT_EQ(describe(parse(std::string(63, 'a'), limits)), "need more");
  EXPECT_EQ(describe(parse(std::string(64, 'a'), limits)), "431");
}

TEST(request_limits, body_with_a_length) {
  const http_limits limits{.body_octets = 4};
  const std::string head = "POST / HTTP/1.1\r\n" + host + "Content-Length: ";
  EXPECT_EQ(describe(parse(head + "4\r\n\r\nabcd", limits)), "POST / [abcd]");
  EXPECT_EQ(describe(parse(head + "5\r\n\r\n", limits)), "413");
}

TEST(request_limits, a_body_too_large_is_refused_instead_of_continued) {
  const http_limits limits{.body_octets = 4};
  const std::string head =
      "POST / HTTP/1.1\r\n" + host + "Expect: 100-continue\r\nContent-Length: ";
  EXPECT_EQ(describe(parse(head + "4\r\n\r\n", limits)), "expects continue");
  EXPECT_EQ(describe(parse(head + "5\r\n\r\n", limits)), "413");
}

TEST(request_limits, body_in_chunks) {
  const http_limits limits{.body_octets = 4};
  const std::string head = "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(describe(parse(head + "3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n", limits)), "POST / [abcd]");
  EXPECT_EQ(describe(parse(head + "3\r\nabc\r\n2\r\n", limits)), "413");
}

TEST(request_limits, line_of_a_chunk) {
  const std::string head = "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n";
  const http_limits limits{.header_octets = head.size()};
  const auto line = [&](std::size_t size) { return "1;" + std::string(size - 4, 'x') + "\r\n"; };
  EXPECT_EQ(describe(parse(head + line(head.size()) + "a\r\n0\r\n\r\n", limits)), "POST / [a]");
  EXPECT_EQ(describe(parse(head + line(head.size() + 1) + "a\r\n0\r\n\r\n", limits)), "431");
}

TEST(request_limits, trailers_together) {
  const std::string head = "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n";
  const http_limits limits{.header_octets = head.size()};
  const auto trailers = [&](std::size_t size) {
    return "0\r\nA: b\r\nX: " + std::string(size - 13, 'x') + "\r\n\r\n";
  };
  EXPECT_EQ(describe(parse(head + trailers(head.size()), limits)), "POST / []");
  EXPECT_EQ(describe(parse(head + trailers(head.size() + 1), limits)), "431");
}

TEST(request_parser, takes_pipelined_requests_in_order) {
  http_request_parser parser({});
  EXPECT_TRUE(parser.idle());
  parser.feed("GET /1 HTTP/1.1\r\n" + host + "\r\nPOST /2 HTTP/1.1\r\n" + host +
              "Content-Length: 1\r\n\r\nxGET /3 HT");
  EXPECT_FALSE(parser.idle());
  EXPECT_EQ(describe(parser.next()), "GET /1 []");
  EXPECT_FALSE(parser.idle());
  EXPECT_EQ(describe(parser.next()), "POST /2 [x]");
  EXPECT_EQ(describe(parser.next()), "need more");
  EXPECT_FALSE(parser.idle());
  parser.feed("TP/1.1\r\n" + host + "\r\n");
  EXPECT_EQ(describe(parser.next()), "GET /3 []");
  EXPECT_TRUE(parser.idle());
  EXPECT_EQ(describe(parser.next()), "need more");
}

TEST(request_parser, is_not_idle_between_head_and_body) {
  http_request_parser parser({});
  parser.feed("POST / HTTP/1.1\r\n" + host + "Content-Length: 1\r\n\r\n");
  EXPECT_EQ(describe(parser.next()), "need more");
  EXPECT_FALSE(parser.idle());
}

TEST(request_parser, says_once_that_it_expects_continue) {
  http_request_parser parser({});
  parser.feed("POST / HTTP/1.1\r\n" + host + "Content-Length: 1\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(describe(parser.next()), "expects continue");
  EXPECT_EQ(describe(parser.next()), "need more");
  parser.feed("x");
  EXPECT_EQ(describe(parser.next()), "POST / [x]");
}

TEST(request_parser, does_not_recover_from_a_flaw) {
  http_request_parser parser({});
  parser.feed("nonsense\r\n\r\nGET / HTTP/1.1\r\n" + host + "\r\n");
  EXPECT_EQ(describe(parser.next()), "400");
  parser.feed("GET / HTTP/1.1\r\n" + host + "\r\n");
  EXPECT_EQ(describe(parser.next()), "400");
}

TEST(request_parser, keeps_fields_in_order_as_written) {
  const auto seen = parse("GET / HTTP/1.1\r\nB: 1\r\nHost: x\r\na:  2 3 \r\nb: 4\r\n\r\n");
  const auto& fields = std::get<http_request>(seen).fields;
  const decltype(fields.list) expected = {{"B", "1"}, {"Host", "x"}, {"a", "2 3"}, {"b", "4"}};
  EXPECT_EQ(fields.list, expected);
}

}  // namespace
}  // namespace staplelab::runtime
