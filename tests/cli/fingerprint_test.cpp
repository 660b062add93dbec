// `fingerprint` as its users run it.
#include <gmock/gmock.h>

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
