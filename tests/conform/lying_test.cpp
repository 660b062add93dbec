// Our responder, told to misbehave in one way after the other: the check that is about it fails,
// and the examination goes on to its end.
#include <gtest/gtest.h>

#include <string>

#include "world.hpp"

namespace staplelab::conform::test {
namespace {

struct lie {
  int number;  // of the check that must fail
  std::string fault;
  profile held_to = profile::rfc9919;
  responder::fault_parameters parameters = {};
  bool delegated = false;
};

class Lying : public testing::TestWithParam<lie> {};

TEST_P(Lying, Fails) {
  const lie& told = GetParam();
  world w;
  our_responder ours(w, told.held_to, told.delegated);
  ASSERT_TRUE(ours.server.add_fault(rule(told.fault, told.parameters)));
  const auto done = w.examine(target_of(told.held_to), ours.server.local_endpoint());
  const checked& failed = find(done, told.number);
  EXPECT_EQ(failed.found.verdict, verdict::fail) << failed.found.why;
  EXPECT_EQ(failed.at, level::must);
  EXPECT_FALSE(failed.found.why.empty());
  EXPECT_EQ(done.checks.size(), all_checks().size());
  EXPECT_LE(done.exchanges, examination_limits().exchanges);
  EXPECT_LE(done.took, examination_limits().whole);
}

constexpr bool delegate = true;

responder::fault_parameters status(std::int64_t code) {
  responder::fault_parameters parameters;
  parameters.code = code;
  return parameters;
}

responder::fault_parameters later(pki::duration by) {
  responder::fault_parameters parameters;
  parameters.by = by;
  return parameters;
}

INSTANTIATE_TEST_SUITE_P(
    Faults, Lying,
    testing::Values(lie{64, "http_status", profile::rfc9919, status(500)}, lie{64, "hang"},
                    lie{64, "delay", profile::rfc9919, later(7s)}, lie{64, "close"},
                    lie{64, "reset"}, lie{64, "truncated_body"}, lie{64, "short_body"},
                    lie{64, "garbage_body"}, lie{64, "empty_body"}, lie{64, "oversized_body"},
                    lie{64, "wrong_content_type"}, lie{65, "wrong_content_type"},
                    lie{64, "slow_body"}, lie{21, "malformed_request"}, lie{21, "internal_error"},
                    lie{21, "try_later"}, lie{21, "sig_required"}, lie{21, "unauthorized"},
                    lie{41, "expired"}, lie{41, "future"}, lie{42, "no_next_update"},
                    lie{21, "wrong_serial"}, lie{21, "other_hash"}, lie{21, "wrong_signer"},
                    lie{21, "wrong_signer_embedded"},
                    lie{26, "delegate_without_eku", profile::rfc9919, {}, delegate},
                    lie{26, "expired_delegate", profile::rfc9919, {}, delegate},
                    lie{21, "bad_signature"}, lie{5, "stale_replay", profile::rfc6960},
                    lie{47, "says_good"}, lie{37, "says_good"}, lie{35, "says_revoked"},
                    lie{38, "says_unknown", profile::webpki}),
    [](const auto& info) {
      return "R" + std::to_string(info.param.number) + "_" + info.param.fault;
    });

}  // namespace
}  // namespace staplelab::conform::test
