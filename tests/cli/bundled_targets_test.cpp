// The bundled servers as they are installed: that a client gets into TLS by their way, and that a
// staple reaches it as their description says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <string>

#include "runtime/process.hpp"
#include "tests/cli/process.hpp"

namespace staplelab::cli {
namespace {

using testing::HasSubstr;

constexpr const char* unmovable = "its clock cannot be moved on this machine";

struct server {
  std::string target;
  std::string program;
  std::string package;
  std::string handshakes;  // steps
};

void PrintTo(const server& what, std::ostream* out) {
  *out << what.target;
}

std::string seen(const std::string& verdict) {
  return R"({"handshake": {}, "expect": ")" + verdict + R"("},)";
}

// After four of seven days there is a newer one. Servers that renew for clients need one to tell
// them.
const std::string renewed =
    R"({"advance": "4d"}, {"handshake": {}}, {"advance": "1s"},
       {"handshake": {}, "expect": {"verdict": "good", "expires_in": {"at_least": "5d"}}},)";
const std::string no_staple = seen("none");
const std::string from_the_first = seen("good") + renewed;
const std::string from_the_second = seen("none") + seen("good");

class bundled_server : public testing::TestWithParam<server> {};

TEST_P(bundled_server, is_started_and_found_as_described) {
  const auto& [target, program, package, handshakes] = GetParam();
  if (!runtime::find_program(program)) {
    GTEST_SKIP() << program << " is not installed: apt-get install " << package;
  }
  const scratch_folder folder;
  const auto scenario = folder.write("handshakes.json", R"({
    "title": "Handshakes",
    "matrix": {"must_staple": [true], "mode": ["auto"]},
    "steps": [{"start": "endpoint", "expect": "up"}, )" + handshakes +
                                                            R"( {"expect": "up"}]
  })");
  const auto ended = staplelab({"run", scenario, "--target", target, "-v"});
  if (ended.out.find(unmovable) != std::string::npos) GTEST_SKIP() << unmovable;
  EXPECT_EQ(ended.exit_code, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("1 cases: 1 passed"));
}

INSTANTIATE_TEST_SUITE_P(
    targets, bundled_server,
    testing::Values(server{"nats-server", "nats-server", "nats-server", from_the_first},
                    server{"nginx", "nginx", "nginx", from_the_second + renewed},
                    server{"openssl", "openssl", "openssl", from_the_first},
                    server{"apache", "apache2", "apache2-bin", from_the_first},
                    server{"haproxy", "haproxy", "haproxy", seen("good")},
                    server{"haproxy-socket", "haproxy", "haproxy", from_the_first},
                    server{"exim", "exim4", "exim4-daemon-light", from_the_first},
                    server{"proftpd", "proftpd", "proftpd-mod-crypto", from_the_first},
                    server{"gnutls-serv", "gnutls-serv", "gnutls-bin", seen("good")},
                    server{"dovecot", "dovecot", "dovecot-imapd", no_staple},
                    server{"mariadb", "mariadbd", "mariadb-server-core", no_staple},
                    server{"postgresql", "/usr/lib/postgresql/15/bin/postgres", "postgresql-15",
                           no_staple}),
    [](const auto& info) {
      auto name = info.param.target;
      std::ranges::replace(name, '-', '_');
      return name;
    });

}  // namespace
}  // namespace staplelab::cli
