// Events as the lines that people read.
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <utility>

#include "told.hpp"

namespace staplelab::scenarios {
namespace {

using namespace test;

struct line_case {
  std::string name;
  happening what;
  std::string line;
};

void PrintTo(const line_case& what, std::ostream* out) {
  *out << what.name;
}

class Line : public testing::TestWithParam<line_case> {};

TEST_P(Line, IsReadable) {
  const event e{start + 24h * 3 + 12h, GetParam().what, "server"};
  EXPECT_EQ(to_line(e, start), "+3d12h00m00s      " + GetParam().line);
}

responder::event answered(std::string target, std::string fault) {
  responder::request_answered request;
  request.method = "GET";
  request.target = std::move(target);
  request.http_status = 200;
  request.status = pki::response_status::successful;
  request.said = {{pki::serial_number(), pki::revoked_status{start, std::nullopt}}};
  request.next_update = start + 24h * 7;
  request.fault = std::move(fault);
  return request;
}

responder::event not_answered(std::optional<int> status) {
  responder::request_answered request;
  request.method = "POST";
  request.target = "/ocsp";
  request.http_status = status;
  request.fault = "x";
  return request;
}

handshake_done handshake(probe_verdict verdict, std::optional<int> alert) {
  return {{verdict, alert, {}, {}, "server", 12.5}, "a.example", false, ""};
}

INSTANTIATE_TEST_SUITE_P(
    Lines, Line,
    testing::Values(
        line_case{"revoked", ca_act{ca_act::kind::revoked, "keyCompromise"},
                  "ca         server: revoked, keyCompromise"},
        line_case{"fault", fault_changed{"hang", true}, "fault      server: hang"},
        line_case{"cleared", fault_changed{"hang", false}, "fault      server: hang cleared"},
        line_case{"handshake_failed", handshake(probe_verdict::handshake_failed, 80),
                  "handshake  server: handshake_failed (internal_error), for a.example, asked for "
                  "no staple"},
        line_case{"request_in_the_path", answered("/x/" + std::string(80, 'M') + "/a", ""),
                  "answer     server: GET /x/... -> revoked, until +7d00h00m00s"},
        line_case{"path_without_request", answered("/x/y", "delay"),
                  "answer     server: GET /x/y -> revoked, until +7d00h00m00s (fault delay)"},
        line_case{"http_error", not_answered(503),
                  "answer     server: POST /ocsp -> HTTP 503 (fault x)"},
        line_case{"silence", not_answered(std::nullopt),
                  "answer     server: POST /ocsp -> nothing (fault x)"},
        line_case{"shut_down",
                  stapler::event(stapler::endpoint_shut_down{"", stapler::end_reason::revoked, 3}),
                  "endpoint   server: shuts down: revoked, exit code 3"},
        line_case{"store", store_changed{"corrupt", false},
                  "store      server: corrupt: nothing is stored"},
        line_case{"moved", clock_moved{start}, "clock      server: moved by 3d12h"},
        line_case{"skewed", clock_skewed{party::client, -10min},
                  "clock      server: of the client is off by -10m"}),
    [](const auto& given) { return given.param.name; });

TEST(Transcript, CountsEqualLinesAndShowsWhatWasExpected) {
  auto what = plain_scenario();
  case_result result;
  result.what = expand(what).front();
  const handshake_done good{{probe_verdict::good, {}, {}, {}, "server", 1}, "", true, "TLSv1.3"};
  auto slower = good;
  slower.found.latency_ms = 99;  // real time is not told
  result.events = {{start, good, "server"},
                   {start, slower, "server"},
                   {start + 1h, note_made{"an hour"}},
                   {start + 1h, good, "server"}};
  step_result first, second;
  first.expected = first.observed = "good";
  first.at = first.ended = start;
  second.at = second.ended = start + 1h;
  second.expected = "none";
  second.observed = "good";
  second.verdict = case_verdict::fail;
  second.first_event = 2;
  result.steps = {first, second};
  EXPECT_EQ(transcript(result),
            "+0d00h00m00s      handshake  server: good, TLSv1.3  x2\n"
            "+0d00h00m00s      expect     good: held\n"
            "+0d01h00m00s      note       an hour\n"
            "+0d01h00m00s      handshake  server: good, TLSv1.3\n"
            "+0d01h00m00s      expect     none: NOT HELD, seen good\n");
}

TEST(Transcript, SaysWhyAnExpectationWasNotJudged) {
  auto what = plain_scenario();
  case_result result;
  result.what = expand(what).front();
  step_result only;
  only.at = only.ended = start;
  only.expected = "good";
  only.observed = "it asks once an hour";
  only.verdict = case_verdict::skip;
  result.steps = {only};
  EXPECT_EQ(transcript(result),
            "+0d00h00m00s      expect     good: not judged, it asks once an hour\n");
}

}  // namespace
}  // namespace staplelab::scenarios
