// `fingerprint` as its users run it.
#include <gmock/gmock.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/cli/process.hpp"

namespace staplelab::cli {
namespace {

using testing::HasSubstr;

TEST(fingerprint, prints_one_json_object_with_the_cells_that_were_asked_for) {
  const auto ended =
      staplelab({"fingerprint", "builtin:nats", "--cell", "on_wrong_cert,hang_blocks", "--json"});
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_EQ(ended.err, "");
  const auto row = nlohmann::json::parse(ended.out);
  EXPECT_EQ(row["target"], "builtin:nats");
  EXPECT_EQ(row["time"], "virtual");
  EXPECT_EQ(row["cells"],
            nlohmann::json::parse(R"({"on_wrong_cert": "stapled", "hang_blocks": "startup"})"));
  EXPECT_EQ(row["unsteady"], nlohmann::json::array());
}

TEST(fingerprint, shows_what_stands_behind_a_cell) {
  const auto ended = staplelab({"fingerprint", "builtin:nats", "--cell", "revoked_shutdown",
                                "--transcript", "--times", "1"});
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("revoked_shutdown          0 "));
  EXPECT_THAT(ended.out, HasSubstr("revoked_shutdown: the certificate is revoked"));
  EXPECT_THAT(ended.out, HasSubstr("the responder fails"));
}

TEST(fingerprint, of_several_writes_a_page) {
  const auto ended = staplelab(
      {"fingerprint", "builtin:nats", "builtin:resilient", "--cell", "start_down", "--markdown"});
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("# How servers staple"));
  EXPECT_THAT(ended.out, HasSubstr("Without a responder it does not start."));
}

TEST(fingerprint, refuses_what_makes_no_sense) {
  EXPECT_EQ(staplelab({"fingerprint"}).exit_code, 1);
  const auto unknown = staplelab({"fingerprint", "builtin:nats", "--cell", "on_revokd"});
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_THAT(unknown.err, HasSubstr("on_revoked"));
  EXPECT_EQ(staplelab({"fingerprint", "nginks"}).exit_code, 5);
}

TEST(fingerprint, has_nothing_to_find_out_in_a_mode_without_staples) {
  const auto ended = staplelab({"fingerprint", "builtin:nats", "--mode", "never"});
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.err, HasSubstr("auto, must, always"));
  EXPECT_EQ(ended.out, "");
}

std::string description(const std::string& command, const std::string& more = "") {
  return R"({"title": "mine", "version": ["sh"], "command": ["sh", "-c", ")" + command +
         R"("], "reload": "never", "tls": "direct", "staples": "itself", )" + more +
         R"("modes": {"auto": {}, "must": "it cannot", "always": "no", "never": "no"}})";
}

TEST(fingerprint, of_a_server_that_does_not_start_is_one_error) {
  const scratch_folder folder;
  const auto file = folder.write("mine.json", description("echo no such key; exit 7"));
  const auto ended = staplelab({"fingerprint", file});
  EXPECT_EQ(ended.exit_code, 3) << ended.out << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("mine.json does not start: no such key (exit code 7)"));
  EXPECT_EQ(ended.out, "");
}

TEST(fingerprint, of_a_mode_that_a_server_does_not_have_is_one_error) {
  const scratch_folder folder;
  const auto file = folder.write("mine.json", description("exit 7"));
  const auto ended = staplelab({"fingerprint", file, "--mode", "must"});
  EXPECT_EQ(ended.exit_code, 1) << ended.out << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("has no such mode: it cannot"));
}

TEST(fingerprint, of_a_user_that_is_not_there_ends_with_5) {
  const scratch_folder folder;
  const auto file = folder.write("mine.json", description("exit 7", R"("user": "nosuchuser", )"));
  const auto ended = staplelab({"fingerprint", file});
  if (::geteuid() != 0) GTEST_SKIP() << "only root hands files over to another user";
  EXPECT_EQ(ended.exit_code, 5) << ended.out << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("there is no user 'nosuchuser'"));
}

TEST(fingerprint, of_what_is_not_installed_ends_with_5_and_says_how_to_install_it) {
  const scratch_folder folder;
  const auto file = folder.write("absent.json", R"({
    "title": "absent", "package": "absent-server", "version": ["no-such-program-here"],
    "command": ["no-such-program-here"], "reload": "never", "tls": "direct", "staples": "itself",
    "modes": {"auto": {}, "must": "no", "always": "no", "never": "no"}
  })");
  const auto ended = staplelab({"fingerprint", file});
  EXPECT_EQ(ended.exit_code, 5) << ended.out << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("apt-get install absent-server"));
}

}  // namespace
}  // namespace staplelab::cli
