// Cases in worlds of their own: real TLS and real OCSP over loopback, in simulated time.
#include "scenarios/runner.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <memory>

#include <string>
#include <thread>
#include <vector>

#include "runtime/event.hpp"
#include "scenarios/world.hpp"
#include "scenarios/world_run.hpp"
#include "tests/pki/run_program.hpp"
#include "told.hpp"

namespace staplelab::scenarios {
namespace {

using namespace test;
using stapler::staple_class;
using testing::HasSubstr;
using testing::Not;

const auto off = of_class(staple_class::off);
const auto staple = of_class(staple_class::staple);
const auto enforce = of_class(staple_class::enforce);

TEST(World, StaplesFromTheFirstHandshake) {
  auto what = plain_scenario();
  auto once = verdict(probe_verdict::good);
  once.fetches = {1, 1};
  auto never = verdict(probe_verdict::none);
  never.fetches = {0, 0};
  teller(what)
      .then(start_step{party::endpoint})
      .expect(endpoint_is(endpoint_state::up))
      .then(handshake_step{})
      .expect(never, off)
      .expect(once);
  expect_all_pass(what);
}

TEST(World, SendsNothingToAClientThatDoesNotAsk) {
  auto what = plain_scenario();
  handshake_step silent;
  silent.status_request = false;
  teller(what).then(start_step{party::endpoint}).then(silent).expect(verdict(probe_verdict::none));
  expect_all_pass(what);
}

TEST(World, JudgesAReloadThatAServerHasNotLivedToHear) {
  auto what = plain_scenario();
  teller(what)
      .then(start_step{party::endpoint})
      .then(revoke_step{"server", pki::crl_reason::key_compromise, duration(0)})
      .then(advance_step{24h * 4})
      .then(reload_step{})
      .expect(endpoint_is(endpoint_state::up), off)
      .expect(endpoint_is(endpoint_state::up), staple)
      .expect(endpoint_is(endpoint_state::down), enforce);
  expect_all_pass(what);
}

TEST(World, DoesNotReloadWhatTheScenarioHasStopped) {
  auto what = plain_scenario();
  teller(what)
      .then(start_step{party::endpoint})
      .then(stop_step{party::endpoint})
      .then(reload_step{});
  const auto ended = run_all(what).cases.front();
  EXPECT_EQ(ended.verdict, case_verdict::error);
  EXPECT_THAT(ended.reason, HasSubstr("not running cannot be reloaded"));
}

TEST(World, TurnsRevokedWhileRunning) {
  auto what = plain_scenario();
  teller(what)
      .then(start_step{party::endpoint})
      .then(revoke_step{"server", pki::crl_reason::key_compromise, duration(0)})
      .then(advance_step{24h * 4})
      .then(handshake_step{})
      .expect(verdict(probe_verdict::none), off)
      .expect(verdict(probe_verdict::revoked), staple)
      .expect(verdict(probe_verdict::refused), enforce)
      .then(check_step{})
      .expect(endpoint_is(endpoint_state::up), off)
      .expect(endpoint_is(endpoint_state::up), staple)
      .expect(endpoint_is(endpoint_state::down, 3), of_class(staple_class::enforce, "resilient"))
      .expect(endpoint_is(endpoint_state::down, 0), of_class(staple_class::enforce, "nats"));
  expect_all_pass(what);
}

TEST(World, OutlivesAnOutageAndRecovers) {
  auto what = plain_scenario();
  const auto failed = verdict(probe_verdict::handshake_failed);
  teller(what)
      .then(start_step{party::endpoint})
      .then(stop_step{party::responder})
      .then(always_step{24h * 6, 6h, {}})
      .expect(verdict(probe_verdict::none), off)
      .expect(verdict(probe_verdict::good))
      .then(advance_to_step{start + 24h * 7 + 1h})
      .then(handshake_step{})
      .expect(verdict(probe_verdict::none), off)
      .expect(verdict(probe_verdict::none), of_class(staple_class::staple, "resilient"))
      .expect(failed)
      .then(start_step{party::responder})
      .then(eventually_step{24h, 10min, {}})
      .expect(verdict(probe_verdict::none), off)
      .expect(verdict(probe_verdict::good));
  expect_all_pass(what);
}

TEST(World, RestartsWithTheStapleOnDisk) {
  auto what = plain_scenario();
  auto from_disk = verdict(probe_verdict::good);
  from_disk.staple = staple_change::same;
  from_disk.fetches = {0, 0};
  teller(what)
      .then(start_step{party::endpoint})
      .then(handshake_step{})
      .then(stop_step{party::responder})
      .then(mark_step{"restart"})
      .then(advance_step{1h})
      .then(restart_step{})
      .expect(endpoint_is(endpoint_state::up))
      .then(handshake_step{})
      .expect(verdict(probe_verdict::none), off)
      .expect(from_disk);
  expect_all_pass(what);
}

TEST(World, RefusesToStartOnADamagedStoreWithoutResponder) {
  auto what = plain_scenario();
  what.over.profiles = {"nats"};
  teller(what)
      .then(start_step{party::endpoint})
      .then(stop_step{party::responder})
      .then(kill_step{})
      .expect(endpoint_is(endpoint_state::down))
      .then(store_step{store_step::act::corrupt, "server", ""})
      .then(start_step{party::endpoint})
      .expect(endpoint_is(endpoint_state::up), off)
      .expect(endpoint_is(endpoint_state::refused, 1));
  expect_all_pass(what);
}

TEST(World, ChangesClassByReload) {
  auto what = plain_scenario();
  what.over = {{stapler::mode::never}, {true}, {"resilient", "nats"}};
  reload_step to_must;
  to_must.mode = stapler::mode::must;
  teller(what)
      .then(start_step{party::endpoint})
      .then(handshake_step{})
      .expect(verdict(probe_verdict::none), off)
      .then(to_must)
      .expect(endpoint_is(endpoint_state::up))
      .then(handshake_step{})
      .expect(verdict(probe_verdict::good), enforce)
      .expect(verdict(probe_verdict::malformed));  // any other class would be wrong
  expect_all_pass(what);
}

TEST(World, AnswersQueries) {
  auto what = plain_scenario();
  what.over = {{stapler::mode::never}, {false}, {"resilient"}};
  query_step post{"server", true, true, pki::hash_algorithm::sha256, ""};
  query_step below{"server", false, true, pki::hash_algorithm::sha1, "/ocsp"};
  auto queried = verdict(probe_verdict::revoked);
  queried.fetches = {0, 0};  // a query is no fetch
  teller(what)
      .then(post)
      .expect(verdict(probe_verdict::good))
      .then(revoke_step{"server", {}, -1h})
      .then(below)
      .expect(queried)
      .then(fault_step{
          responder::transport_fault(responder::http_status{503}), "", 1, 1, {}, {}, "", "", ""})
      .then(query_step{"server", false, false, pki::hash_algorithm::sha1, ""})
      .expect(verdict(probe_verdict::none))
      .then(query_step{"server", false, false, pki::hash_algorithm::sha1, ""})
      .expect(verdict(probe_verdict::revoked))
      .then(stop_step{party::responder})
      .then(query_step{"server", false, false, pki::hash_algorithm::sha1, ""})
      .expect(verdict(probe_verdict::refused));
  expect_all_pass(what);
}

TEST(World, KeepsEachPartysClock) {
  auto what = plain_scenario();
  what.over = {{stapler::mode::always}, {true}, {"resilient"}};
  teller(what)
      .then(start_step{party::endpoint})
      .then(skew_step{party::client, 24h * 8})
      .then(handshake_step{})
      .expect(verdict(probe_verdict::expired))
      .then(skew_step{party::client, -1h})
      .then(handshake_step{})
      .expect(verdict(probe_verdict::not_yet_valid));
  expect_all_pass(what);
}

TEST(World, KnowsEveryKindOfSigner) {
  auto what = plain_scenario();
  what.over = {{stapler::mode::never}, {false}, {"resilient"}};
  what.signers = {{"delegate", "issuing", pki::key_type::p256, 24h * 30, true, true},
                  {"unfit", "issuing", pki::key_type::p256, 24h * 30, false, true},
                  {"foreign", "root", pki::key_type::p256, 24h * 30, true, true}};
  const query_step ask{"server", false, false, pki::hash_algorithm::sha1, ""};
  const auto unauthorized = verdict(probe_verdict::unauthorized_signer);
  teller(what)
      .then(signer_step{"delegate"})
      .then(ask)
      .expect(verdict(probe_verdict::good))
      .then(signer_step{"unfit"})
      .then(ask)
      .expect(unauthorized)
      .then(signer_step{"foreign"})
      .then(ask)
      .expect(unauthorized)
      .then(signer_step{"root"})
      .then(ask)
      .expect(unauthorized)
      .then(signer_step{"issuing"})
      .then(ask)
      .expect(verdict(probe_verdict::good));
  expect_all_pass(what);
}

TEST(World, ClearsFaultsByNameAndByKind) {
  auto what = plain_scenario();
  what.over = {{stapler::mode::never}, {false}, {"resilient"}};
  const query_step ask{"server", false, false, pki::hash_algorithm::sha1, ""};
  const auto fault = [](responder::transport_fault kind, std::string name) {
    return fault_step{std::move(kind), std::move(name), {}, 1, {}, {}, "", "", ""};
  };
  teller(what)
      .then(fault(responder::http_status{500}, "outage"))
      .then(fault(responder::close_silently{}, ""))
      .then(fault(responder::http_status{404}, ""))
      .then(ask)
      .expect(verdict(probe_verdict::none))
      .then(clear_step{"outage"})
      .then(clear_step{"http_status"})
      .then(ask)
      .expect(verdict(probe_verdict::none))
      .then(clear_step{"close"})
      .then(ask)
      .expect(verdict(probe_verdict::good));
  expect_all_pass(what);
}

TEST(World, SaysWhatDidNotHoldAndGoesOn) {
  auto what = plain_scenario();
  what.over = {{stapler::mode::always}, {true}, {"resilient"}};
  teller(what)
      .then(start_step{party::endpoint})
      .then(handshake_step{})
      .expect(verdict(probe_verdict::revoked))
      .then(handshake_step{})
      .expect(verdict(probe_verdict::good));
  const auto result = run_all(what).cases.front();
  EXPECT_EQ(result.verdict, case_verdict::fail);
  ASSERT_EQ(result.steps.size(), 3U);
  EXPECT_EQ(result.steps[1].verdict, case_verdict::fail);
  ASSERT_EQ(result.steps[1].shortfalls.size(), 1U);
  EXPECT_EQ(result.steps[1].shortfalls[0].field, "verdict");
  EXPECT_EQ(result.steps[1].expected, "revoked");
  EXPECT_EQ(result.steps[1].observed, "good");
  EXPECT_EQ(result.steps[2].verdict, case_verdict::pass);
  EXPECT_THAT(result.reason, HasSubstr("line 2, handshake"));
}

TEST(World, AlwaysFailsAtTheFirstBreachAndTakesItsTimeAllTheSame) {
  auto what = plain_scenario();
  what.over = {{stapler::mode::always}, {true}, {"resilient"}};
  teller(what)
      .then(start_step{party::endpoint})
      .then(stop_step{party::responder})
      .then(always_step{24h * 8, 24h, {}})
      .expect(verdict(probe_verdict::good));
  const auto result = run_all(what).cases.front();
  EXPECT_EQ(result.verdict, case_verdict::fail);
  EXPECT_EQ(result.steps.back().observed, "handshake_failed (internal_error)");
  EXPECT_EQ(result.simulated, 24h * 8);
}

TEST(World, EventuallyGivesUpWhenItsTimeIsOver) {
  auto what = plain_scenario();
  what.over = {{stapler::mode::never}, {true}, {"resilient"}};
  teller(what)
      .then(start_step{party::endpoint})
      .then(eventually_step{100min, 1h, {}})
      .expect(verdict(probe_verdict::good));
  const auto result = run_all(what).cases.front();
  EXPECT_EQ(result.verdict, case_verdict::fail);
  EXPECT_EQ(result.simulated, 100min);
  const auto probes = std::ranges::count_if(
      result.events, [](const event& e) { return std::holds_alternative<handshake_done>(e.what); });
  EXPECT_EQ(probes, 3);  // at once, after an hour, and when the time is over
}

// -- what cannot be played ----------------------------------------------------------------------

case_result only_case(const scenario& what, run_options options = {}) {
  return run_case(expand(what).front(), options);
}

TEST(Runner, TellsAStepThatCannotBeDone) {
  auto what = plain_scenario();
  teller(what).then(start_step{party::endpoint}).then(advance_to_step{start - 1h});
  const auto result = only_case(what);
  EXPECT_EQ(result.verdict, case_verdict::error);
  EXPECT_THAT(result.reason, HasSubstr("line 2, advance_to"));
  EXPECT_THAT(result.reason, HasSubstr("it is already 2026-03-01T00:00:00Z"));
}

TEST(Runner, TellsAWorldThatCannotBeBuilt) {
  auto what = plain_scenario();
  what.over.profiles = {"nginx"};
  teller(what).then(start_step{party::endpoint});
  const auto result = only_case(what);
  EXPECT_EQ(result.verdict, case_verdict::error);
  EXPECT_EQ(result.reason, "there is no profile 'nginx'");
}

TEST(Runner, EndsACaseThatTakesTooLong) {
  auto what = plain_scenario();
  what.over = {{stapler::mode::always}, {true}, {"resilient"}};
  teller(what)
      .then(start_step{party::endpoint})
      .then(always_step{24h * 36000, 1min, {}})
      .expect(verdict(probe_verdict::good));
  run_options options;
  options.timeout = 3s;  // for a busy machine to get to the second step
  const auto result = only_case(what, options);
  EXPECT_EQ(result.verdict, case_verdict::error);
  EXPECT_THAT(result.reason, HasSubstr("longer than 3s of real time"));
  EXPECT_THAT(result.reason, HasSubstr("line 2, always"));
  EXPECT_GT(result.events.size(), 0U);
}

TEST(Runner, EndsACaseThatSomebodyKeepsWaiting) {
  auto what = plain_scenario();
  what.over = {{stapler::mode::always}, {true}, {"resilient"}};
  runtime::asio::io_context io;
  runtime::tcp_acceptor silent(io.get_executor());  // the kernel accepts, nobody answers
  silent.open(runtime::tcp::v4());
  silent.bind({runtime::asio::ip::address_v4::loopback(), 0});
  silent.listen();
  const auto port = std::to_string(silent.local_endpoint().port());
  what.endpoint.url = {responder_address::base::literal, "http://127.0.0.1:" + port + "/"};
  teller(what).then(start_step{party::endpoint});
  run_options options;
  options.timeout = 300ms;
  const auto result = only_case(what, options);
  EXPECT_EQ(result.verdict, case_verdict::error);
  EXPECT_THAT(result.reason, HasSubstr("line 1, start endpoint, at +0s: stalled"));
}

// Waits for what nobody will ever tell.
runtime::awaitable<void> wait_for_nothing(bool& unwound) {
  const auto where = co_await runtime::asio::this_coro::executor;
  const std::shared_ptr<void> at_end(nullptr, [&unwound](void*) { unwound = true; });
  runtime::event never(where);
  co_await never.wait();
  co_await never.wait();  // throws when it was cancelled
}

TEST(WorldRun, SaysThatNothingCanEverHappen) {
  const auto what = plain_scenario();
  const auto one = expand(what).front();
  world stage(one, 1);
  bool unwound = false;
  {
    world_run run(stage, wait_for_nothing(unwound));
    EXPECT_TRUE(std::holds_alternative<world_run::stuck>(run.run(5s)));
    EXPECT_FALSE(unwound);
  }
  EXPECT_TRUE(unwound);
}

TEST(Runner, LeavesNothingBehindOnTheDisk) {
  const tests::temporary_directory temporary;
  ::setenv("TMPDIR", temporary.path().c_str(), 1);
  auto what = plain_scenario();
  teller(what).then(start_step{party::endpoint}).then(advance_to_step{start - 1h});
  EXPECT_EQ(only_case(what).verdict, case_verdict::error);
  ::unsetenv("TMPDIR");
  EXPECT_TRUE(std::filesystem::is_empty(temporary.path()));
}

// -- the same seed, the same text ---------------------------------------------------------------

// Everything that chance and the kernel may touch: jitter, dice, parallel clients, two
// certificates.
scenario eventful_scenario() {
  auto what = plain_scenario();
  what.over = {{stapler::mode::auto_, stapler::mode::always}, {true}, {"resilient", "nats"}};
  auto second = what.certificates.front();
  second.name = "second";
  second.names = {"second.example"};
  second.responders = {{responder_address::base::responder, "/ocsp"}};
  what.certificates.push_back(second);
  what.endpoint.certificates = {"server", "second"};
  handshake_step crowd;
  crowd.parallel = 8;
  crowd.count = 2;
  auto other_crowd = crowd;
  other_crowd.sni = "second.example";
  fault_step dice{
      responder::transport_fault(responder::http_status{500}), "dice", {}, 0.5, {}, {}, "", "", ""};
  teller(what)
      .then(start_step{party::endpoint})
      .then(crowd)
      .then(dice)
      .then(advance_step{24h * 6})
      .then(other_crowd)
      .then(stop_step{party::responder})
      .then(advance_step{24h * 2})
      .then(crowd)
      .then(start_step{party::responder})
      .then(other_crowd)
      .then(advance_step{24h * 3})
      .then(crowd);
  return what;
}

std::vector<std::string> transcripts(const run_result& run) {
  std::vector<std::string> texts;
  for (const auto& result : run.cases)
    texts.push_back(transcript(result));
  return texts;
}

TEST(Runner, TellsTheSameStoryForTheSameSeed) {
  const auto what = eventful_scenario();
  const auto once = transcripts(run_all(what));
  EXPECT_EQ(once, transcripts(run_all(what)));
  run_options two_jobs;
  two_jobs.jobs = 2;
  EXPECT_EQ(once, transcripts(run_all(what, two_jobs)));
}

TEST(Runner, TellsAnotherStoryForAnotherSeed) {
  const auto what = eventful_scenario();
  run_options first, second;
  first.seed = 1;
  second.seed = 2;
  EXPECT_NE(transcripts(run_all(what, first)), transcripts(run_all(what, second)));
  EXPECT_EQ(run_all(what, second).seed, 2U);
}

TEST(Runner, NamesNoPortAndNoPath) {
  auto what = plain_scenario();
  what.over = {{stapler::mode::always}, {true}, {"resilient"}};
  what.endpoint.url = {responder_address::base::nowhere, "/x"};
  teller(what)
      .then(store_step{store_step::act::block, "", ""})
      .then(start_step{party::endpoint})
      .then(handshake_step{});
  const auto nowhere = transcript(only_case(what));
  EXPECT_THAT(nowhere, HasSubstr("server: GET ${nowhere}/x\n"));
  what.endpoint.url = {responder_address::base::responder, "/x"};
  const auto blocked = transcript(only_case(what));
  EXPECT_THAT(blocked, HasSubstr("server: GET /x/... -> good, until +7d00h00m00s"));
  EXPECT_THAT(blocked, HasSubstr("${store}/ocsp/server"));
  for (const auto& text : {nowhere, blocked}) {
    EXPECT_THAT(text, Not(HasSubstr("127.0.0.1")));
    EXPECT_THAT(text, Not(HasSubstr("staplelab-")));
  }
}

// -- many cases ---------------------------------------------------------------------------------

TEST(Runner, KeepsTheOrderOfThePlan) {
  auto what = plain_scenario();
  teller(what).then(start_step{party::endpoint}).then(handshake_step{});
  const auto cases = expand(what);
  run_options options;
  options.jobs = 3;
  const std::atomic<bool> never = false;
  std::vector<std::string> reported;
  const auto caller = std::this_thread::get_id();
  const auto run = run_cases(
      cases, options,
      [&](const case_result& one) {
        EXPECT_EQ(std::this_thread::get_id(), caller);
        reported.push_back(one.what.id());
      },
      never);
  std::vector<std::string> planned, ran;
  for (const auto& one : cases)
    planned.push_back(one.id());
  for (const auto& one : run.cases)
    ran.push_back(one.what.id());
  EXPECT_EQ(ran, planned);
  EXPECT_THAT(reported, testing::UnorderedElementsAreArray(planned));
  EXPECT_EQ(run.totals().passed, cases.size());
}

TEST(Runner, StopsAfterTheFirstThatFails) {
  auto what = plain_scenario();
  teller(what)
      .then(start_step{party::endpoint})
      .then(handshake_step{})
      .expect(verdict(probe_verdict::revoked));
  run_options options;
  options.fail_fast = true;
  const auto run = run_all(what, options);
  EXPECT_EQ(run.cases.front().verdict, case_verdict::fail);
  EXPECT_EQ(run.totals().failed, 1U);
  EXPECT_EQ(run.totals().skipped, run.cases.size() - 1);
  EXPECT_EQ(run.cases.back().reason, "not started: an earlier case did not pass");
}

TEST(Runner, StartsNothingOnceCancelled) {
  auto what = plain_scenario();
  teller(what).then(start_step{party::endpoint});
  std::atomic<bool> cancelled = false;
  std::size_t reported = 0;
  const auto run = run_cases(
      expand(what), {},
      [&](const case_result&) {
        ++reported;
        cancelled = true;
      },
      cancelled);
  EXPECT_GE(reported, 1U);
  EXPECT_LT(reported, run.cases.size());
  EXPECT_EQ(run.totals().skipped, run.cases.size() - reported);
  EXPECT_EQ(run.cases.back().reason, "not started: the run was cancelled");
}

}  // namespace
}  // namespace staplelab::scenarios
