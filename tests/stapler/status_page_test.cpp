#include "stapler/status_page.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>

namespace staplelab::stapler {
namespace {

using namespace std::chrono_literals;

constexpr time_point noon{std::chrono::sys_days(std::chrono::year(2026) / 3 / 1) + 12h};

endpoint_state some_state() {
  pki::ocsp_judgement judgement{};
  judgement.verdict = pki::ocsp_verdict::revoked;
  judgement.this_update = noon;
  judgement.next_update = noon + 1h;
  certificate_state held{"CN=<site>", staple_class::staple,
                         staple{std::make_shared<const pki::bytes>(), judgement}, noon + 30min, ""};
  certificate_state bare{"CN=\xff", staple_class::enforce, {}, {}, "connection refused"};
  return {mode::must, profile::nats, {held, bare}};
}

runtime::http_response get(const std::string& target, const std::string& accept = {},
                           const std::string& method = "GET") {
  runtime::http_request request;
  request.method = method;
  request.target = target;
  if (!accept.empty()) request.fields.set("Accept", accept);
  return status_page(request, some_state(), noon);
}

TEST(status_page, tells_all_in_json) {
  const auto response = get("/status");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.fields.find("Content-Type"), "application/json");
  const auto page = nlohmann::json::parse(response.body);
  EXPECT_EQ(page["mode"], "must");
  EXPECT_EQ(page["profile"], "nats");
  const auto& held = page["certificates"][0];
  EXPECT_EQ(held["subject"], "CN=<site>");
  EXPECT_EQ(held["class"], "staple");
  EXPECT_EQ(held["staple"], "revoked");
  EXPECT_EQ(held["this_update"], "2026-03-01T12:00:00Z");
  EXPECT_EQ(held["next_update"], "2026-03-01T13:00:00Z");
  EXPECT_EQ(held["next_fetch"], "2026-03-01T12:30:00Z");
  EXPECT_TRUE(held["last_failure"].is_null());
  const auto& bare = page["certificates"][1];
  EXPECT_TRUE(bare["staple"].is_null());
  EXPECT_TRUE(bare["next_fetch"].is_null());
  EXPECT_EQ(bare["last_failure"], "connection refused");
}

TEST(status_page, json_for_who_accepts_it) {
  EXPECT_EQ(get("/", "application/json").fields.find("Content-Type"), "application/json");
  EXPECT_EQ(get("/", "text/html").fields.find("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(get("/").fields.find("Content-Type"), "text/html; charset=utf-8");
}

TEST(status_page, names_are_escaped_for_people) {
  const auto page = get("/").body;
  EXPECT_NE(page.find("CN=&lt;site&gt;"), std::string::npos);
  EXPECT_EQ(page.find("<site>"), std::string::npos);
}

TEST(status_page, refuses_other_methods_and_paths) {
  const auto posted = get("/", {}, "POST");
  EXPECT_EQ(posted.status, 405);
  EXPECT_EQ(posted.fields.find("Allow"), "GET, HEAD");
  EXPECT_EQ(get("/elsewhere").status, 404);
  EXPECT_EQ(get("/status?x=1").status, 200);
  EXPECT_EQ(get("/", {}, "HEAD").status, 200);
}

}  // namespace
}  // namespace staplelab::stapler
