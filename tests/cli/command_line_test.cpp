// Command lines as people type them: what they end with, and what they say.
#include <gmock/gmock.h>

#include <ostream>
#include <string>
#include <vector>

#include "tests/cli/process.hpp"

namespace staplelab::cli {
namespace {

using testing::HasSubstr;

struct line {
  std::string name;
  std::vector<std::string> arguments;
  int exit_code;
  std::string says;  // on stdout when all is well, else on stderr
};

// For the report of a failure.
std::ostream& operator<<(std::ostream& out, const line& what) {
  return out << what.name;
}

class command_line : public testing::TestWithParam<line> {};

TEST_P(command_line, ends_as_the_contract_says) {
  const auto ended = staplelab(GetParam().arguments);
  EXPECT_EQ(ended.exit_code, GetParam().exit_code) << ended.out << ended.err;
  if (GetParam().exit_code == 0) {
    EXPECT_THAT(ended.out, HasSubstr(GetParam().says));
    EXPECT_EQ(ended.err, "");
  } else {
    EXPECT_EQ(ended.out, "");
    EXPECT_THAT(ended.err, HasSubstr("staplelab: "));
    EXPECT_THAT(ended.err, HasSubstr(GetParam().says));
  }
}

INSTANTIATE_TEST_SUITE_P(
    lines, command_line,
    testing::Values(
        line{"version", {"--version"}, 0, "staplelab "}, line{"help", {"--help"}, 0, "Examples:"},
        line{"run_help", {"run", "--help"}, 0, "--report-junit"},
        line{"run_help_examples", {"run", "--help"}, 0, "Examples:"},
        line{"ca_help", {"ca", "--help"}, 0, "Examples:"},
        line{"ca_issue_help", {"ca", "issue", "--help"}, 0, "Examples:"},
        line{"ca_revoke_help", {"ca", "revoke", "--help"}, 0, "Examples:"},
        line{"responder_help", {"responder", "--help"}, 0, "Examples:"},
        line{"stapler_help", {"stapler", "--help"}, 0, "Examples:"},
        line{"probe_help", {"probe", "--help"}, 0, "Examples:"},
        line{"verify_help", {"verify", "--help"}, 0, "Examples:"},
        line{"decode_help", {"decode", "--help"}, 0, "Examples:"},
        line{"schema_help", {"schema", "--help"}, 0, "Examples:"},
        line{"targets_help", {"targets", "--help"}, 0, "Example:"},
        line{"nothing", {}, 1, "a command is missing"},
        line{"half_a_command", {"ca"}, 1, "ca: a command is missing"},
        line{"misspelt_command", {"rnu"}, 1, "did you mean run?"},
        line{"misspelt_subcommand", {"ca", "isue", "x"}, 1, "did you mean issue?"},
        line{"misspelt_flag", {"run", "--fail-fats"}, 1, "did you mean --fail-fast?"},
        line{"misspelt_flag_with_value", {"verify", "--isuer=x"}, 1, "did you mean --issuer?"},
        line{"misspelt_mode", {"run", "--mode", "alway"}, 1, "did you mean always?"},
        line{"one_misspelt_mode_of_two", {"run", "--mode", "must,nevr"}, 1, "did you mean never?"},
        line{"misspelt_profile", {"run", "--profile", "resiliant"}, 1, "did you mean resilient?"},
        line{"misspelt_time", {"run", "--time", "virtul"}, 1, "did you mean virtual?"},
        line{"time_travel", {"run", "--time", "travel"}, 5, "--time virtual"},
        line{"unknown_target", {"run", "--target", "x"}, 5, "builtin:resilient, builtin:nats"},
        line{"misspelt_target",
             {"run", "--target", "builtin:nast"},
             5,
             "did you mean builtin:nats?"},
        line{"misspelt_server", {"run", "--target", "nats-sever"}, 5, "did you mean nats-server?"},
        line{"virtual_server",
             {"run", "--target", "nats-server", "--time", "virtual"},
             1,
             "--time travel"},
        line{
            "two_kinds_of_target", {"run", "--target", "nats-server,builtin:nats"}, 1, "--against"},
        line{"against_nobody", {"run", "--against", "builtin:nats"}, 1, "--target"},
        line{"no_such_description", {"run", "--target", "./none.json"}, 2, "none.json"},
        line{"no_duration", {"run", "--timeout", "soon"}, 1, "a duration looks like"},
        line{"negative_duration", {"run", "--timeout", "-5s"}, 1, ""},
        line{"zero_jobs", {"run", "--jobs", "0"}, 1, "--jobs"},
        line{"no_number", {"run", "--seed", "x"}, 1, "--seed"},
        line{"report_to_a_dash", {"run", "--report-json", "-"}, 1, "a report goes to a file"},
        line{"scale_of_no_time", {"run", "--time-scale", "60"}, 1, "--time real only"},
        line{"misspelt_bundled_scenario",
             {"run", "revocation/turn-revoked"},
             2,
             "did you mean 'revocation/turns-revoked'?"},
        line{"misspelt_incident", {"incidents", "double-slahs"}, 2, "did you mean 'double-slash'?"},
        line{"misspelt_scenario_in_a_filter",
             {"run", "--filter", "incidents/ca-side/double-slah"},
             1,
             "did you mean 'incidents/ca-side/double-slash'?"},
        line{"folder_in_a_filter",
             {"run", "--filter", "incidents/ca-side"},
             1,
             "did you mean 'incidents/ca-side/*'?"},
        line{"misspelt_tag", {"run", "--tag", "incidents"}, 1, "did you mean 'incident'?"},
        line{"negative_seed", {"run", "--seed=-1"}, 1, "a seed is a number from 0"},
        line{"variable_without_value", {"run", "--var", "x"}, 1, "name=value"},
        line{"nothing_matches", {"run", "--filter", "no-such-case"}, 1, "no case is left"},
        line{"no_such_scenario", {"run", "/nowhere/x.json"}, 2, "nothing was run"},
        line{"missing_argument", {"verify", "--issuer", "a"}, 1, "verify: "},
        line{"misspelt_reason",
             {"ca", "revoke", "x", "y", "--reason", "keycompromize"},
             1,
             "did you mean keyCompromise?"},
        line{"no_time", {"ca", "revoke", "x", "y", "--at", "yesterday"}, 1, "RFC 3339"},
        line{"name_with_slash", {"ca", "issue", "x", "../y"}, 1, "no name for a certificate"},
        line{"misspelt_key", {"ca", "init", "x", "--key", "p257"}, 1, "did you mean p256?"},
        line{"no_ca_there", {"ca", "list", "/nowhere/ca"}, 2, "/nowhere/ca"},
        line{"ca_where_none_can_be", {"ca", "init", "/dev/null/ca"}, 5, "/dev/null/ca"},
        line{"no_address",
             {"responder", "--ca", "x", "--listen", "here"},
             1,
             "an address looks like"},
        line{"misspelt_responder_profile",
             {"responder", "--ca", "x", "--profile", "rfc6961"},
             1,
             "did you mean rfc6960?"},
        line{"misspelt_non_issued",
             {"responder", "--ca", "x", "--non-issued", "extended_revoke"},
             1,
             "did you mean extended-revoke?"},
        line{"good_for_what_was_not_issued_under_webpki",
             {"responder", "--ca", "x", "--profile", "webpki", "--non-issued", "good"},
             1,
             "BR 4.9.9"},
        line{"extended_revoke_under_webpki",
             {"responder", "--ca", "x", "--profile", "webpki", "--non-issued", "extended-revoke"},
             1,
             "certificateHold"},
        line{"misspelt_responder_id",
             {"responder", "--ca", "x", "--responder-id", "byname"},
             1,
             "did you mean by-name?"},
        line{"signatures_required_of_nobody",
             {"responder", "--ca", "x", "--require-signed"},
             1,
             "needs --client-ca"},
        line{"no_client_ca",
             {"responder", "--ca", "x", "--client-ca", "/nowhere/clients.pem"},
             2,
             "/nowhere/clients.pem"},
        line{"reason_code_as_an_extension_under_webpki",
             {"responder", "--ca", "x", "--profile", "webpki", "--single-extension",
              "reasonCode=superseded"},
             1,
             "BR 7.3.2"},
        line{"extension_without_a_value",
             {"responder", "--ca", "x", "--single-extension", "1.2.3"},
             1,
             "an OID and DER"},
        line{"extension_of_a_wrong_serial",
             {"responder", "--ca", "x", "--single-extension", "x:1.2.3=0500"},
             1,
             "an OID and DER"},
        line{"archive_cutoff_is_no_date",
             {"responder", "--ca", "x", "--archive-cutoff", "2020-01-01"},
             1,
             "a duration looks like"},
        line{"no_configuration",
             {"stapler", "--config", "/nowhere/x.conf"},
             2,
             "not a usable configuration"},
        line{"no_port", {"probe", "127.0.0.1"}, 1, "a server looks like"},
        line{"misspelt_protocol",
             {"probe", "127.0.0.1:1", "--starttls", "smpt"},
             1,
             "did you mean smtp?"},
        line{"decode_a_directory", {"decode", "/"}, 2, "cannot read /"},
        line{"decode_nothing", {"decode", "/dev/null"}, 2, "no OCSP message"},
        line{"verify_unreadable",
             {"verify", "--issuer", "/nowhere/i", "--cert", "/nowhere/c", "/dev/null"},
             2,
             "cannot read /nowhere/c"}),
    [](const auto& param) { return param.param.name; });

// A terminal is not needed for colour to be wrong: with a pipe there must be none at all.
TEST(plain_output, has_no_escapes_without_a_terminal) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"--help"}, {"rnu"}, {"schema"}}) {
    const auto ended = staplelab(arguments);
    EXPECT_EQ(ended.out.find('\x1b'), std::string::npos);
    EXPECT_EQ(ended.err.find('\x1b'), std::string::npos);
  }
}

TEST(colour, is_for_terminals_that_want_it) {
  const scratch_folder folder;
  const std::string ca = folder / "ca";
  ASSERT_EQ(staplelab({"ca", "init", ca}).exit_code, 0);
  const auto on_a_terminal = [&](const std::string& setting) {
    return run_program({"env", "-u", "NO_COLOR", "TERM=xterm", setting, "script", "-qec",
                        "'" STAPLELAB_PROGRAM "' ca list '" + ca + "'", "/dev/null"})
        .out;
  };
  EXPECT_THAT(on_a_terminal("X=1"), HasSubstr("\x1b["));
  EXPECT_THAT(on_a_terminal("NO_COLOR=1"), testing::Not(HasSubstr("\x1b[")));
  EXPECT_THAT(on_a_terminal("TERM=dumb"), testing::Not(HasSubstr("\x1b[")));
}

TEST(output, that_cannot_be_written_is_an_error) {
  const auto ended = run_program({"sh", "-c", "exec \"$0\" schema > /dev/full", STAPLELAB_PROGRAM});
  EXPECT_EQ(ended.exit_code, 5);
  EXPECT_THAT(ended.err, HasSubstr("cannot write to standard output"));
}

}  // namespace
}  // namespace staplelab::cli
