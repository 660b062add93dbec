// Scenarios told in C++, for tests that must not depend on how files are read.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lab.hpp"
#include "scenarios/result.hpp"
#include "scenarios/runner.hpp"
#include "scenarios/scenario.hpp"

namespace staplelab::scenarios::test {

// A root, an issuing authority, the certificate "server", a responder that is up, an endpoint with
// a store; every mode, both kinds of certificate, both profiles.
inline scenario plain_scenario() {
  scenario made;
  made.name = "told";
  made.file = "told.json";
  made.title = "told in C++";
  made.start = start;
  made.over = {
      {stapler::all_modes.begin(), stapler::all_modes.end()}, {true, false}, {"resilient", "nats"}};
  made.authorities = {{"root", "", pki::key_type::p256, 24h * 7300},
                      {"issuing", "root", pki::key_type::p256, 24h * 3650}};
  certificate_spec server;
  server.name = "server";
  server.issuer = "issuing";
  server.names = {"server.example"};
  server.valid = 24h * 90;
  server.backdate = 1h;
  server.responders = {{responder_address::base::responder, "/"}};
  made.certificates = {server};
  made.responder = {24h * 7, 0h, "issuing", true};
  made.endpoint = {{"server"}, {}, true};
  return made;
}

inline expectation verdict(probe_verdict one) {
  expectation e;
  e.verdict = {one};
  return e;
}
inline expectation endpoint_is(endpoint_state state, std::optional<int> exit_code = {}) {
  expectation e;
  e.endpoint = state;
  e.exit_code = exit_code;
  return e;
}

// Adds a step, and alternatives to what it expects.
class teller {
 public:
  explicit teller(scenario& into) : into_(into) {}

  teller& then(action what) {
    step next;
    next.what = std::move(what);
    next.where.line = into_.steps.size() + 1;
    into_.steps.push_back(std::move(next));
    return *this;
  }
  teller& only(selection which) {
    into_.steps.back().only = std::move(which);
    return *this;
  }
  teller& expect(expectation what, selection when = {}) {
    into_.steps.back().expect.alternatives.push_back({std::move(when), std::move(what)});
    return *this;
  }

 private:
  scenario& into_;
};

inline selection of_class(stapler::staple_class c) {
  selection s;
  s.classes = {c};
  return s;
}
inline selection of_class(stapler::staple_class c, std::string profile) {
  auto s = of_class(c);
  s.profiles = {std::move(profile)};
  return s;
}

inline run_result run_all(const scenario& what, run_options options = {}) {
  const std::atomic<bool> never = false;
  return run_cases(expand(what), options, {}, never);
}

// The transcript shows what went wrong.
inline void expect_all_pass(const scenario& what) {
  for (const auto& result : run_all(what).cases) {
    EXPECT_EQ(to_string(result.verdict), "pass")
        << result.what.id() << ": " << result.reason << "\n"
        << transcript(result);
  }
}

}  // namespace staplelab::scenarios::test
