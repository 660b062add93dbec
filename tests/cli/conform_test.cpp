// conform as its users run it: exit codes, the keys of --json, and JUnit XML before other readers.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "tests/cli/process.hpp"

namespace staplelab::cli {
namespace {

using testing::HasSubstr;

class conform : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(staplelab({"ca", "init", ca}).exit_code, 0);
    for (const char* name : {"www", "old"})
      ASSERT_EQ(staplelab({"ca", "issue", ca, name}).exit_code, 0);
    ASSERT_EQ(staplelab({"ca", "revoke", ca, "old", "--reason", "superseded"}).exit_code, 0);
  }

  std::vector<std::string> responder() const {
    return {STAPLELAB_PROGRAM, "responder", "--ca",    ca,        "--listen",
            "127.0.0.1:0",     "--profile", "rfc6960", "--admin", "127.0.0.1:0"};
  }
  // What takes long is left out: other tests make the whole examination.
  ended_program examine(const std::string& url, std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"conform", url, "--issuer", ca + "/ca.pem", "--cert",
                               ca + "/www.pem", "--revoked", ca + "/old.pem", "--skip", "R20,R48"});
    return staplelab(more);
  }
  static std::string url_of(background_program& server) {
    return "http://" + server.wait_for_line("listening on ") + "/";
  }
  static void turn_on(background_program& server, const std::string& fault) {
    const std::string said = "admin API on port ";
    ASSERT_TRUE(server.wait_for_log(said));
    const auto at = server.log().find(said) + said.size();
    const std::string port = server.log().substr(at, server.log().find('\n', at) - at);
    const auto set = run_program({"curl", "-sSf", "-d", "{\"fault\": \"" + fault + "\"}",
                                  "http://127.0.0.1:" + port + "/faults"});
    ASSERT_EQ(set.exit_code, 0) << set.err;
  }

  scratch_folder folder;
  const std::string ca = folder / "ca";
};

std::set<std::string> keys_of(const nlohmann::json& object) {
  std::set<std::string> keys;
  for (const auto& [key, value] : object.items())
    keys.insert(key);
  return keys;
}

TEST_F(conform, json_has_the_keys_of_the_contract_and_no_others) {
  background_program server(responder());
  const std::string url = url_of(server);
  const auto ended = examine(url, {"--json"});
  EXPECT_EQ(ended.exit_code, 0) << ended.out << ended.err;
  const auto report = nlohmann::json::parse(ended.out);
  EXPECT_EQ(keys_of(report),
            (std::set<std::string>{"url", "profile", "checks", "totals", "duration_ms"}));
  EXPECT_EQ(report.at("url"), url);
  EXPECT_EQ(report.at("profile"), "rfc6960");
  EXPECT_EQ(keys_of(report.at("totals")),
            (std::set<std::string>{"must_failed", "should_failed", "passed", "skipped"}));
  ASSERT_GE(report.at("checks").size(), 60u);
  for (const auto& check : report.at("checks")) {
    EXPECT_EQ(keys_of(check), (std::set<std::string>{"id", "level", "verdict", "clause", "sent",
                                                     "received", "why"}));
  }
}

TEST_F(conform, a_broken_must_ends_with_4_and_shows_the_exchange) {
  background_program server(responder());
  const std::string url = url_of(server);
  turn_on(server, "bad_signature");
  const auto ended = examine(url, {"--show", "decoded"});
  EXPECT_EQ(ended.exit_code, 4);
  EXPECT_THAT(ended.out, HasSubstr("a careful client refuses the response"));
  EXPECT_THAT(ended.out, HasSubstr("Content-Type: application/ocsp-request"));
  const auto hex = examine(url, {"--show", "hex"});
  EXPECT_THAT(hex.out, HasSubstr("504f5354202f20485454502f"));  // POST / HTTP/
}

TEST_F(conform, nothing_reachable_ends_with_5) {
  std::string url;
  {
    background_program server(responder());
    url = url_of(server);
  }
  const auto ended = examine(url, {"--json"});
  EXPECT_EQ(ended.exit_code, 5);
  EXPECT_THAT(ended.err, HasSubstr("nothing can be reached"));
  EXPECT_EQ(nlohmann::json::parse(ended.out).at("totals").at("passed"), 0);
}

TEST_F(conform, junit_is_valid_to_xmllint_and_read_by_python) {
  background_program server(responder());
  const std::string url = url_of(server), report = folder / "report.xml";
  turn_on(server, "bad_signature");
  EXPECT_EQ(examine(url, {"--report-junit", report}).exit_code, 4);
  const auto lint =
      run_program({"xmllint", "--noout", "--nonet", "--schema", JUNIT_SCHEMA, report});
  EXPECT_EQ(lint.exit_code, 0) << lint.err;
  const auto counted = run_program(
      {"python3", "-c",
       "import sys, xml.etree.ElementTree as tree\n"
       "suite = tree.parse(sys.argv[1]).getroot().find('testsuite')\n"
       "cases = suite.findall('testcase')\n"
       "failed = [case.get('name') for case in cases if case.find('failure') is not None]\n"
       "assert int(suite.get('tests')) == len(cases) and int(suite.get('failures')) == "
       "len(failed)\n"
       "print(' '.join(failed))\n",
       report});
  EXPECT_EQ(counted.exit_code, 0) << counted.err;
  EXPECT_THAT(counted.out, HasSubstr("R21 "));
}

TEST_F(conform, a_host_with_several_addresses_is_tried_at_each) {
  // Somebody else's port on the first address of a name is nobody's: localhost has at least one.
  background_program server(responder());
  std::string url = url_of(server);
  url.replace(url.find("127.0.0.1"), 9, "localhost");
  EXPECT_EQ(examine(url).exit_code, 0);
}

TEST_F(conform, certificates_of_another_issuer_are_refused) {
  const std::string other = folder / "other";
  ASSERT_EQ(staplelab({"ca", "init", other}).exit_code, 0);
  ASSERT_EQ(staplelab({"ca", "issue", other, "theirs"}).exit_code, 0);
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"--cert", other + "/theirs.pem"},
           {"--cert", ca + "/www.pem", "--revoked", other + "/theirs.pem"}}) {
    std::vector<std::string> line{"conform", "http://127.0.0.1:9/", "--issuer", ca + "/ca.pem"};
    line.insert(line.end(), arguments.begin(), arguments.end());
    const auto ended = staplelab(line);
    EXPECT_EQ(ended.exit_code, 2);
    EXPECT_THAT(ended.err, HasSubstr("theirs.pem: not issued by"));
  }
}

TEST_F(conform, mistakes_on_the_command_line_end_with_1) {
  for (const std::vector<std::string>& more :
       std::vector<std::vector<std::string>>{{"--profile", "rfc5019"},
                                             {"--skip", "R79"},
                                             {"--show", "all"},
                                             {"--unknown-serial", "-3"},
                                             {"--timeout", "soon"}}) {
    EXPECT_EQ(examine("http://127.0.0.1:9/", more).exit_code, 1) << more.back();
  }
  EXPECT_EQ(examine("https://127.0.0.1/").exit_code, 1);
}

}  // namespace
}  // namespace staplelab::cli
