#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "responder/fault.hpp"
#include "tests/scenarios/parsing.hpp"

namespace staplelab::scenarios {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using std::chrono::days;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

TEST_F(parsing, fills_in_what_is_not_said) {
  const auto read = parsed(with_steps(R"({"start": "endpoint"})"));
  EXPECT_EQ(read.name, "scenario");
  EXPECT_EQ(read.title, "t");
  EXPECT_EQ(read.seed, 1U);
  EXPECT_EQ(read.start, time_point(std::chrono::sys_days(std::chrono::year(2026) / 3 / 1)));
  EXPECT_EQ(read.over.modes.size(), 4U);
  EXPECT_THAT(read.over.must_staple, ElementsAre(true, false));
  EXPECT_TRUE(read.over.profiles.empty());
  ASSERT_EQ(read.authorities.size(), 2U);
  EXPECT_EQ(read.authorities[0].name, "root");
  EXPECT_EQ(read.authorities[0].valid, days(7300));
  EXPECT_EQ(read.authorities[1].issuer, "root");
  EXPECT_EQ(read.authorities[1].valid, days(3650));
  ASSERT_EQ(read.certificates.size(), 1U);
  const auto& server = read.certificates[0];
  EXPECT_EQ(server.name, "server");
  EXPECT_EQ(server.issuer, "issuing");
  EXPECT_THAT(server.names, ElementsAre("server.example"));
  EXPECT_EQ(server.valid, days(90));
  EXPECT_EQ(server.backdate, 1h);
  EXPECT_EQ(server.must_staple, must_staple_choice::as_matrix);
  ASSERT_EQ(server.responders.size(), 1U);
  EXPECT_EQ(server.responders[0].on, responder_address::base::responder);
  EXPECT_EQ(server.responders[0].rest, "/");
  EXPECT_TRUE(read.signers.empty());
  EXPECT_EQ(read.responder.validity, days(7));
  EXPECT_EQ(read.responder.backdate, 0ms);
  EXPECT_EQ(read.responder.signer, "issuing");
  EXPECT_TRUE(read.responder.up);
  EXPECT_THAT(read.endpoint.certificates, ElementsAre("server"));
  EXPECT_FALSE(read.endpoint.url);
  EXPECT_TRUE(read.endpoint.store);
  EXPECT_TRUE(read.endpoint.issuer);
}

TEST_F(parsing, takes_what_is_said) {
  const auto read = parsed(R"({
    "$schema": "x", "title": "Title", "about": "Two\nlines", "tags": ["a", "b"], "seed": 42,
    "start": "2027-01-02T03:04:05Z",
    "matrix": {"mode": "must", "must_staple": [false], "profile": ["nats", "resilient"]},
    "pki": {
      "authorities": {"leafy": {"issuer": "top", "key": "ed25519", "valid": "10d"},
                      "top": {"key": "p384"}},
      "certificates": {"web": {"issuer": "leafy", "key": "rsa2048", "names": "a.example",
                               "valid": "2d", "backdate": "0s", "must_staple": true,
                               "responders": ["${nowhere}/x", "http://h:1/", "${responder}"]}},
      "signers": {"d": {"issuer": "top", "valid": "1h", "ocsp_signing": false, "nocheck": false}}},
    "responder": {"validity": "1d12h", "backdate": "90m", "signer": "d", "up": false,
                  "profile": "webpki", "non_issued": "unknown", "responder_id": "by-name"},
    "endpoint": {"certificates": "web", "url": "${responder}/ocsp", "store": false, "issuer": false},
    "steps": [{"note": "n"}]})");
  EXPECT_EQ(read.about, "Two\nlines");
  EXPECT_THAT(read.tags, ElementsAre("a", "b"));
  EXPECT_EQ(read.seed, 42U);
  EXPECT_EQ(pki::to_rfc3339(read.start), "2027-01-02T03:04:05Z");
  EXPECT_THAT(read.over.modes, ElementsAre(stapler::mode::must));
  EXPECT_THAT(read.over.profiles, ElementsAre("nats", "resilient"));
  ASSERT_EQ(read.authorities.size(), 2U) << "those given replace the default ones";
  EXPECT_EQ(read.authorities[0].name, "top") << "issuers come first";
  EXPECT_EQ(read.authorities[0].key, pki::key_type::p384);
  EXPECT_EQ(read.authorities[1].key, pki::key_type::ed25519);
  const auto& web = read.certificates.at(0);
  EXPECT_EQ(web.key, pki::key_type::rsa2048);
  EXPECT_EQ(web.must_staple, must_staple_choice::yes);
  ASSERT_EQ(web.responders.size(), 3U);
  EXPECT_EQ(web.responders[0].on, responder_address::base::nowhere);
  EXPECT_EQ(web.responders[0].rest, "/x");
  EXPECT_EQ(web.responders[1].on, responder_address::base::literal);
  EXPECT_EQ(web.responders[1].rest, "http://h:1/");
  EXPECT_EQ(web.responders[2].rest, "");
  EXPECT_FALSE(read.signers.at(0).ocsp_signing);
  EXPECT_FALSE(read.signers.at(0).nocheck);
  EXPECT_EQ(read.responder.validity, 36h);
  EXPECT_EQ(read.responder.profile, responder::profile::webpki);
  EXPECT_EQ(read.responder.non_issued, responder::non_issued_answer::unknown);
  EXPECT_EQ(read.responder.responder_id, pki::responder_id_form::by_name);
  EXPECT_EQ(read.responder.signer, "d");
  EXPECT_FALSE(read.responder.up);
  EXPECT_EQ(read.endpoint.url->rest, "/ocsp");
  EXPECT_FALSE(read.endpoint.store);
  EXPECT_FALSE(read.endpoint.issuer);
  EXPECT_EQ(read.steps.at(0).note, "n");
}

TEST_F(parsing, reads_every_action) {
  const auto read = parsed(with_steps(R"(
    {"start": "responder"}, {"stop": "endpoint"}, {"kill": "endpoint"}, {"restart": "endpoint"},
    {"reload": {"mode": "never", "url": "${nowhere}/"}},
    {"store": {"do": "corrupt"}}, {"store": {"do": "replace", "with": "server"}},
    {"issue": {"name": "next", "valid": "1d"}},
    {"revoke": "next", "reason": "superseded", "at": "-1h"}, {"hold": "server"},
    {"release": "server"},
    {"fault": "hang"},
    {"fault": {"kind": "http_status", "code": 503, "name": "outage", "count": 3,
               "probability": 0.5, "from": "1h", "for": "2d", "certificate": "next",
               "method": "GET", "path": "//"}},
    {"clear": "outage"}, {"clear": "http_status"}, {"clear": "all"}, {"signer": "root"},
    {"responder": {"backdate": "1h"}}, {"advance": "3d"}, {"advance_to": "+7d"},
    {"advance_to": "2026-04-01T00:00:00Z"}, {"skew": {"party": "client", "by": "-10m"}},
    {"handshake": {"sni": "a.example", "tls": "1.2", "status_request": false, "count": 2,
                   "parallel": 3}},
    {"query": "next"}, {"query": {"method": "POST", "nonce": true, "hash": "sha256", "path": "/p"}},
    {"eventually": {"within": "1h", "every": "1m"}, "expect": "any"},
    {"always": {"for": "2h", "every": "3m", "handshake": {"parallel": 4}}, "expect": "any"},
    {"mark": "m"}, {"note": "only a note"}, {"expect": "up"}, {"publish": "root"},
    {"query": {"source": "crl"}, "expect": {"reason": "certificateHold", "crl_number": 2}})"));
  EXPECT_EQ(action_of<start_step>(read, 0).who, party::responder);
  EXPECT_EQ(action_of<stop_step>(read, 1).who, party::endpoint);
  action_of<kill_step>(read, 2);
  action_of<restart_step>(read, 3);
  EXPECT_EQ(action_of<reload_step>(read, 4).mode, stapler::mode::never);
  EXPECT_EQ(action_of<reload_step>(read, 4).url->on, responder_address::base::nowhere);
  EXPECT_FALSE(action_of<reload_step>(read, 4).certificates);
  EXPECT_EQ(action_of<store_step>(read, 5).what, store_step::act::corrupt);
  EXPECT_EQ(action_of<store_step>(read, 5).certificate, "server");
  EXPECT_EQ(action_of<store_step>(read, 6).with, "server");
  EXPECT_EQ(action_of<issue_step>(read, 7).what.name, "next");
  EXPECT_EQ(action_of<issue_step>(read, 7).what.valid, days(1));
  EXPECT_EQ(action_of<revoke_step>(read, 8).reason, pki::crl_reason::superseded);
  EXPECT_EQ(action_of<revoke_step>(read, 8).at, -1h);
  action_of<hold_step>(read, 9);
  action_of<release_step>(read, 10);
  EXPECT_EQ(responder::to_string(action_of<fault_step>(read, 11).what), "hang");
  EXPECT_EQ(action_of<fault_step>(read, 11).name, "hang");
  const auto& fault = action_of<fault_step>(read, 12);
  EXPECT_EQ(responder::parameters_of(fault.what).code, 503);
  EXPECT_EQ(fault.name, "outage");
  EXPECT_EQ(fault.count, 3U);
  EXPECT_EQ(fault.probability, 0.5);
  EXPECT_EQ(fault.from, 1h);
  EXPECT_EQ(fault.lasts, days(2));
  EXPECT_EQ(fault.certificate, "next");
  EXPECT_EQ(fault.method, "GET");
  EXPECT_EQ(fault.path, "//");
  EXPECT_EQ(action_of<clear_step>(read, 13).name, "outage");
  EXPECT_EQ(action_of<clear_step>(read, 15).name, "");
  EXPECT_EQ(action_of<signer_step>(read, 16).signer, "root");
  EXPECT_EQ(action_of<responder_step>(read, 17).backdate, 1h);
  EXPECT_EQ(action_of<advance_step>(read, 18).by, days(3));
  EXPECT_EQ(action_of<advance_to_step>(read, 19).to, read.start + days(7));
  EXPECT_EQ(pki::to_rfc3339(action_of<advance_to_step>(read, 20).to), "2026-04-01T00:00:00Z");
  EXPECT_EQ(action_of<skew_step>(read, 21).by, -10min);
  const auto& handshake = action_of<handshake_step>(read, 22);
  EXPECT_EQ(handshake.sni, "a.example");
  EXPECT_EQ(handshake.tls, tls_version::tls12);
  EXPECT_FALSE(handshake.status_request);
  EXPECT_EQ(handshake.count, 2U);
  EXPECT_EQ(handshake.parallel, 3U);
  EXPECT_EQ(action_of<query_step>(read, 23).certificate, "next");
  const auto& query = action_of<query_step>(read, 24);
  EXPECT_EQ(query.certificate, "server");
  EXPECT_TRUE(query.post && query.nonce);
  EXPECT_EQ(query.hash, pki::hash_algorithm::sha256);
  EXPECT_EQ(action_of<eventually_step>(read, 25).within, 1h);
  EXPECT_EQ(action_of<always_step>(read, 26).handshake.parallel, 4U);
  EXPECT_EQ(action_of<mark_step>(read, 27).label, "m");
  action_of<note_step>(read, 28);
  action_of<check_step>(read, 29);
  EXPECT_EQ(action_of<publish_step>(read, 30).authority, "root");
  EXPECT_TRUE(action_of<query_step>(read, 31).of_crl);
  const auto& expected = read.steps[31].expect.alternatives.front().expect;
  EXPECT_EQ(expected.reason, (told_reason{pki::crl_reason::certificate_hold}));
  EXPECT_EQ(expected.crl_number->at_most, 2);
}

TEST_F(parsing, every_step_knows_its_place) {
  write("more.json", "{\"title\": \"m\", \"steps\": [\n  {\"note\": \"inside\"}]}");
  const auto read = parsed(
      "{\"title\": \"t\", \"steps\": [\n {\"include\": \"more.json\"},\n"
      "   {\"note\": \"outside\"}]}");
  ASSERT_EQ(read.steps.size(), 2U);
  EXPECT_EQ(fs::path(read.steps[0].file).filename(), "more.json");
  EXPECT_EQ(read.steps[0].where, (runtime::source_position{2, 3}));
  EXPECT_EQ(fs::path(read.steps[1].file).filename(), "scenario.json");
  EXPECT_EQ(read.steps[1].where, (runtime::source_position{3, 4}));
}

// -- expectations -----------------------------------------------------------------------------

const expectation& expected_of(const scenario& all, std::size_t step, stapler::staple_class c,
                               const std::string& profile, stapler::mode mode, bool must_staple) {
  static const expectation none_found;
  const auto* found = expected_for(all.steps.at(step).expect, {c, mode, must_staple, profile});
  if (found == nullptr) ADD_FAILURE() << "nothing is said";
  return found == nullptr ? none_found : *found;
}

TEST_F(parsing, an_endpoint_that_is_started_is_expected_up) {
  const auto read = parsed(with_steps(
      R"({"start": "endpoint"}, {"restart": "endpoint"}, {"start": "responder"},
         {"restart": "endpoint", "expect": "any"})"));
  const auto state = [&](std::size_t step) {
    return expected_of(read, step, stapler::staple_class::off, "nats", stapler::mode::never, true)
        .endpoint;
  };
  EXPECT_EQ(state(0), endpoint_state::up);
  EXPECT_EQ(state(1), endpoint_state::up);
  EXPECT_TRUE(read.steps[2].expect.alternatives.empty());
  EXPECT_EQ(state(3), std::nullopt);
}

TEST_F(parsing, expectations_nest) {
  using enum stapler::staple_class;
  const auto read = parsed(with_steps(
      R"({"handshake": {}, "expect": {
           "nats": {"staple": "revoked", "otherwise": {"must-staple": "refused", "plain": "any"}},
           "otherwise": {"always": ["none", "good"], "otherwise": {"staple": "same"}}}})",
      R"("matrix": {"profile": ["resilient", "nats"]}, )"));
  const auto of = [&](stapler::staple_class c, const char* profile, stapler::mode m, bool must) {
    return expected_of(read, 0, c, profile, m, must);
  };
  using stapler::mode;
  EXPECT_THAT(of(staple, "nats", mode::auto_, true).verdict, ElementsAre(probe_verdict::revoked));
  EXPECT_THAT(of(enforce, "nats", mode::must, true).verdict, ElementsAre(probe_verdict::refused));
  EXPECT_THAT(of(off, "nats", mode::never, false).verdict, IsEmpty());
  EXPECT_THAT(of(enforce, "resilient", mode::always, false).verdict,
              ElementsAre(probe_verdict::none, probe_verdict::good));
  EXPECT_EQ(of(off, "resilient", mode::never, true).staple, staple_change::same)
      << "a lone 'staple' with how it changed is a field";
}

TEST_F(parsing, expectation_fields_are_read) {
  const auto read = parsed(with_steps(R"(
    {"handshake": {}, "expect": {"verdict": "handshake_failed", "alert": "internal_error",
      "age": {"at_most": "1h"}, "expires_in": {"at_least": "-1h", "at_most": "1d"},
      "staple": "newer", "certificate": "server", "endpoint": "down", "exit_code": 3,
      "fetches": {"at_least": 2}, "fetch_spacing": {"at_least": "1d"}, "fetch_method": "POST",
      "warned": false, "latency_ms": {"at_most": 2.5}}},
    {"expect": {"fetches": 4}}, {"handshake": {}, "expect": {"alert": 112}})"));
  const auto& e = read.steps[0].expect.alternatives.at(0).expect;
  EXPECT_THAT(e.verdict, ElementsAre(probe_verdict::handshake_failed));
  EXPECT_EQ(e.alert, 80);
  EXPECT_EQ(e.age->at_most, 1h);
  EXPECT_FALSE(e.age->at_least);
  EXPECT_EQ(e.expires_in->at_least, -1h);
  EXPECT_EQ(e.staple, staple_change::newer);
  EXPECT_EQ(e.certificate, "server");
  EXPECT_EQ(e.endpoint, endpoint_state::down);
  EXPECT_EQ(e.exit_code, 3);
  EXPECT_EQ(e.fetches->at_least, 2);
  EXPECT_EQ(e.fetch_spacing->at_least, days(1));
  EXPECT_EQ(e.fetch_method, "POST");
  EXPECT_EQ(e.warned, false);
  EXPECT_EQ(e.latency_ms->at_most, 2.5);
  const auto& exactly = read.steps[1].expect.alternatives.at(0).expect.fetches;
  EXPECT_TRUE(exactly->at_least == 4 && exactly->at_most == 4);
  EXPECT_EQ(read.steps[2].expect.alternatives.at(0).expect.alert, 112);
}

TEST_F(parsing, only_is_taken_into_account_where_cases_are_counted) {
  parsed(with_steps(R"({"handshake": {}, "only": {"class": ["off", "staple"], "mode": "auto"},
                        "expect": {"off": "none", "staple": "good"}})"));
  EXPECT_THAT(errors(with_steps(R"({"handshake": {}, "only": {"class": ["off", "staple"]},
                                    "expect": {"off": "none"}})")),
              ElementsAre(Field(&diagnostic::message, HasSubstr("nothing is said for 'staple'"))));
}

TEST_F(parsing, a_reload_to_another_certificate_can_change_the_class) {
  const std::string before = R"("matrix": {"mode": "must", "must_staple": false},
    "pki": {"certificates": {"server": {}, "strict": {"must_staple": true}}}, )";
  EXPECT_THAT(errors(with_steps(R"({"reload": {"certificates": ["strict"]}},
                                   {"handshake": {}, "expect": {"off": "none"}})",
                                before)),
              ElementsAre(Field(&diagnostic::message, HasSubstr("for 'enforce'"))));
  parsed(with_steps(R"({"handshake": {}, "expect": {"off": "none"}},
                       {"reload": {"certificates": ["strict"]}})",
                    before));
}

TEST_F(parsing, an_incident_begins_on_its_day_unless_it_says_otherwise) {
  const auto story = [](const std::string& date, const std::string& more = "") {
    return R"({"title": "t", "date": ")" + date + R"(", "happened": "h", "discriminates": "d",
      "good_server": "g", "sources": ["https://example.org/"], )" +
           more + R"("steps": [{"note": "n"}]})";
  };
  using std::chrono::sys_days;
  using std::chrono::year;
  EXPECT_EQ(parsed(story("2017-05-18")).start, sys_days(year(2017) / 5 / 18));
  EXPECT_EQ(parsed(story("2017-05")).start, sys_days(year(2017) / 5 / 1));
  EXPECT_EQ(parsed(story("2017-05-18", R"("start": "2017-05-16T00:00:00Z", )")).start,
            sys_days(year(2017) / 5 / 16));
  EXPECT_EQ(parsed(story("1999-05-18")).start, parsed(with_steps(R"({"note": "n"})")).start)
      << "no scenario begins before 2000";
}

}  // namespace
}  // namespace staplelab::scenarios
