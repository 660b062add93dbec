#include "scenarios/parse.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "responder/fault.hpp"
#include "scenarios/include.hpp"
#include "scenarios/parse_diagnostics.hpp"

namespace staplelab::scenarios {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using std::chrono::days;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

// Files of one test, gone when it ends.
class parsing : public testing::Test {
 protected:
  parsing() {
    std::string pattern = (fs::temp_directory_path() / "staplelab-parse-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~parsing() override { fs::remove_all(folder_); }

  fs::path write(const std::string& name, const std::string& text) {
    const fs::path file = folder_ / name;
    fs::create_directories(file.parent_path());
    std::ofstream(file) << text;
    return file;
  }

  scenario parsed(const std::string& text, const overrides& vars = {}) {
    auto read = parse_file(write("scenario.json", text), vars);
    if (read) return *std::move(read);
    for (const auto& error : read.error())
      ADD_FAILURE() << runtime::render(error);
    return {};
  }
  parse_errors errors(const std::string& text, const overrides& vars = {}) {
    const auto read = parse_file(write("scenario.json", text), vars);
    return read ? parse_errors() : read.error();
  }

  fs::path folder_;
};

template <class Action>
const Action& action_of(const scenario& all, std::size_t step) {
  return std::get<Action>(all.steps.at(step).what);
}

std::string with_steps(const std::string& steps, const std::string& before = "") {
  return R"({"title": "t", )" + before + R"("steps": [)" + steps + "]}";
}

TEST_F(parsing, fills_in_what_is_not_said) {
  const auto read = parsed(with_steps(R"({"start": "endpoint"})"));
  EXPECT_EQ(read.name, "scenario");
  EXPECT_EQ(read.title, "t");
  EXPECT_EQ(read.seed, 1U);
  EXPECT_EQ(read.start, time_point(std::chrono::sys_days(std::chrono::year(2026) / 3 / 1)));
  EXPECT_EQ(read.over.modes.size(), 4U);
  EXPECT_THAT(read.over.must_staple, ElementsAre(true, false));
  EXPECT_THAT(read.over.profiles, ElementsAre("resilient"));
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
    "responder": {"validity": "1d12h", "backdate": "90m", "signer": "d", "up": false},
    "endpoint": {"certificates": "web", "url": "${responder}/ocsp", "store": false},
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
  EXPECT_EQ(read.responder.signer, "d");
  EXPECT_FALSE(read.responder.up);
  EXPECT_EQ(read.endpoint.url->rest, "/ocsp");
  EXPECT_FALSE(read.endpoint.store);
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
    {"mark": "m"}, {"note": "only a note"}, {"expect": "up"})"));
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

// -- variables and includes -------------------------------------------------------------------

TEST_F(parsing, variables_keep_their_type_or_are_written_out) {
  const auto read = parsed(R"({"title": "for ${days} days, ${yes} ${half}",
    "vars": {"days": 3, "yes": true, "half": 0.5, "life": "2d"},
    "responder": {"validity": "${life}", "up": "${yes}"},
    "steps": [{"advance": "${days}d"}, {"handshake": {"count": "${days}"}}]})");
  EXPECT_EQ(read.title, "for 3 days, true 0.5");
  EXPECT_EQ(read.responder.validity, days(2));
  EXPECT_EQ(action_of<advance_step>(read, 0).by, days(3));
  EXPECT_EQ(action_of<handshake_step>(read, 1).count, 3U);
}

TEST_F(parsing, variables_are_replaced_from_outside) {
  const std::string text = R"({"title": "t", "vars": {"n": 1, "s": "x", "b": false},
    "endpoint": {"store": "${b}"},
    "steps": [{"handshake": {"count": "${n}"}}, {"note": "${s} ${other}"}]})";
  const auto read = parsed(text, {{"n", "7"}, {"s", "8"}, {"b", "true"}, {"other", "o"}});
  EXPECT_EQ(action_of<handshake_step>(read, 0).count, 7U);
  EXPECT_EQ(read.steps[1].note, "8 o");
  EXPECT_TRUE(read.endpoint.store);
  EXPECT_THAT(errors(text, {{"n", "many"}, {"other", "o"}}),
              Contains(Field(&diagnostic::message, HasSubstr("'n' is a number, but was given"))));
  EXPECT_THAT(errors(text, {{"b", "1"}, {"other", "o"}}),
              Contains(Field(&diagnostic::message, HasSubstr("'b' is true or false"))));
}

TEST_F(parsing, what_stands_in_a_variable_is_not_looked_at_again) {
  const auto read = parsed(
      R"({"title": "t", "vars": {"u": ""}, "endpoint": {"url": "${u}"}, "steps": [{"note": "n"}]})",
      {{"u", "${nowhere}/x"}});
  EXPECT_EQ(read.endpoint.url->on, responder_address::base::nowhere);
}

TEST_F(parsing, fragments_merge_under_the_file) {
  write("a/one.json", R"({"about": "first", "vars": {"life": "1d", "up": true},
    "tags": ["one"], "seed": 5, "matrix": {"mode": ["auto", "must"], "profile": "nats"},
    "pki": {"certificates": {"server": {"valid": "5d", "key": "p384"}}},
    "responder": {"validity": "${life}"}})");
  write("a/two.json", R"({"include": ["one.json"], "vars": {"life": "2d"},
    "matrix": {"mode": "never"}, "endpoint": {"store": false}})");
  const auto read = parsed(R"({"title": "t", "include": ["a/two.json"], "seed": 6,
    "pki": {"certificates": {"server": {"valid": "9d"}}},
    "responder": {"up": "${up}"}, "steps": [{"note": "n"}]})");
  EXPECT_EQ(read.seed, 6U) << "the file wins";
  EXPECT_THAT(read.tags, ElementsAre("one"));
  EXPECT_THAT(read.over.modes, ElementsAre(stapler::mode::never)) << "the later fragment wins";
  EXPECT_THAT(read.over.profiles, ElementsAre("nats"));
  EXPECT_EQ(read.certificates.at(0).valid, days(9));
  EXPECT_EQ(read.certificates.at(0).key, pki::key_type::p384) << "objects merge key by key";
  EXPECT_EQ(read.responder.validity, days(2));
  EXPECT_FALSE(read.endpoint.store);
  EXPECT_TRUE(read.about.empty());
}

TEST_F(parsing, steps_of_other_files_take_the_place_of_an_include) {
  write("inner.json", R"({"title": "i", "vars": {"by": "1h", "own": "x"},
                          "steps": [{"advance": "${by}"}, {"note": "${own}"}]})");
  write("outer.json", R"({"title": "o", "steps": [{"include": "inner.json"}, {"mark": "m"}]})");
  const auto read = parsed(R"({"title": "t", "vars": {"by": "2h", "file": "outer"},
                               "steps": [{"include": "${file}.json", "note": "n"},
                                         {"include": "inner.json"}]})");
  ASSERT_EQ(read.steps.size(), 5U);
  EXPECT_EQ(action_of<advance_step>(read, 0).by, 2h) << "the including file's variables win";
  EXPECT_EQ(read.steps[1].note, "x");
  action_of<mark_step>(read, 2);
}

TEST_F(parsing, an_error_in_an_included_file_points_there) {
  write("fragment.json", "{\n  \"responder\": {\"validty\": \"1d\"}\n}");
  write("steps.json", "{\"title\": \"s\",\n \"steps\": [{\"advance\": 5}]}");
  const auto found = errors(R"({"title": "t", "include": ["fragment.json"],
                                "steps": [{"include": "steps.json"}]})");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(fs::path(found[0].file).filename(), "fragment.json");
  EXPECT_EQ(found[0].where, (runtime::source_position{2, 17}));
  EXPECT_EQ(found[0].hint, "did you mean 'validity'?");
  EXPECT_EQ(fs::path(found[1].file).filename(), "steps.json");
  EXPECT_EQ(found[1].where, (runtime::source_position{2, 24}));
}

TEST_F(parsing, a_fragment_cannot_hold_everything) {
  write("fragment.json", R"({"title": "t", "steps": [{"note": "n"}]})");
  EXPECT_THAT(errors(with_steps(R"({"note": "n"})", R"("include": ["fragment.json"], )")),
              ElementsAre(Field(&diagnostic::message, HasSubstr("'title' has no place")),
                          Field(&diagnostic::message, HasSubstr("'steps' has no place"))));
  write("steps.json", R"({"title": "t", "responder": {}, "steps": [{"note": "n"}]})");
  EXPECT_THAT(errors(with_steps(R"({"include": "steps.json"})")),
              ElementsAre(Field(&diagnostic::message, HasSubstr("'responder' has no place"))));
  write("no-steps.json", R"({"seed": 1})");
  EXPECT_FALSE(errors(with_steps(R"({"include": "no-steps.json"})")).empty());
}

// A chain of fragments of that many levels below the scenario.
TEST_F(parsing, includes_have_a_limit_of_depth) {
  const auto chain = [&](std::size_t levels) {
    for (std::size_t i = 1; i <= levels; ++i) {
      const auto next = R"(, "include": ["f)" + std::to_string(i + 1) + R"(.json"])";
      write("f" + std::to_string(i) + ".json", R"({"seed": 1)" + (i < levels ? next : "") + "}");
    }
    return errors(with_steps(R"({"note": "n"})", R"("include": ["f1.json"], )"));
  };
  EXPECT_THAT(chain(max_include_depth), IsEmpty());
  EXPECT_THAT(chain(max_include_depth + 1),
              ElementsAre(Field(&diagnostic::message, HasSubstr("deeper than 8 levels"))));
}

TEST_F(parsing, includes_have_a_limit_of_number) {
  write("empty.json", "{}");
  const auto many = [&](std::size_t count) {
    std::string list = R"("include": ["empty.json")";
    for (std::size_t i = 1; i < count; ++i)
      list += R"(, "empty.json")";
    return errors(with_steps(R"({"note": "n"})", list + "], "));
  };
  EXPECT_THAT(many(max_includes), IsEmpty());
  EXPECT_THAT(many(max_includes + 1),
              ElementsAre(Field(&diagnostic::message, HasSubstr("more than 256 includes"))));
}

TEST_F(parsing, includes_that_multiply_end_soon) {
  std::string list = R"("x0.json")";
  for (int i = 1; i < 100; ++i)
    list += R"(, "x0.json")";
  for (int level = 0; level < 7; ++level) {
    auto here = list;
    for (auto at = here.find("x0"); at != std::string::npos; at = here.find("x0", at)) {
      here.replace(at, 2, "x" + std::to_string(level + 1));
    }
    write("x" + std::to_string(level) + ".json", R"({"include": [)" + here + "]}");
  }
  write("x7.json", "{}");
  EXPECT_THAT(errors(with_steps(R"({"note": "n"})", R"("include": [)" + list + "], ")),
              ElementsAre(Field(&diagnostic::message, HasSubstr("more than 256 includes"))));
}

TEST_F(parsing, step_includes_cannot_go_in_circles) {
  write("a.json", R"({"title": "a", "steps": [{"include": "b.json"}]})");
  write("b.json", R"({"title": "b", "steps": [{"include": "a.json"}]})");
  EXPECT_THAT(errors(with_steps(R"({"include": "a.json"})")),
              ElementsAre(Field(&diagnostic::message, HasSubstr("includes itself"))));
}

// -- limits -----------------------------------------------------------------------------------

std::string repeated(const std::string& what, std::size_t times) {
  std::string all = what;
  for (std::size_t i = 1; i < times; ++i)
    all += "," + what;
  return all;
}

TEST_F(parsing, steps_have_a_limit_of_number) {
  EXPECT_EQ(parsed(with_steps(repeated(R"({"note":"n"})", max_steps))).steps.size(), max_steps);
  EXPECT_THAT(errors(with_steps(repeated(R"({"note":"n"})", max_steps + 1))),
              ElementsAre(Field(&diagnostic::message, HasSubstr("more than 10000 steps"))));
  write("half.json", with_steps(repeated(R"({"note":"n"})", max_steps / 2)));
  parsed(with_steps(R"({"include": "half.json"}, {"include": "half.json"})"));
  EXPECT_THAT(errors(with_steps(R"({"include": "half.json"}, {"include": "half.json"},
                                   {"note": "n"})")),
              ElementsAre(Field(&diagnostic::message, HasSubstr("more than 10000 steps"))));
}

TEST_F(parsing, names_have_a_limit_of_length_and_number) {
  const auto named = [](std::size_t length) {
    return with_steps(R"({"note": "n"})",
                      R"("pki": {"signers": {")" + std::string(length, 'a') + R"(": {}}}, )");
  };
  EXPECT_THAT(errors(named(max_name_length)), IsEmpty());
  EXPECT_THAT(errors(named(max_name_length + 1)),
              ElementsAre(Field(&diagnostic::message, HasSubstr("longer than 64"))));

  const auto many = [](std::size_t signers) {
    std::string list;
    for (std::size_t i = 0; i < signers; ++i) {
      list += (i == 0 ? "\"s" : ", \"s") + std::to_string(i) + "\": {}";
    }
    return with_steps(R"({"note": "n"})", R"("pki": {"signers": {)" + list + "}}, ");
  };
  // Beside the two authorities and one certificate of the defaults.
  EXPECT_THAT(errors(many(max_names - 2)), IsEmpty());
  EXPECT_THAT(errors(many(max_names - 1)),
              ElementsAre(Field(&diagnostic::message, HasSubstr("more than 1000"))));
}

TEST_F(parsing, handshakes_have_limits) {
  const auto handshakes = [&](const std::string& count, const std::string& parallel) {
    return errors(
        with_steps(R"({"handshake": {"count": )" + count + R"(, "parallel": )" + parallel + "}}"));
  };
  EXPECT_THAT(handshakes("100", "1000"), IsEmpty());
  EXPECT_THAT(handshakes("101", "1000"),
              ElementsAre(Field(&diagnostic::message, HasSubstr("more than 100000 handshakes"))));
  EXPECT_THAT(handshakes("100000", "1"), IsEmpty());
  EXPECT_EQ(handshakes("100001", "1").size(), 1U);
  EXPECT_EQ(handshakes("1", "1001").size(), 1U);
  const auto rounds = [&](const std::string& length) {
    return errors(
        with_steps(R"({"always": {"for": ")" + length + R"(", "every": "1s"}, "expect": "any"})"));
  };
  EXPECT_THAT(rounds("99999s"), IsEmpty());
  EXPECT_EQ(rounds("100000s").size(), 1U);
}

TEST_F(parsing, time_has_an_end) {
  const auto until = [&](const std::string& start) {
    return errors(with_steps(R"({"advance": "36500d"})", R"("start": ")" + start + R"(", )"));
  };
  EXPECT_THAT(until("2100-01-01T00:00:00Z"), IsEmpty());
  EXPECT_THAT(until("2100-02-01T00:00:00Z"),
              ElementsAre(Field(&diagnostic::message, HasSubstr("beyond 2200-01-01"))));
  EXPECT_EQ(until("2200-01-01T00:00:00Z").size(), 1U);
  EXPECT_EQ(until("1999-12-31T23:59:59Z").size(), 1U);
}

TEST_F(parsing, errors_have_a_limit_of_number) {
  const auto wrong = [&](std::size_t count) {
    return errors(with_steps(repeated(R"({"advance":0})", count))).size();
  };
  EXPECT_EQ(wrong(max_diagnostics), max_diagnostics);
  EXPECT_EQ(wrong(max_diagnostics + 1), max_diagnostics);
}

// What follows the last error that is kept must not pass for right.
TEST_F(parsing, errors_past_the_limit_are_errors_still) {
  const auto found = errors(with_steps(
      repeated(R"({"advance":0})", max_diagnostics) +
      R"(, {"always": {"for": "1h", "every": "0s"}, "expect": "any"}, {"fault": {"kind": 5}})"));
  EXPECT_EQ(found.size(), max_diagnostics);
}

TEST_F(parsing, tells_all_errors_in_the_order_of_the_file) {
  const auto found = errors(
      "{\n \"titel\": 1,\n \"seed\": -1,\n \"matrix\": {\"mode\": 5},\n"
      " \"steps\": [{\"advance\": \"x\"}, {\"revoke\": \"y\"}]}");
  std::vector<std::size_t> lines;
  for (const auto& error : found)
    lines.push_back(error.where.line);
  EXPECT_THAT(lines, ElementsAre(1, 2, 3, 4, 5, 5));
}

TEST_F(parsing, shows_the_line_with_a_caret) {
  const auto found = errors("{\"title\": \"t\",\n  \"steps\": [{\"advanse\": \"1d\"}]}");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(runtime::render(found[0]), found[0].file +
                                           ":2:14: error: unknown key 'advanse' in a step\n"
                                           "    \"steps\": [{\"advanse\": \"1d\"}]}\n"
                                           "               ^\n"
                                           "  did you mean 'advance'?\n");
}

// -- loading ----------------------------------------------------------------------------------

TEST_F(parsing, folders_are_searched_and_named_by_path) {
  const auto text = with_steps(R"({"note": "n"})");
  write("lib/b/two.json", text);
  write("lib/a/deep/one.json", text);
  write("lib/zero.json", text);
  write("lib/notes.txt", "no scenario");
  write("lib/fragments/fragment.json", "{}");
  write("lib/a/fragments/fragment.json", "nonsense");
  const auto single = write("single.json", text);
  const std::vector<fs::path> paths{folder_ / "lib", single};
  const auto read = load(paths, {});
  ASSERT_TRUE(read.has_value());
  std::vector<std::string> names;
  for (const auto& each : *read)
    names.push_back(each.name);
  EXPECT_THAT(names, ElementsAre("a/deep/one", "b/two", "zero", "single"));
  EXPECT_EQ((*read)[3].file, single.string());
}

TEST_F(parsing, mistakes_of_all_files_are_told_together) {
  write("lib/a.json", "{");
  write("lib/b.json", R"({"title": "t", "steps": [{"advance": 1}]})");
  const std::vector<fs::path> paths{folder_ / "lib", folder_ / "missing.json"};
  const auto read = load(paths, {});
  ASSERT_FALSE(read.has_value());
  ASSERT_EQ(read.error().size(), 3U);
  EXPECT_THAT(read.error()[0].message, HasSubstr("end of input"));
  EXPECT_THAT(read.error()[1].message, HasSubstr("expected a duration"));
  EXPECT_THAT(read.error()[2].message, HasSubstr("No such file"));
}

TEST_F(parsing, a_folder_without_scenarios_is_an_error) {
  fs::create_directories(folder_ / "empty");
  const std::vector<fs::path> paths{folder_ / "empty"};
  const auto read = load(paths, {});
  ASSERT_FALSE(read.has_value());
  EXPECT_THAT(read.error().at(0).message, HasSubstr("holds no scenario"));
}

TEST_F(parsing, a_variable_that_no_file_knows_is_an_error) {
  write("lib/a.json", R"({"title": "t", "vars": {"x": 1}, "steps": [{"note": "n"}]})");
  write("lib/b.json", with_steps(R"({"note": "n"})"));
  const std::vector<fs::path> paths{folder_ / "lib"};
  EXPECT_TRUE(load(paths, {{"x", "2"}}).has_value());
  const auto read = load(paths, {{"y", "2"}});
  ASSERT_FALSE(read.has_value());
  EXPECT_THAT(read.error(), ElementsAre(Field(&diagnostic::message,
                                              HasSubstr("no scenario has a variable 'y'"))));
}

TEST_F(parsing, a_matrix_makes_cases_with_names) {
  const auto read = parsed(R"({"title": "t", "matrix": {"mode": ["auto", "always"],
    "must_staple": [true, false], "profile": ["resilient", "nats"]}, "steps": [{"note": "n"}]})");
  const auto cases = expand(read);
  ASSERT_EQ(cases.size(), 8U);
  EXPECT_EQ(cases[0].id(), "scenario::auto::must-staple::builtin:resilient");
  EXPECT_EQ(cases[7].id(), "scenario::always::plain::builtin:nats");
  EXPECT_EQ(cases[0].initial_class(), stapler::staple_class::staple);
  EXPECT_EQ(cases[2].initial_class(), stapler::staple_class::off);
  EXPECT_EQ(cases[7].initial_class(), stapler::staple_class::enforce);
}

// -- corpora ----------------------------------------------------------------------------------

// "unknown-key.3-5.json" has its mistake on line 3, column 5.
runtime::source_position marked_in(const fs::path& file) {
  const std::string mark = file.stem().extension().string();  // ".3-5"
  const auto dash = mark.find('-');
  return {std::stoul(mark.substr(1, dash - 1)), std::stoul(mark.substr(dash + 1))};
}

std::vector<fs::path> bad_files() {
  std::vector<fs::path> files;
  for (const auto* folder : {"bad", "bad_beyond_schema"}) {
    for (const auto& each : fs::directory_iterator(fs::path(SCENARIO_TEST_FOLDER) / folder)) {
      files.push_back(each.path());
    }
  }
  std::ranges::sort(files);
  return files;
}

class bad_file : public testing::TestWithParam<fs::path> {};

TEST_P(bad_file, is_refused_at_its_mark) {
  const auto read = parse_file(GetParam(), {});
  ASSERT_FALSE(read.has_value());
  std::string all;
  for (const auto& error : read.error())
    all += runtime::render(error);
  EXPECT_EQ(read.error().size(), 1U) << all;
  EXPECT_EQ(read.error()[0].where, marked_in(GetParam())) << all;
}

INSTANTIATE_TEST_SUITE_P(corpus, bad_file, testing::ValuesIn(bad_files()), [](const auto& info) {
  auto name = info.param.stem().stem().string();
  std::ranges::replace(name, '-', '_');
  return name;
});

TEST(library, is_read_without_an_error) {
  const std::vector<fs::path> paths{fs::path(SCENARIO_FOLDER) / "library"};
  const auto read = load(paths, {});
  if (!read) {
    for (const auto& error : read.error())
      ADD_FAILURE() << runtime::render(error);
    return;
  }
  EXPECT_GE(read->size(), 30U);
  std::size_t cases = 0;
  for (const auto& each : *read) {
    cases += expand(each).size();
    EXPECT_FALSE(each.about.empty()) << each.name;
    EXPECT_FALSE(each.tags.empty()) << each.name;
    EXPECT_EQ(each.over.modes.size(), 4U) << each.name;
    EXPECT_EQ(each.over.must_staple.size(), 2U) << each.name;
  }
  EXPECT_GE(cases, 240U);
}

// The schema lists words that the code knows, too.
std::vector<std::string> words_in_schema(const std::string& definition) {
  const auto schema = read_json(fs::path(SCENARIO_FOLDER) / "schema.json");
  const auto* found = schema.root.find("$defs")->find(definition);
  if (found->find("anyOf") != nullptr) found = &found->find("anyOf")->array()->front();
  std::vector<std::string> words;
  for (const auto& each : *found->find("enum")->array())
    words.push_back(*each.string());
  return words;
}

TEST(schema, knows_the_words_of_the_code) {
  const auto faults = responder::fault_names();
  EXPECT_THAT(words_in_schema("fault_kind"),
              testing::UnorderedElementsAreArray(faults.begin(), faults.end()));
  std::vector<std::string> verdicts;
  for (const auto verdict : all_probe_verdicts)
    verdicts.emplace_back(to_string(verdict));
  EXPECT_THAT(words_in_schema("verdict"), testing::UnorderedElementsAreArray(verdicts));
  std::vector<std::string> keys;
  for (const auto type : pki::all_key_types)
    keys.emplace_back(pki::to_string(type));
  EXPECT_THAT(words_in_schema("key_type"), testing::UnorderedElementsAreArray(keys));
}

}  // namespace
}  // namespace staplelab::scenarios
