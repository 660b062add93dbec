// What a step may look at, computed from events without a world.
#include "scenarios/event_view.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "lab.hpp"

namespace staplelab::scenarios {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::IsEmpty;

class view {
 public:
  view& at(duration since) {
    now_ = start + since;
    return *this;
  }
  view& then(happening what) {
    seen_by_.take({now_, std::move(what)});
    return *this;
  }
  view& endpoint(stapler::event what) { return then(std::move(what)); }
  view& fetch_begins() { return endpoint(stapler::fetch_started{}); }
  view& fetch_ends() { return endpoint(stapler::fetch_ended{}); }
  view& arrives(std::string method) {
    responder::request_answered request;
    request.method = std::move(method);
    return then(responder::event(std::move(request)));
  }
  view& handshake(std::optional<time_point> this_update) {
    probe_facts found{probe_verdict::good, {}, this_update, {}, "server", 0};
    return then(handshake_done{std::move(found), "", true, "TLSv1.3"});
  }
  view& new_step() {
    seen_by_.begin_step();
    return *this;
  }
  const observation& seen() const { return seen_by_.seen(); }

 private:
  event_view seen_by_;
  time_point now_ = start;
};

TEST(EventView, CountsWhatArrivesWhileAFetchIsUnderWay) {
  view v;
  v.fetch_begins().arrives("GET").fetch_ends();
  v.at(1h).fetch_begins().arrives("POST").fetch_ends();
  EXPECT_THAT(v.seen().fetches, ElementsAre(start, start + 1h));
  EXPECT_THAT(v.seen().fetch_methods, ElementsAre("GET", "POST"));
}

TEST(EventView, DoesNotCountQueries) {
  view v;
  v.arrives("GET");
  v.fetch_begins().arrives("GET").fetch_ends().arrives("GET");
  EXPECT_EQ(v.seen().fetches.size(), 1U);
  v.fetch_begins().arrives("GET").arrives("POST");  // answered already: the other is a query
  EXPECT_EQ(v.seen().fetches.size(), 2U);
}

TEST(EventView, DoesNotCountWhatNeverArrives) {
  view v;
  v.fetch_begins().fetch_ends().arrives("GET");
  EXPECT_THAT(v.seen().fetches, IsEmpty());
}

TEST(EventView, KeepsFetchesAtTheSameTimeApart) {
  view v;
  v.fetch_begins().fetch_begins().arrives("GET").fetch_ends().arrives("GET").fetch_ends();
  EXPECT_EQ(v.seen().fetches.size(), 2U);
}

TEST(EventView, ForgetsFetchesThatDiedWithTheEndpoint) {
  view v;
  v.fetch_begins().then(process_ended{process_ended::kind::killed, 137}).arrives("GET");
  EXPECT_THAT(v.seen().fetches, IsEmpty());
}

TEST(EventView, CountsFromTheMark) {
  view v;
  v.fetch_begins().arrives("GET").fetch_ends().endpoint(stapler::warned{});
  v.then(mark_set{"here"});
  EXPECT_THAT(v.seen().fetches, IsEmpty());
  EXPECT_THAT(v.seen().fetch_methods, IsEmpty());
  EXPECT_FALSE(v.seen().warned);
  v.endpoint(stapler::endpoint_reload_failed{"no staple", false});
  EXPECT_TRUE(v.seen().warned);
}

TEST(EventView, FollowsTheEndpoint) {
  view v;
  EXPECT_EQ(v.seen().endpoint, endpoint_state::down);
  EXPECT_EQ(v.endpoint(stapler::endpoint_started{1}).seen().endpoint, endpoint_state::up);
  EXPECT_EQ(v.seen().exit_code, std::nullopt);
  v.then(process_ended{process_ended::kind::stopped, 0});
  EXPECT_EQ(v.seen().endpoint, endpoint_state::down);
  EXPECT_EQ(v.seen().exit_code, 0);
  v.endpoint(stapler::endpoint_refused{"CN=server", "revoked", 1});
  EXPECT_EQ(v.seen().endpoint, endpoint_state::refused);
  EXPECT_EQ(v.seen().exit_code, 1);
  v.endpoint(stapler::endpoint_started{1});
  EXPECT_EQ(v.seen().exit_code, std::nullopt);
  v.endpoint(stapler::endpoint_shut_down{"CN=server", stapler::end_reason::revoked, 3});
  EXPECT_EQ(v.seen().endpoint, endpoint_state::down);
  EXPECT_EQ(v.seen().exit_code, 3);
}

TEST(EventView, ComparesWithTheLastStapleOfAnEarlierStep) {
  view v;
  v.new_step().handshake(start).handshake(start + 1h);
  EXPECT_EQ(v.seen().previous_staple, std::nullopt);
  EXPECT_EQ(v.seen().probes.size(), 2U);
  v.new_step().handshake(std::nullopt);
  ASSERT_TRUE(v.seen().previous_staple);
  EXPECT_EQ(v.seen().previous_staple->this_update, start + 1h);
  EXPECT_EQ(v.seen().probes.size(), 1U);
  v.new_step();  // the handshake without a staple left the older one the last
  EXPECT_EQ(v.seen().previous_staple->this_update, start + 1h);
  EXPECT_THAT(v.seen().probes, IsEmpty());
}

}  // namespace
}  // namespace staplelab::scenarios
