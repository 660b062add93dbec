#include "responder/fault_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pki/time.hpp"

namespace staplelab::responder {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

const pki::time_point noon = *pki::parse_rfc3339("2026-03-01T12:00:00Z");

pki::serial_number serial(const char* hex) {
  return *pki::serial_number::from_hex(hex);
}

fault_rule rule(std::string name, fault what = transport_fault{hang{}}) {
  fault_rule result;
  result.name = std::move(name);
  result.what = std::move(what);
  return result;
}

const fault refusal = transport_fault{refuse_connections{}};
const request_facts a_get{{serial("0a")}, "GET", "/MEow"};

class FaultPlan : public testing::Test {
 protected:
  std::string drawn(const request_facts& request = a_get, pki::time_point now = noon) {
    const auto found = plan_.draw(request, now, engine_);
    return found ? found->rule : "none";
  }
  fault_plan plan_;
  std::mt19937_64 engine_{1};
};

TEST_F(FaultPlan, AnEmptyPlanDrawsNothing) {
  EXPECT_EQ(drawn(), "none");
}

TEST_F(FaultPlan, TheFirstRuleAddedWins) {
  plan_.add(rule("first"));
  plan_.add(rule("second"));
  EXPECT_EQ(drawn(), "first");
  EXPECT_TRUE(plan_.clear("first"));
  EXPECT_EQ(drawn(), "second");
  EXPECT_FALSE(plan_.clear("first"));
}

TEST_F(FaultPlan, CountsOnlyWhatItDrew) {
  auto twice = rule("twice");
  twice.count = 2;
  twice.match.method = "POST";
  plan_.add(twice);
  request_facts post = a_get;
  post.method = "POST";
  EXPECT_EQ(drawn(), "none");
  EXPECT_EQ(drawn(post), "twice");
  EXPECT_EQ(drawn(), "none");
  EXPECT_EQ(plan_.rules().front().count, 1u);
  EXPECT_EQ(drawn(post), "twice");
  EXPECT_EQ(drawn(post), "none");
}

TEST_F(FaultPlan, ARuleUsedUpMakesRoomForItsName) {
  auto once = rule("once");
  once.count = 1;
  plan_.add(once);
  EXPECT_FALSE(plan_.add(once));
  drawn();
  ASSERT_TRUE(plan_.add(once));
  EXPECT_EQ(plan_.rules().size(), 1u);
  EXPECT_EQ(drawn(), "once");
}

TEST_F(FaultPlan, AWindowIncludesItsBeginningAndNotItsEnd) {
  auto hour = rule("hour");
  hour.window = {noon, noon + 1h};
  plan_.add(hour);
  EXPECT_EQ(drawn(a_get, noon - 1ms), "none");
  EXPECT_EQ(drawn(a_get, noon), "hour");
  EXPECT_EQ(drawn(a_get, noon + 1h - 1ms), "hour");
  EXPECT_EQ(drawn(a_get, noon + 1h), "none");
}

TEST_F(FaultPlan, MatchesSerialMethodAndTheUnchangedPath) {
  auto by_serial = rule("serial");
  by_serial.match.serial = serial("0b");
  plan_.add(by_serial);
  auto by_path = rule("double slash");
  by_path.match.path_prefix = "//";
  plan_.add(by_path);
  EXPECT_EQ(drawn(), "none");
  EXPECT_EQ(drawn({{serial("0a"), serial("0b")}, "GET", "/MEow"}), "serial");
  EXPECT_EQ(drawn({{serial("0a")}, "GET", "//MEow"}), "double slash");
}

TEST_F(FaultPlan, AProbabilityIsSeededAndAboutRight) {
  auto sometimes = rule("sometimes");
  sometimes.probability = 0.8;
  plan_.add(sometimes);
  std::string first;
  for (int i = 0; i < 1000; ++i)
    first += drawn() == "none" ? '.' : 'x';
  const auto hits = std::count(first.begin(), first.end(), 'x');
  EXPECT_GT(hits, 740);
  EXPECT_LT(hits, 860);

  engine_.seed(1);
  std::string second;
  for (int i = 0; i < 1000; ++i)
    second += drawn() == "none" ? '.' : 'x';
  EXPECT_EQ(first, second);
}

TEST_F(FaultPlan, CertaintyDrawsNoNumber) {
  plan_.add(rule("always"));
  drawn();
  EXPECT_EQ(engine_, std::mt19937_64{1});
}

TEST_F(FaultPlan, NamesItselfWhenNobodyDoes) {
  EXPECT_EQ(*plan_.add(rule("")), "hang");
  const auto second = *plan_.add(rule(""));
  EXPECT_NE(second, "hang");
  EXPECT_TRUE(plan_.clear(second));
  EXPECT_EQ(drawn(), "hang");
}

TEST_F(FaultPlan, RefusesRulesThatMakeNoSense) {
  plan_.add(rule("taken"));
  const auto key_of = [&](const fault_rule& bad) {
    const auto added = plan_.add(bad);
    return added ? std::string("accepted") : added.error().key;
  };
  EXPECT_EQ(key_of(rule("taken")), "name");
  auto bad = rule("a");
  bad.count = 0;
  EXPECT_EQ(key_of(bad), "count");
  for (const double probability : {0.0, -0.5, 1.01, std::numeric_limits<double>::quiet_NaN()}) {
    bad = rule("a");
    bad.probability = probability;
    EXPECT_EQ(key_of(bad), "probability") << probability;
  }
  bad = rule("a");
  bad.window = {noon, noon};
  EXPECT_EQ(key_of(bad), "window");
  bad = rule("a", refusal);
  bad.count = 1;
  EXPECT_EQ(key_of(bad), "count");
  bad = rule("a", refusal);
  bad.probability = 0.5;
  EXPECT_EQ(key_of(bad), "probability");
  bad = rule("a", refusal);
  bad.match.method = "GET";
  EXPECT_EQ(key_of(bad), "match");
  EXPECT_EQ(plan_.rules().size(), 1u);
}

TEST_F(FaultPlan, RefusingConnectionsIsNeverDrawnAndFollowsItsWindows) {
  auto morning = rule("morning", refusal);
  morning.window = {noon - 2h, noon};
  auto later = rule("later", refusal);
  later.window = {noon - 1h, noon + 1h};
  plan_.add(morning);
  plan_.add(later);
  plan_.add(rule("other"));
  EXPECT_EQ(drawn(a_get, noon - 1h), "other");

  EXPECT_FALSE(plan_.refuses_connections(noon - 3h));
  std::vector<pki::time_point> changes;
  auto t = noon - 3h;
  while (const auto next = plan_.next_refusal_change(t))
    changes.push_back(t = *next);
  EXPECT_THAT(changes, ElementsAre(noon - 2h, noon - 1h, noon, noon + 1h));
  EXPECT_TRUE(plan_.refuses_connections(noon));
  EXPECT_FALSE(plan_.refuses_connections(noon + 1h));
}

}  // namespace
}  // namespace staplelab::responder
