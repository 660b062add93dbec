// The small pieces that decide something, without a process.
#include <gmock/gmock.h>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "cli/base64.hpp"
#include "cli/ca_files.hpp"
#include "cli/delegate.hpp"
#include "cli/failure.hpp"
#include "cli/library_folder.hpp"
#include "cli/options.hpp"
#include "cli/output_file.hpp"
#include "cli/resolve.hpp"
#include "cli/run_repeat.hpp"
#include "cli/run_selection.hpp"
#include "pki/key_match.hpp"
#include "responder/renewal.hpp"
#include "runtime/listener.hpp"
#include "tests/cli/process.hpp"

namespace staplelab::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// -- base64 (RFC 4648 section 10) -------------------------------------------------------------

std::string decoded(std::string_view text) {
  const auto octets = from_base64(text);
  return octets ? std::string(octets->begin(), octets->end()) : "refused";
}

TEST(base64, reads_the_vectors_of_the_rfc) {
  EXPECT_EQ(decoded(""), "");
  EXPECT_EQ(decoded("Zg=="), "f");
  EXPECT_EQ(decoded("Zm8="), "fo");
  EXPECT_EQ(decoded("Zm9v"), "foo");
  EXPECT_EQ(decoded("Zm9vYg=="), "foob");
  EXPECT_EQ(decoded("Zm9vYmE="), "fooba");
  EXPECT_EQ(decoded("Zm9vYmFy"), "foobar");
}

TEST(base64, forgives_line_ends_and_missing_padding_only) {
  EXPECT_EQ(decoded("Zm9v\r\nYmE"), "fooba");
  EXPECT_EQ(decoded("Z"), "refused");
  EXPECT_EQ(decoded("Zm9v-_"), "refused");
  EXPECT_EQ(decoded("Zg==Zg=="), "refused");
}

TEST(base64, reads_back_the_pem_it_writes) {
  for (std::size_t length : {1u, 2u, 3u, 47u, 48u, 49u, 200u}) {
    const pki::bytes octets(length, 0xa5);
    const std::string pem = to_pem("X", octets);
    const auto begin = pem.find('\n');
    EXPECT_EQ(from_base64(pem.substr(begin, pem.rfind("-----END") - begin)), octets);
  }
}

// -- options ----------------------------------------------------------------------------------

template <class Function>
std::string refusal_of(Function function) {
  try {
    function();
  } catch (const failure& error) {
    return error.what() + std::string(" / ") + error.hint();
  }
  return "accepted";
}

TEST(options, listen_addresses) {
  EXPECT_EQ(runtime::to_string(listen_option("--listen", "127.0.0.1:80")), "127.0.0.1:80");
  EXPECT_EQ(runtime::to_string(listen_option("--listen", ":80")), "127.0.0.1:80");
  EXPECT_EQ(runtime::to_string(listen_option("--listen", "localhost:0")), "127.0.0.1:0");
  EXPECT_EQ(runtime::to_string(listen_option("--listen", "[::1]:80")), "[::1]:80");
  EXPECT_THAT(refusal_of([] { listen_option("--listen", "80"); }), HasSubstr("--listen"));
}

TEST(options, servers_to_probe) {
  EXPECT_EQ(parse_host_port("x", "www.example:443").host, "www.example");
  EXPECT_EQ(parse_host_port("x", "[::1]:8443").host, "::1");
  EXPECT_EQ(parse_host_port("x", "[::1]:8443").port, 8443);
  for (const char* text : {"www.example", ":443", "x:", "x:0", "x:65536", "x:443a", "[]:1"}) {
    EXPECT_THAT(refusal_of([&] { parse_host_port("x", text); }), HasSubstr("not understood"))
        << text;
  }
}

TEST(options, reasons) {
  EXPECT_EQ(reason_option("--reason", "superseded"), pki::crl_reason::superseded);
  EXPECT_THAT(refusal_of([] { reason_option("--reason", "removeFromCRL"); }),
              HasSubstr("no such value"));
}

TEST(options, lists) {
  EXPECT_THAT(split_list({"a,b", "c", ",,d,"}), ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(split_list({""}), ElementsAre());
}

TEST(options, names_of_certificates_are_file_names) {
  EXPECT_EQ(refusal_of([] { check_file_name("*.example"); }), "accepted");
  for (const char* name : {"", "a/b", "..", ".x", "-x", "a b", "a\nb", "ca"}) {
    EXPECT_NE(refusal_of([&] { check_file_name(name); }), "accepted") << name;
  }
}

// -- selection --------------------------------------------------------------------------------

scenarios::scenario scenario_of(const std::string& name, std::vector<std::string> tags = {}) {
  scenarios::scenario made{};
  made.name = name;
  made.tags = std::move(tags);
  made.over = {.modes = {stapler::mode::auto_, stapler::mode::must},
               .must_staple = {true},
               .profiles = {"resilient", "nats"}};
  return made;
}

std::vector<std::string> ids_of(const std::vector<scenarios::scenario>& all,
                                const run_selection& wanted) {
  std::vector<std::string> ids;
  for (const auto& each : select_cases(all, wanted))
    ids.push_back(each.id());
  return ids;
}

TEST(selection, of_nothing_takes_everything) {
  EXPECT_EQ(ids_of({scenario_of("a"), scenario_of("b")}, {}).size(), 8u);
}

TEST(selection, gives_a_scenario_without_profiles_the_ones_that_are_wanted) {
  std::vector all{scenario_of("x")};
  all.front().over.profiles.clear();
  const auto profiles_of = [&all](const run_selection& wanted) {
    std::set<std::string> profiles;
    for (const auto& each : select_cases(all, wanted))
      profiles.insert(each.profile);
    return profiles;
  };
  run_selection wanted;
  EXPECT_THAT(profiles_of(wanted), ElementsAre("resilient"));
  wanted.profiles = {"nats"};
  EXPECT_THAT(profiles_of(wanted), ElementsAre("nats"));
}

TEST(selection, needs_every_kind_of_wish_and_one_of_each_kind) {
  const std::vector all{scenario_of("revocation/x", {"slow"}), scenario_of("expiry/y", {"fast"})};
  run_selection wanted;
  wanted.patterns = {"revocation/*", "*::builtin:nats"};
  EXPECT_EQ(ids_of(all, wanted).size(), 6u);
  wanted.modes = {stapler::mode::must};
  EXPECT_EQ(ids_of(all, wanted).size(), 3u);
  wanted.tags = {"fast", "other"};
  EXPECT_THAT(ids_of(all, wanted), ElementsAre("expiry/y::must::must-staple::builtin:nats"));
}

TEST(selection, takes_the_last_part_of_a_name_for_the_whole) {
  const std::vector all{scenario_of("incidents/ca-side/double-slash"), scenario_of("slash")};
  run_selection wanted;
  wanted.patterns = {"double-slash"};
  EXPECT_EQ(ids_of(all, wanted).size(), 4u);
  wanted.patterns = {"double-slash::auto::must-staple::builtin:nats"};
  EXPECT_EQ(ids_of(all, wanted).size(), 1u);
  wanted.patterns = {"slash"};
  EXPECT_THAT(ids_of(all, wanted), testing::Each(testing::StartsWith("slash::")));
}

TEST(selection, of_nothing_says_what_was_meant) {
  const std::vector all{scenario_of("incidents/ca-side/double-slash", {"incident"})};
  run_selection wanted;
  wanted.patterns = {"double-slahs"};
  EXPECT_THAT(why_none(all, wanted), testing::HasSubstr("did you mean 'double-slash'?"));
  wanted.patterns = {"incidents"};
  EXPECT_THAT(why_none(all, wanted), testing::HasSubstr("did you mean 'incidents/*'?"));
  wanted.patterns = {};
  wanted.tags = {"incidents"};
  EXPECT_THAT(why_none(all, wanted), testing::HasSubstr("did you mean 'incident'?"));
  wanted.tags = {"incident"};
  EXPECT_THAT(why_none(all, wanted), testing::HasSubstr("--list"));
}

// -- repeats ----------------------------------------------------------------------------------

scenarios::run_result run_of(const scenarios::scenario& of, const std::string& note) {
  scenarios::case_result result{
      .what = {.of = &of, .mode = stapler::mode::must, .must_staple = true, .profile = "nats"},
      .reason = {},
      .steps = {},
      .events = {}};
  for (const std::string& text : {std::string("the same"), note}) {
    scenarios::event noted{};
    noted.at = of.start;
    noted.what = scenarios::note_made{text};
    result.events.push_back(noted);
  }
  scenarios::run_result run{};
  run.cases.push_back(result);
  return run;
}

TEST(repeats, with_equal_transcripts_change_nothing) {
  const auto of = scenario_of("x");
  auto first = run_of(of, "a");
  repeat_check(first).compare(first, run_of(of, "a"), 2);
  EXPECT_EQ(first.cases[0].verdict, scenarios::case_verdict::pass);
}

TEST(repeats, with_another_transcript_fail_the_case_and_name_the_line) {
  const auto of = scenario_of("x");
  auto first = run_of(of, "a");
  repeat_check(first).compare(first, run_of(of, "b"), 3);
  EXPECT_EQ(first.cases[0].verdict, scenarios::case_verdict::fail);
  EXPECT_THAT(first.cases[0].reason, HasSubstr("repeat 3"));
  EXPECT_THAT(first.cases[0].reason, testing::ContainsRegex("line [0-9]+: '.*a' became '.*b'"));
}

TEST(repeats, with_another_verdict_fail_the_case) {
  const auto of = scenario_of("x");
  auto first = run_of(of, "a");
  auto again = run_of(of, "a");
  again.cases[0].verdict = scenarios::case_verdict::error;
  repeat_check(first).compare(first, again, 2);
  EXPECT_EQ(first.cases[0].verdict, scenarios::case_verdict::fail);
}

// One handshake, and what it gave.
scenarios::run_result foreign_run_of(const scenarios::scenario& of, const scenarios::target& on,
                                     const std::string& note, scenarios::probe_verdict seen,
                                     const std::string& expected) {
  auto run = run_of(of, note);
  auto& result = run.cases[0];
  result.what.on = &on;
  scenarios::event shaken{};
  shaken.at = of.start;
  shaken.what = scenarios::handshake_done{{seen, {}, {}, {}, {}, 0}, "", true, "TLSv1.3", {}};
  result.events.push_back(shaken);
  scenarios::step_result step{};
  step.kind = "handshake";
  step.where = {7, 5};
  step.expected = expected;
  result.steps.push_back(step);
  return run;
}

TEST(repeats, of_another_server_are_told_apart_by_what_clients_see) {
  using enum scenarios::probe_verdict;
  const auto of = scenario_of("x");
  const scenarios::target on{};
  auto first = foreign_run_of(of, on, "at 43 ms", good, "good");
  const repeat_check check(first);
  check.compare(first, foreign_run_of(of, on, "at 21 ms", good, "good"), 2);
  EXPECT_EQ(first.cases[0].verdict, scenarios::case_verdict::pass);
  check.compare(first, foreign_run_of(of, on, "at 43 ms", none, "good"), 3);
  EXPECT_EQ(first.cases[0].verdict, scenarios::case_verdict::fail);
  EXPECT_THAT(first.cases[0].reason,
              testing::ContainsRegex("repeat 3 .*line 7, handshake: 'good.*' became 'none"));
}

TEST(repeats, of_another_server_may_differ_where_nothing_is_expected) {
  using enum scenarios::probe_verdict;
  const auto of = scenario_of("x");
  const scenarios::target on{};
  auto first = foreign_run_of(of, on, "a", good, "any");
  repeat_check(first).compare(first, foreign_run_of(of, on, "a", none, "any"), 2);
  EXPECT_EQ(first.cases[0].verdict, scenarios::case_verdict::pass);
}

TEST(repeats, that_pass_are_told_of_a_case_that_failed) {
  const auto of = scenario_of("x");
  auto first = run_of(of, "a");
  first.cases[0].verdict = scenarios::case_verdict::fail;
  first.cases[0].reason = "seen none";
  repeat_check(first).compare(first, run_of(of, "b"), 2);
  EXPECT_EQ(first.cases[0].reason, "seen none; repeat 2 passed");
}

TEST(repeats, that_were_cut_short_say_nothing_of_the_rest) {
  const auto of = scenario_of("x");
  auto first = run_of(of, "a");
  repeat_check(first).compare(first, {}, 2);
  EXPECT_EQ(first.cases[0].verdict, scenarios::case_verdict::pass);
}

// -- files ------------------------------------------------------------------------------------

TEST(library_folder, beside_the_program_comes_first) {
  const scratch_folder folder;
  folder.write("share/staplelab/library/x.json", "{}");
  EXPECT_EQ(library_folder(folder.path() / "bin" / "staplelab"),
            folder.path() / "share" / "staplelab" / "library");
}

TEST(library_folder, of_the_sources_comes_second) {
  const scratch_folder folder;
  const auto found = library_folder(folder.path() / "bin" / "staplelab");
  EXPECT_TRUE(std::filesystem::is_directory(found / "revocation"));
}

TEST(output_file, follows_a_link) {
  const scratch_folder folder;
  folder.write("target", "old");
  std::filesystem::create_symlink(folder / "target", folder / "link");
  check_writable(folder / "link");
  write_output(folder / "link", "new");
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
  EXPECT_EQ(content_of(folder / "target"), "new");
}

TEST(output_file, asked_about_beforehand_is_not_made) {
  const scratch_folder folder;
  check_writable(folder / "report");
  EXPECT_TRUE(folder.is_empty());
}

// -- delegates --------------------------------------------------------------------------------

class delegates : public testing::Test {
 protected:
  static constexpr pki::time_point now = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1);
  delegates() {
    ca.add_authority({.name = "root",
                      .issuer = "",
                      .type = pki::key_type::p256,
                      .not_before = now - std::chrono::days(1),
                      .not_after = now + std::chrono::days(3650)});
  }
  pki::mini_ca ca = pki::mini_ca::in_memory(pki::mini_ca::random_serials());
};

TEST_F(delegates, are_fit_to_sign) {
  const auto delegate = delegate_of(ca, "root", {}, now);
  EXPECT_TRUE(delegate.cert.may_sign_ocsp());
  EXPECT_TRUE(delegate.cert.has_ocsp_nocheck());
  EXPECT_TRUE(delegate.cert.signed_by(ca.authority("root").cert));
  EXPECT_LE(delegate.cert.not_before(), now);
}

TEST_F(delegates, are_kept_until_two_thirds_of_their_life) {
  const auto first = delegate_of(ca, "root", {}, now);
  const auto renewal = responder::renewal_time(first.cert);
  EXPECT_GT(renewal, now + delegate_lifetime / 2);
  EXPECT_LT(renewal, first.cert.not_after());
  EXPECT_EQ(delegate_of(ca, "root", {}, renewal - std::chrono::seconds(1)).cert, first.cert);
  EXPECT_NE(delegate_of(ca, "root", {}, renewal).cert, first.cert);
}

TEST_F(delegates, that_were_revoked_are_replaced) {
  const auto first = delegate_of(ca, "root", {}, now);
  ca.revoke(first.cert.serial().hex(), std::nullopt, now);
  EXPECT_NE(delegate_of(ca, "root", {}, now).cert, first.cert);
}

TEST_F(delegates, have_the_type_of_key_that_is_wanted) {
  const auto rsa = delegate_of(ca, "root", pki::key_type::rsa2048, now);
  EXPECT_TRUE(pki::is_of_type(rsa.key, pki::key_type::rsa2048));
  const auto p384 = delegate_of(ca, "root", pki::key_type::p384, now);
  EXPECT_TRUE(pki::is_of_type(p384.key, pki::key_type::p384));
  EXPECT_EQ(delegate_of(ca, "root", pki::key_type::rsa2048, now).cert, rsa.cert);
  EXPECT_EQ(delegate_of(ca, "root", {}, now).cert, p384.cert);  // any: the newest
}

}  // namespace
}  // namespace staplelab::cli
