#include "responder/transport_lie.hpp"

#include <gtest/gtest.h>

namespace staplelab::responder {
namespace {

using namespace std::chrono_literals;
using runtime::http_response;

http_response planned() {
  http_response response;
  response.fields.set("Content-Type", "application/ocsp-response");
  response.fields.set("Date", "Sun, 01 Mar 2026 00:00:00 GMT");
  response.body = "0123456789";
  return response;
}

sending lie(const transport_fault& what, std::uint64_t seed = 7) {
  return disturbed(what, planned(), false, seed);
}

const http_response& response_in(const sending& what) {
  return std::get<http_response>(std::get<runtime::http_action>(what.then));
}

template <class Action>
bool is(const sending& what) {
  const auto* action = std::get_if<runtime::http_action>(&what.then);
  return action && std::holds_alternative<Action>(*action);
}

TEST(TransportLie, HttpStatusComesWithATextInsteadOfTheAnswer) {
  const auto what = lie(http_status{503});
  EXPECT_EQ(what.http_status, 503);
  EXPECT_EQ(response_in(what).fields.find("Content-Type"), "text/html");
  EXPECT_EQ(response_in(what).body.find("0123456789"), std::string::npos);
  EXPECT_FALSE(response_in(what).body.empty());
  EXPECT_EQ(response_in(lie(http_status{204})).body, "");
}

TEST(TransportLie, SilenceCloseAndResetShowNoStatus) {
  EXPECT_TRUE(is<runtime::keep_silent>(lie(hang{})));
  EXPECT_TRUE(is<runtime::close_connection>(lie(close_silently{})));
  EXPECT_TRUE(is<runtime::reset_connection>(lie(reset{})));
  for (const auto& what : {lie(hang{}), lie(close_silently{}), lie(reset{})}) {
    EXPECT_EQ(what.http_status, std::nullopt);
    EXPECT_EQ(what.body_octets, 0u);
  }
}

TEST(TransportLie, DelayKeepsTheAnswer) {
  const auto what = lie(delay{10s});
  EXPECT_EQ(what.wait, 10s);
  EXPECT_EQ(response_in(what).body, "0123456789");
}

TEST(TransportLie, ATruncatedBodyAnnouncesTheWholeLength) {
  for (const auto& [octets, kept] :
       {std::pair<std::optional<std::size_t>, std::size_t>{{}, 5}, {0u, 0}, {9u, 9}, {99u, 10}}) {
    const auto what = lie(truncated_body{octets});
    ASSERT_TRUE(is<runtime::raw_octets>(what));
    const auto& raw =
        std::get<runtime::raw_octets>(std::get<runtime::http_action>(what.then)).octets;
    EXPECT_NE(raw.find("Content-Length: 10\r\n"), std::string::npos) << raw;
    EXPECT_TRUE(raw.ends_with("\r\n\r\n" + planned().body.substr(0, kept))) << raw;
    EXPECT_EQ(what.body_octets, kept);
  }
}

TEST(TransportLie, BodiesThatAreNotTheAnswer) {
  EXPECT_EQ(response_in(lie(short_body{})).body, "0");
  EXPECT_EQ(response_in(lie(short_body{0})).body, "");
  EXPECT_EQ(response_in(lie(short_body{50})).body, "0123456789");
  EXPECT_EQ(response_in(lie(empty_body{})).body, "");
  EXPECT_EQ(response_in(lie(oversized_body{20})).body, "0123456789" + std::string(10, '\0'));
  EXPECT_EQ(response_in(lie(oversized_body{5})).body, "0123456789");
  EXPECT_EQ(response_in(lie(wrong_content_type{"text/plain"})).fields.find("Content-Type"),
            "text/plain");
}

TEST(TransportLie, GarbageIsSeeded) {
  const auto body = [](std::uint64_t seed) {
    return response_in(lie(garbage_body{100}, seed)).body;
  };
  EXPECT_EQ(body(1).size(), 100u);
  EXPECT_EQ(body(1), body(1));
  EXPECT_NE(body(1), body(2));
}

TEST(TransportLie, ASlowBodyKeepsItsHeadWhole) {
  const auto what = lie(slow_body{3, 2s});
  const auto& drops = std::get<dripping_octets>(what.then);
  EXPECT_TRUE(drops.head.ends_with("\r\n\r\n"));
  EXPECT_NE(drops.head.find("Content-Length: 10\r\n"), std::string::npos);
  EXPECT_EQ(drops.body, "0123456789");
  EXPECT_EQ(drops.piece, 3u);
  EXPECT_EQ(drops.every, 2s);
}

TEST(TransportLie, AHeadRequestNeverGetsABody) {
  for (const transport_fault& fault :
       {transport_fault{truncated_body{}}, transport_fault{garbage_body{}},
        transport_fault{oversized_body{}}, transport_fault{slow_body{}},
        transport_fault{http_status{500}}}) {
    EXPECT_EQ(disturbed(fault, planned(), true, 7).body_octets, 0u) << to_string(fault);
  }
}

}  // namespace
}  // namespace staplelab::responder
