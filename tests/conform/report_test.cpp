// An examination as JSON, JUnit XML and text.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "conform/report.hpp"
#include "world.hpp"

namespace staplelab::conform::test {
namespace {

using testing::HasSubstr;

class Report : public testing::Test {
 protected:
  Report() {
    our_responder ours(w_, profile::rfc9919, false);
    auto lie = rule("no_next_update");
    EXPECT_TRUE(ours.server.add_fault(lie));
    done_ = w_.examine(target_of(profile::rfc9919), ours.server.local_endpoint());
  }
  world w_;
  std::optional<examination> done_;
};

TEST_F(Report, JsonHasTheKeysOfTheContract) {
  for (const auto how : {detail::summary, detail::hex, detail::decoded}) {
    const auto json = nlohmann::json::parse(json_report(*done_, "http://x/", how));
    EXPECT_EQ(json.at("url"), "http://x/");
    EXPECT_EQ(json.at("profile"), "rfc9919");
    EXPECT_TRUE(json.at("duration_ms").is_number_integer());
    std::size_t passed = 0, failed = 0;
    for (const auto& each : json.at("checks")) {
      for (const auto* key : {"id", "level", "verdict", "clause", "sent", "received", "why"})
        EXPECT_TRUE(each.at(key).is_string());
      passed += each.at("verdict") == "pass";
      failed += each.at("verdict") == "fail" && each.at("level") == "must";
      if (each.at("id") != "R42") continue;
      EXPECT_EQ(each.at("level"), "must");
      EXPECT_EQ(each.at("verdict"), "fail");
      EXPECT_FALSE(each.at("sent").get<std::string>().empty());
      EXPECT_FALSE(each.at("received").get<std::string>().empty());
    }
    EXPECT_EQ(json.at("totals").at("passed"), passed);
    EXPECT_EQ(json.at("totals").at("must_failed"), failed);
    EXPECT_GE(failed, 1u);
  }
}

TEST_F(Report, JUnitCountsMustsOnly) {
  const std::string xml = junit_report(*done_, "http://x/?a&b");
  EXPECT_THAT(xml, HasSubstr("http://x/?a&amp;b"));
  EXPECT_THAT(xml, HasSubstr("failures=\"" + std::to_string(count(*done_).must_failed) + "\""));
  EXPECT_THAT(xml, HasSubstr("<failure type=\"must\" message=\"nextUpdate is missing"));
}

TEST_F(Report, TextHasALineForEachCheckAndNoEscapesUnlessAsked) {
  const std::string text = text_report(*done_, "http://x/", detail::decoded, {});
  for (const checked& each : done_->checks)
    EXPECT_THAT(text, HasSubstr(" " + each.what->id() + " "));
  EXPECT_THAT(text, HasSubstr("FAIL   R42"));
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  const report_style rich{.colour = true, .unicode = true};
  EXPECT_THAT(text_report(*done_, "http://x/", detail::hex, rich), HasSubstr("\x1b[31m"));
}

}  // namespace
}  // namespace staplelab::conform::test
