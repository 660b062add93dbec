#include <gtest/gtest.h>

#include "runtime/http.hpp"

namespace staplelab::runtime {
namespace {

TEST(http_fields, find_takes_the_first_in_any_case) {
  const http_fields fields{{{"A", "1"}, {"b", "2"}, {"B", "3"}}};
  EXPECT_EQ(fields.find("B"), "2");
  EXPECT_EQ(fields.find("a"), "1");
  EXPECT_EQ(fields.find("c"), std::nullopt);
  EXPECT_EQ(fields.find(""), std::nullopt);
}

TEST(http_fields, set_leaves_one) {
  http_fields fields{{{"A", "1"}, {"b", "2"}, {"B", "3"}}};
  fields.set("B", "4");
  fields.set("C", "5");
  const decltype(fields.list) expected = {{"A", "1"}, {"b", "4"}, {"C", "5"}};
  EXPECT_EQ(fields.list, expected);
}

TEST(serialise_request, get) {
  http_request request{.method = "GET", .target = "//a+b=%2F"};
  request.fields.set("Host", "x");
  EXPECT_EQ(serialise(request), "GET //a+b=%2F HTTP/1.1\r\nHost: x\r\n\r\n");
  request.keep_alive = false;
  EXPECT_EQ(serialise(request), "GET //a+b=%2F HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
}

TEST(serialise_request, post) {
  const http_request empty{.method = "POST", .target = "/"};
  EXPECT_EQ(serialise(empty), "POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n");
  const http_request full{.method = "POST", .target = "/", .body = "abc"};
  EXPECT_EQ(serialise(full), "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc");
}

TEST(serialise_request, http_1_0) {
  http_request request{.method = "GET", .target = "/", .version = 10};
  EXPECT_EQ(serialise(request), "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  request.keep_alive = false;
  EXPECT_EQ(serialise(request), "GET / HTTP/1.0\r\n\r\n");
}

TEST(serialise_request, writes_the_framing_itself) {
  http_request request{.method = "POST", .target = "/", .body = "abc"};
  request.fields.list = {{"content-length", "99"},
                         {"Transfer-Encoding", "chunked"},
                         {"CONNECTION", "upgrade"},
                         {"X", "y"}};
  EXPECT_EQ(serialise(request), "POST / HTTP/1.1\r\nX: y\r\nContent-Length: 3\r\n\r\nabc");
}

TEST(serialise_response, with_and_without_its_body) {
  http_response response{.status = 404, .body = "abc"};
  response.fields.set("X", "y");
  const std::string head = "HTTP/1.1 404 Not Found\r\nX: y\r\nContent-Length: 3\r\n\r\n";
  EXPECT_EQ(serialise(response), head + "abc");
  EXPECT_EQ(serialise(response, true), head);
}

TEST(serialise_response, connection) {
  http_response response{.status = 200, .keep_alive = false};
  EXPECT_EQ(serialise(response),
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  response.version = 10;
  EXPECT_EQ(serialise(response), "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n");
  response.keep_alive = true;
  EXPECT_EQ(serialise(response),
            "HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n");
}

TEST(serialise_response, no_length_where_there_is_no_body) {
  EXPECT_EQ(serialise(http_response{.status = 204, .body = "x"}),
            "HTTP/1.1 204 No Content\r\n\r\n");
  EXPECT_EQ(serialise(http_response{.status = 304}), "HTTP/1.1 304 Not Modified\r\n\r\n");
  EXPECT_EQ(serialise(http_response{.status = 777}), "HTTP/1.1 777 \r\nContent-Length: 0\r\n\r\n");
}

TEST(serialise_response, is_read_back) {
  http_response response{.status = 503, .body = std::string("\0\r\n", 3)};
  response.fields.list = {{"Content-Type", "application/ocsp-response"}, {"Retry-After", "5"}};
  http_response_parser parser({}, false);
  parser.feed(serialise(response));
  auto seen = parser.next();
  ASSERT_TRUE(std::holds_alternative<http_response>(seen));
  const auto& read = std::get<http_response>(seen);
  EXPECT_EQ(read.status, 503);
  EXPECT_EQ(read.body, response.body);
  EXPECT_EQ(read.fields.find("Retry-After"), "5");
}

TEST(http_flaws, have_a_status) {
  EXPECT_EQ(status_of(http_flaw::malformed), 400);
  EXPECT_EQ(status_of(http_flaw::body_too_large), 413);
  EXPECT_EQ(status_of(http_flaw::header_too_large), 431);
  EXPECT_EQ(status_of(http_flaw::version_not_supported), 505);
}

struct url_row {
  const char* text;
  const char* host;
  std::uint16_t port;
  const char* path;
  const char* host_field;
};

class urls : public testing::TestWithParam<url_row> {};

TEST_P(urls, are_taken_apart) {
  const auto url = http_url::parse(GetParam().text);
  ASSERT_TRUE(url) << GetParam().text;
  EXPECT_EQ(url->host, GetParam().host);
  EXPECT_EQ(url->port, GetParam().port);
  EXPECT_EQ(url->path, GetParam().path);
  EXPECT_EQ(url->host_field(), GetParam().host_field);
}

INSTANTIATE_TEST_SUITE_P(
    table, urls,
    testing::Values(url_row{"http://a", "a", 80, "", "a"}, url_row{"http://a/", "a", 80, "/", "a"},
                    url_row{"HTTP://a.Example:8080/x//y%2F", "a.Example", 8080, "/x//y%2F",
                            "a.Example:8080"},
                    url_row{"http://a:80/", "a", 80, "/", "a"},
                    url_row{"http://a:65535", "a", 65535, "", "a:65535"},
                    url_row{"http://a:", "a", 80, "", "a"},
                    url_row{"http://a?q", "a", 80, "?q", "a"},
                    url_row{"http://a/x?q=/#frag", "a", 80, "/x?q=/", "a"},
                    url_row{"http://127.0.0.1:1/", "127.0.0.1", 1, "/", "127.0.0.1:1"},
                    url_row{"http://[::1]", "::1", 80, "", "[::1]"},
                    url_row{"http://[::1]:81/x", "::1", 81, "/x", "[::1]:81"}));

TEST(urls, that_are_refused) {
  for (const std::string_view text : {"",
                                      "a",
                                      "http:",
                                      "http://",
                                      "http:///x",
                                      "https://a/",
                                      "ldap://a",
                                      "//a/",
                                      "http://a:0/",
                                      "http://a:65536",
                                      "http://a:x",
                                      "http://a:-1",
                                      "http://a:1:2",
                                      "http://user@a/",
                                      "http://a b/",
                                      "http://a/x y",
                                      "http://a/\r\nX: y",
                                      "http://a/\x7f",
                                      "http://\xc3\xa9/",
                                      "http://[::1",
                                      "http://[]",
                                      "http://[::1]x",
                                      "http://::1/",
                                      "http://a]/",
                                      " http://a"}) {
    EXPECT_FALSE(http_url::parse(text)) << text;
  }
}

TEST(http_date, is_an_imf_fixdate) {
  EXPECT_EQ(http_date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");  // RFC 9110 5.6.7
  EXPECT_EQ(http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(http_date(-1), "Wed, 31 Dec 1969 23:59:59 GMT");
  EXPECT_EQ(http_date(1709164800), "Thu, 29 Feb 2024 00:00:00 GMT");
  EXPECT_EQ(http_date(INT64_MAX), "Fri, 31 Dec 9999 23:59:59 GMT");
  EXPECT_EQ(http_date(INT64_MIN), "Sat, 01 Jan 0000 00:00:00 GMT");
}

}  // namespace
}  // namespace staplelab::runtime
