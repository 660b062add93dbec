// The whole series on our own endpoint, whose policies say what the row must be.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <string>

#include "fingerprint/examine.hpp"
#include "fingerprint/report.hpp"
#include "fingerprint/surprise.hpp"

namespace staplelab::fingerprint {
namespace {

using words = std::map<std::string, std::string>;

const std::atomic<bool> never = false;

row row_of(const std::string& profile, const examination_options& options = {}) {
  return examine({.name = "builtin:" + profile, .on = nullptr, .profile = profile}, options, {},
                 never);
}

words in_words(const row& of) {
  words all;
  for (const auto& [which, found] : of.cells)
    all[std::string(to_string(which))] = in_words(which, found);
  return all;
}

TEST(builtin, nats_is_what_its_policy_says) {
  const auto found = row_of("nats");
  const words expected{
      {"first_handshake", "stapled"},
      {"fetch_in_handshake", "yes"},  // handshake_fetch::wait
      {"refresh", "50 %"},            // refresh_fraction, no jitter, no limits
      {"while_valid_down", "kept"},
      {"while_valid_http_500", "kept"},
      {"while_valid_try_later", "kept"},
      {"while_valid_malformed", "kept"},
      {"after_expiry_down", "handshake_failed"},  // empty_rule::fail_handshake
      {"expired_for_s", "0s"},
      {"on_expired", "kept"},
      {"on_future", "kept"},
      {"on_revoked", "stapled"},
      {"on_unknown", "stapled"},     // answer_rule::send
      {"on_wrong_cert", "stapled"},  // match_cert_id is off
      {"on_wrong_signer", "kept"},
      {"on_wrong_signer_embedded", "kept"},
      {"hang_blocks", "startup"},
      {"blocked_s", "30s"},  // attempt_deadline
      {"restart_down", "stapled"},
      {"reload_down", "stapled"},
      {"start_down", "refused"},  // start_rule::refuse
      {"revoked_shutdown", "0"},  // shutdown_exit_code
      {"must_staple_matters", "yes"},
      {"fetches_for_one_expiry", "1"},
      {"request", "GET, HTTP/1.1, no nonce, sha1"},
      {"asks_before_clients", "yes"},
      {"keeps_answers", "yes"},
  };
  EXPECT_EQ(in_words(found), expected) << transcripts(found);
  EXPECT_THAT(found.unsteady, testing::IsEmpty());
}

TEST(builtin, resilient_is_what_its_policy_says) {
  examination_options once;
  once.times = 1;
  const auto found = row_of("resilient", once);
  auto seen = in_words(found);
  // Up to a tenth later than half, by chance.
  const auto* refresh = value_of(found, cell::refresh);
  ASSERT_NE(refresh, nullptr);
  const auto& point = std::get<refresh_point>(*refresh);
  ASSERT_TRUE(point.fraction.has_value());
  EXPECT_GE(*point.fraction, 0.5);
  EXPECT_LE(*point.fraction, 0.55);
  seen.erase("refresh");
  const words expected{
      {"first_handshake", "stapled"},
      {"fetch_in_handshake", "no"},
      {"while_valid_down", "kept"},
      {"while_valid_http_500", "kept"},
      {"while_valid_try_later", "kept"},
      {"while_valid_malformed", "kept"},
      {"after_expiry_down", "none"},
      {"expired_for_s", "0s"},
      {"on_expired", "kept"},
      {"on_future", "kept"},
      {"on_revoked", "stapled"},
      {"on_unknown", "kept"},
      {"on_wrong_cert", "kept"},
      {"on_wrong_signer", "kept"},
      {"on_wrong_signer_embedded", "kept"},
      {"hang_blocks", "startup"},
      {"blocked_s", "3s"},  // attempt_deadline
      {"restart_down", "stapled"},
      {"reload_down", "stapled"},
      {"start_down", "none"},
      {"revoked_shutdown", "3"},
      {"must_staple_matters", "yes"},
      {"fetches_for_one_expiry", "0"},
      {"request", "GET, HTTP/1.1, no nonce, sha1"},
      {"asks_before_clients", "yes"},
      {"keeps_answers", "yes"},
  };
  EXPECT_EQ(seen, expected) << transcripts(found);
  EXPECT_THAT(found.unsteady, testing::IsEmpty());
}

// What a mode that enforces does is another row.
TEST(builtin, resilient_enforcing_refuses_to_start_without_a_responder) {
  examination_options options;
  options.only = {cell::start_down, cell::after_expiry_down};
  options.mode = stapler::mode::always;
  const auto found = row_of("resilient", options);
  const words expected{{"start_down", "refused"}, {"after_expiry_down", "handshake_failed"}};
  EXPECT_EQ(in_words(found), expected) << transcripts(found);
}

TEST(builtin, never_has_no_staple_that_something_could_happen_to) {
  examination_options options;
  options.only = {cell::first_handshake, cell::while_valid_down, cell::request};
  options.mode = stapler::mode::never;
  const words expected{{"first_handshake", "none"},
                       {"while_valid_down", "not applicable"},
                       {"request", "not applicable"}};
  EXPECT_EQ(in_words(row_of("resilient", options)), expected);
}

TEST(builtin, is_stopped_between_experiments) {
  const std::atomic<bool> at_once = true;
  const auto found =
      examine({.name = "builtin:nats", .on = nullptr, .profile = "nats"}, {}, {}, at_once);
  EXPECT_THAT(found.cells, testing::IsEmpty());
}

}  // namespace
}  // namespace staplelab::fingerprint
