// When a reload counts as done: with a server that takes its time, one that does nothing, and one
// that says so.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "runtime/process.hpp"
#include "tests/cli/process.hpp"

namespace staplelab::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* unmovable = "its clock cannot be moved on this machine";

const std::string s_server =
    "openssl s_server -accept 127.0.0.1:${port} -cert ${cert} -key ${key} -cert_chain ${chain} "
    "-CAfile ${chain} -www";

// At HUP it goes on for half a second with what it has.
const std::string slow = "trap 'sleep 0.5; kill $child; wait $child' HUP; while :; do " + s_server +
                         " & child=$!; wait $child; done";
const std::string deaf = "trap '' HUP; exec " + s_server;
const std::string talking = "trap 'sleep 0.5; echo reload: no' HUP; " + s_server +
                            " & child=$!; while :; do wait $child; done";

std::string description(const std::string& command, const nlohmann::json& reload) {
  nlohmann::json all{{"title", "s_server"},
                     {"package", "openssl"},
                     {"version", {"openssl", "version"}},
                     {"command", {"sh", "-c", command}},
                     {"reload", reload},
                     {"tls", "direct"},
                     {"staples", "itself"},
                     {"modes",
                      {{"auto", "it does not staple"},
                       {"must", "it never shuts down"},
                       {"always", "it never shuts down"},
                       {"never", nlohmann::json::object()}}}};
  return all.dump(2);
}

constexpr const char* renewed = R"({
  "title": "A new certificate",
  "matrix": {"must_staple": [true], "mode": ["never"]},
  "steps": [
    {"start": "endpoint", "expect": "up"},
    {"handshake": {}, "expect": {"certificate": "server"}},
    {"issue": {"name": "next", "names": ["server.example"]}},
    {"reload": {"certificates": ["next"]}},
    {"handshake": {}, "expect": {"certificate": "next"}}
  ]
}
)";

ended_program reloaded(const std::string& command, const nlohmann::json& reload) {
  const scratch_folder folder;
  const auto server = folder.write("mine.json", description(command, reload));
  const auto scenario = folder.write("renewed.json", renewed);
  return staplelab({"run", scenario, "--target", server, "-v"});
}

TEST(a_reload, is_done_when_clients_get_the_new_certificate) {
  const auto ended = reloaded(slow, {{"signal", "HUP"}});
  if (ended.out.find(unmovable) != std::string::npos) GTEST_SKIP() << unmovable;
  EXPECT_EQ(ended.exit_code, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("endpoint   reloaded"));
}

TEST(a_reload, has_failed_when_clients_do_not_get_it_in_time) {
  const auto ended = reloaded(deaf, {{"signal", "HUP"}, {"within", "300ms"}});
  if (ended.out.find(unmovable) != std::string::npos) GTEST_SKIP() << unmovable;
  EXPECT_EQ(ended.exit_code, 4) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("reload failed: within 300ms clients have not come to get the "
                                   "certificate 'next'"));
  EXPECT_THAT(ended.out, HasSubstr("expected next, seen server"));
}

TEST(a_reload, is_done_when_the_server_says_so) {
  const auto ended = reloaded(talking, {{"signal", "HUP"}, {"done", "reload: (yes|no)"}});
  if (ended.out.find(unmovable) != std::string::npos) GTEST_SKIP() << unmovable;
  EXPECT_EQ(ended.exit_code, 4) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("endpoint   reloaded"));
  EXPECT_THAT(ended.out, Not(HasSubstr("reload failed")));
}

TEST(a_reload, by_a_command_that_fails_tells_what_it_said) {
  const auto ended = reloaded(deaf, {{"command", {"sh", "-c", "echo no such key; exit 3"}}});
  if (ended.out.find(unmovable) != std::string::npos) GTEST_SKIP() << unmovable;
  EXPECT_EQ(ended.exit_code, 4) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("reload failed: sh ended with 3: no such key"));
}

// The server is configured to staple, and the certificate that comes names nobody to ask.
TEST(a_reload, of_nginx_to_a_certificate_without_a_responder_keeps_its_settings) {
  if (!runtime::find_program("nginx")) GTEST_SKIP() << "nginx is not installed";
  const auto ended = staplelab(
      {"run", "--filter", "*/responders-switched-off", "--target", "nginx", "--mode", "auto"});
  if (ended.out.find(unmovable) != std::string::npos) GTEST_SKIP() << unmovable;
  EXPECT_EQ(ended.exit_code, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr(" 1 passed"));
}

}  // namespace
}  // namespace staplelab::cli
