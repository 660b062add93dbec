#include "scenarios/report_html.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "pki/ocsp_message.hpp"
#include "tests/scenarios/report_sample.hpp"

namespace staplelab::scenarios {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

constexpr std::string_view page = "<html><script>@STREAM@</script></html>";

std::vector<json> messages_of(const std::string& stream) {
  std::vector<json> messages;
  std::istringstream lines(stream);
  for (std::string line; std::getline(lines, line);)
    messages.push_back(json::parse(line));
  return messages;
}

std::vector<json> messages_of(const run_result& run) {
  return messages_of(message_stream(run, "0.1.0"));
}

std::vector<std::string> kinds_of(const std::vector<json>& messages) {
  std::vector<std::string> kinds;
  for (const json& message : messages)
    kinds.push_back(message["m"]);
  return kinds;
}

// The events of a case that saw just these.
json told(std::vector<event> events) {
  sample_run sample;
  auto& result = sample.add_case(sample.add_scenario("a/b"), stapler::mode::must, true, "resilient",
                                 case_verdict::pass);
  result.events = std::move(events);
  return messages_of(sample.run)[3];
}

event at_hour(int hour, happening what, std::string certificate = {}) {
  return {sample_start + std::chrono::hours(hour), std::move(what), std::move(certificate)};
}

TEST(message_stream, tells_a_scenario_once_and_each_case_from_beginning_to_end) {
  const auto messages = messages_of(four_verdicts().run);
  EXPECT_THAT(kinds_of(messages), ElementsAre("run", "scenario", "case", "detail", "verdict",
                                              "case", "detail", "verdict", "case", "detail",
                                              "verdict", "case", "detail", "verdict", "end"));
  EXPECT_EQ(messages[1]["start"], "2026-03-01T00:00:00Z");
  EXPECT_EQ(messages[2]["id"], "revocation/turns-revoked::auto::must-staple::builtin:resilient");
  EXPECT_EQ(messages[2]["class"], "staple");
  EXPECT_EQ(messages[7]["verdict"], "fail");
  EXPECT_THAT(messages[7]["reason"].get<std::string>(), HasSubstr("expected good, seen none"));
  EXPECT_FALSE(messages[4].contains("reason"));
}

TEST(message_stream, tells_a_step_with_what_was_missing) {
  const auto step = messages_of(four_verdicts().run)[6]["steps"][1];
  EXPECT_EQ(step["at"], 3 * 86'400'000);
  EXPECT_EQ(step["line"], 41);
  EXPECT_EQ(step["first"], 6);
  EXPECT_EQ(step["verdict"], "fail");
  EXPECT_EQ(step["missing"][0]["why"], "clients that must see a staple turn away");
}

TEST(message_stream, tells_each_der_once_however_many_events_carry_it) {
  const auto der = pki::build_ocsp_error(pki::response_status::try_later);
  responder::request_answered answered;
  answered.method = "GET";
  answered.http_status = 200;
  answered.status = pki::response_status::try_later;
  answered.der = der;
  const handshake_done seen{
      {probe_verdict::error_status, {}, {}, {}, "server", 1.6}, "", true, "TLSv1.3", der};
  const auto detail = told({at_hour(1, responder::event(answered)), at_hour(2, seen, "server"),
                            at_hour(3, note_made{"later"})});
  EXPECT_THAT(detail["octets"], ElementsAre("MAMKAQM="));
  const auto& events = detail["events"];
  EXPECT_EQ(events[0]["e"], "answer");
  EXPECT_EQ(events[0]["v"], "try_later");
  EXPECT_EQ(events[0]["der"], 0);
  EXPECT_EQ(events[1]["e"], "handshake");
  EXPECT_EQ(events[1]["der"], 0);
  EXPECT_EQ(events[1]["ms"], 2);
  EXPECT_EQ(events[1]["c"], "server");
  EXPECT_EQ(events[1]["x"], "server: error_status, TLSv1.3");
  EXPECT_EQ(events[2]["t"], 3 * 3'600'000);
  EXPECT_FALSE(events[2].contains("der"));
}

TEST(message_stream, leaves_out_octets_that_nobody_would_read) {
  handshake_done seen{{probe_verdict::malformed, {}, {}, {}, {}, 0}, "", true, "", {}};
  seen.staple.assign(4096, 0x30);
  EXPECT_EQ(told({at_hour(1, seen)})["octets"].size(), 1);
  seen.staple.push_back(0x30);
  EXPECT_EQ(told({at_hour(1, seen)})["octets"].size(), 0);
}

TEST(message_stream, tells_how_long_a_fault_stands) {
  fault_changed set{"hang, for 1h", true, "hang"};
  set.until = sample_start + 2h;
  const auto events = told({at_hour(1, set), at_hour(3, fault_changed{"hang", false, "hang"})});
  EXPECT_EQ(events["events"][0]["until"], 2 * 3'600'000);
  EXPECT_EQ(events["events"][0]["id"], events["events"][1]["id"]);
  EXPECT_EQ(events["events"][1]["set"], false);
}

TEST(message_stream, of_nothing_has_a_beginning_and_an_end) {
  EXPECT_THAT(kinds_of(messages_of(sample_run().run)), ElementsAre("run", "end"));
}

TEST(html_report, carries_the_stream_so_that_gzip_reads_it) {
  const auto sample = four_verdicts();
  const auto report = html_report(sample.run, "0.1.0", page);
  const std::string before = "<html><script>", after = "</script></html>";
  ASSERT_TRUE(report.starts_with(before) && report.ends_with(after));
  const sample_file packed(
      report.substr(before.size(), report.size() - before.size() - after.size()));
  const auto opened = shell("base64 -d " + packed.path() + " | gzip -dc");
  EXPECT_EQ(opened.exit_code, 0);
  EXPECT_EQ(opened.output, message_stream(sample.run, "0.1.0"));
}

TEST(html_report, lets_no_text_be_taken_for_markup) {
  sample_run sample;
  sample.add_failure(sample.add_scenario(nasty + "</script><script>"), nasty);
  const auto report = html_report(sample.run, "0.1.0", page);
  EXPECT_EQ(std::ranges::count(report, '<'), 4);  // those of the page
  EXPECT_EQ(messages_of(sample.run).size(), 6);   // each of them on a line of its own
}

}  // namespace
}  // namespace staplelab::scenarios
