// The series on a server that is not ours, on a moved clock: what the facts about nats-server say,
// found out from outside.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <map>
#include <string>

#include "fingerprint/examine.hpp"
#include "fingerprint/report.hpp"
#include "fingerprint/version.hpp"
#include "runtime/process.hpp"
#include "scenarios/parse_target.hpp"

namespace staplelab::fingerprint {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const std::atomic<bool> never = false;

scenarios::target described(const std::string& name) {
  auto read = scenarios::parse_target(fs::path(TARGET_FOLDER) / (name + ".json"));
  EXPECT_TRUE(read.has_value());
  return std::move(*read);
}

// A machine that does not let clocks be moved says so in every cell.
bool says_that_clocks_stay(const row& of) {
  for (const auto& [which, found] : of.cells) {
    const auto* why = std::get_if<does_not_apply>(&found);
    if (why && why->why.find("clock cannot be moved") != std::string::npos) return true;
  }
  return false;
}

std::map<std::string, std::string> words_of(const row& of) {
  std::map<std::string, std::string> all;
  for (const auto& [which, found] : of.cells)
    all[std::string(to_string(which))] = in_words(which, found);
  return all;
}

TEST(nats_server, has_the_row_that_is_known_of_it) {
  if (!runtime::find_program("nats-server")) {
    GTEST_SKIP() << "nats-server is not installed: apt-get install nats-server";
  }
  const auto server = described("nats-server");
  examination_options options;
  options.only = {cell::first_handshake,   cell::fetch_in_handshake,  cell::while_valid_down,
                  cell::after_expiry_down, cell::on_revoked,          cell::on_wrong_cert,
                  cell::on_wrong_signer,   cell::restart_down,        cell::start_down,
                  cell::revoked_shutdown,  cell::must_staple_matters, cell::request};
  options.times = 1;  // what is tested is the series; the rule of three is tested elsewhere
  const auto found = examine({.name = "nats-server", .on = &server}, options, {}, never);
  if (says_that_clocks_stay(found)) GTEST_SKIP() << "clocks cannot be moved on this machine";
  const std::map<std::string, std::string> expected{
      {"first_handshake", "stapled"}, {"fetch_in_handshake", "yes"},
      {"while_valid_down", "kept"},   {"after_expiry_down", "handshake_failed"},
      {"on_revoked", "stapled"},      {"on_wrong_cert", "stapled"},
      {"on_wrong_signer", "kept"},    {"restart_down", "stapled"},
      {"start_down", "refused"},      {"revoked_shutdown", "0"},
      {"must_staple_matters", "yes"}, {"request", "GET, HTTP/1.1, no nonce, sha1"},
  };
  EXPECT_EQ(words_of(found), expected) << transcripts(found);
}

TEST(version, is_the_first_line_that_the_program_prints) {
  if (!runtime::find_program("openssl")) GTEST_SKIP() << "openssl is not installed";
  EXPECT_THAT(version_of(described("openssl")), HasSubstr("OpenSSL 3"));
  auto silent = described("openssl");
  silent.version = {"true"};
  EXPECT_EQ(version_of(silent), "unknown");
  silent.version = {"no-such-program-here"};
  EXPECT_EQ(version_of(silent), "unknown");
}

// What a server that asks nobody, or whose clock stays, cannot show is not guessed.
TEST(series, of_a_server_that_is_given_its_staples_leaves_out_what_is_about_asking) {
  const auto server = described("exim");
  const auto facts = facts_of(&server, stapler::mode::auto_);
  ASSERT_TRUE(facts.asks_nobody.has_value());
  for (const auto& each : all_studies(facts)) {
    for (const auto which : each.cells) {
      const bool about_asking = which == cell::request || which == cell::refresh ||
                                which == cell::hang_blocks || which == cell::while_valid_down;
      EXPECT_TRUE(!about_asking || each.experiments.empty()) << to_string(which);
    }
  }
}

TEST(series, of_a_server_whose_clock_stays_leaves_out_what_takes_days) {
  subject_facts facts;
  facts.stays_in_time = "it counts its own sleeps";
  std::size_t left = 0, made = 0;
  for (const auto& each : all_studies(facts)) {
    each.experiments.empty() ? ++left : ++made;
    if (!each.experiments.empty()) continue;
    for (const auto& [which, found] : each.judge({}))
      EXPECT_EQ(std::get<does_not_apply>(found).why, "it counts its own sleeps");
  }
  EXPECT_GT(left, 10U);
  EXPECT_GE(made, 4U);  // first_handshake, restart_down, reload_down, start_down
}

TEST(series, has_every_cell_once) {
  std::map<cell, int> seen;
  for (const auto& each : all_studies({})) {
    for (const auto which : each.cells)
      ++seen[which];
  }
  for (const auto which : all_cells())
    EXPECT_EQ(seen[which], 1) << to_string(which);
}

}  // namespace
}  // namespace staplelab::fingerprint
