// Examinations of other people's responders, each started here on a free port and ended by its
// process.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "bench.hpp"
#include "conform/examine.hpp"
#include "runtime/http_client.hpp"
#include "runtime/listener.hpp"
#include "tests/pki/run_program.hpp"

namespace staplelab::conform::test {
namespace {

using runtime::awaitable;
using testing::HasSubstr;

const checked& find(const examination& done, int number) {
  return *std::ranges::find_if(done.checks,
                               [&](const checked& each) { return each.what->number == number; });
}

awaitable<void> wait_until_open(runtime::clock& time, runtime::http_url url, bool& open) {
  for (int attempt = 0; attempt < 200 && !open; ++attempt) {
    runtime::http_request request{.method = "GET"};
    auto asking = runtime::http_exchange(time, url, std::move(request), {}, time.now() + 2s);
    const auto answer = co_await std::move(asking);
    open = answer || answer.error().failure != runtime::exchange_failure::refused;
    if (!open) co_await runtime::real_pause(50ms);
  }
}

awaitable<void> store(runtime::clock& time, target what, examination_limits limits,
                      std::optional<examination>& done) {
  const auto silent = [](const check&, std::size_t, std::size_t) {};
  auto examining = examine(time, std::move(what), limits, silent);
  done = co_await std::move(examining);
}

// The lab's certificates as files, and programs that serve OCSP for them.
class RealResponder : public testing::Test {
 protected:
  RealResponder() : lab_(time_.now()) {
    files_.file("ca.pem", lab_.issuer.cert.to_pem());
    files_.file("ca.key", lab_.issuer.key.to_pem());
    files_.file("delegate.pem", lab_.delegate.cert.to_pem());
    files_.file("delegate.key", lab_.delegate.key.to_pem());
    files_.file("leaf.pem", lab_.leaf.cert.to_pem());
    files_.file("revoked.pem", lab_.revoked.cert.to_pem());
  }

  std::string path(std::string_view name) const { return (files_.path() / name).string(); }

  static std::uint16_t free_port() {
    runtime::asio::io_context io(1);
    runtime::listener probe(
        io.get_executor(), {runtime::asio::ip::address_v4::loopback(), 0},
        [](runtime::tcp_socket, runtime::connection_id) -> awaitable<void> { co_return; }, 1);
    return probe.local_endpoint().port();
  }

  examination examine_at(std::uint16_t port, profile held_to, examination_limits limits,
                         bool knocking) {
    runtime::asio::io_context io(1);
    const auto url = *runtime::http_url::parse(fmt::format("http://127.0.0.1:{}/", port));
    target what{.url = url,
                .addresses = {{runtime::asio::ip::address_v4::loopback(), port}},
                .held_to = held_to,
                .issuer = lab_.issuer.cert,
                .leaf = lab_.leaf.cert,
                .revoked = lab_.revoked.cert,
                .unassigned = likely_unassigned_serial(lab_.leaf.cert)};
    std::optional<examination> done;
    bool open = !knocking;
    const auto rethrow = [](std::exception_ptr error) {
      if (error) std::rethrow_exception(error);
    };
    runtime::asio::co_spawn(io.get_executor(), wait_until_open(time_, url, open), rethrow);
    io.run();
    EXPECT_TRUE(open);
    io.restart();
    runtime::asio::co_spawn(io.get_executor(), store(time_, std::move(what), limits, done),
                            rethrow);
    io.run();
    return *std::move(done);
  }

  // openssl ends itself on an error status, so that nobody may knock: its own words tell when it
  // listens.
  examination examine_openssl(const std::vector<std::string>& more, examination_limits limits) {
    files_.file(
        "index.txt",
        fmt::format("V\t391231235959Z\t\t{}\tunknown\t/CN=leaf\n"
                    "R\t391231235959Z\t250101000000Z,keyCompromise\t{}\tunknown\t/CN=r\n",
                    upper(lab_.leaf.cert.serial().hex()), upper(lab_.revoked.cert.serial().hex())));
    const std::uint16_t port = free_port();
    std::vector<std::string> command{"openssl",  "ocsp",
                                     "-port",    std::to_string(port),
                                     "-index",   path("index.txt"),
                                     "-CA",      path("ca.pem"),
                                     "-rsigner", path("delegate.pem"),
                                     "-rkey",    path("delegate.key"),
                                     "-ndays",   "4"};
    command.insert(command.end(), more.begin(), more.end());
    tests::child_process program(command);
    while (const auto line = program.read_line()) {
      if (line->find("waiting for OCSP client connections") != std::string::npos) break;
    }
    return examine_at(port, profile::rfc9919, limits, false);
  }

  static std::string upper(std::string text) {
    for (char& c : text)
      c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return text;
  }

  runtime::system_clock time_;
  lab lab_;
  tests::temporary_directory files_;
};

TEST_F(RealResponder, OpensslFailsR20BesideASilentConnection) {
  const auto done = examine_openssl({}, {});
  EXPECT_LT(done.took, 60s);
  EXPECT_EQ(find(done, 21).found.verdict, verdict::pass) << find(done, 21).found.why;
  EXPECT_EQ(find(done, 65).found.verdict, verdict::pass) << find(done, 65).found.why;
  EXPECT_EQ(find(done, 20).found.verdict, verdict::fail);
  EXPECT_THAT(find(done, 20).found.why, HasSubstr("beside a silent connection"));
  EXPECT_THAT(find(done, 1).found.why, HasSubstr("stopped answering after check R20"));
  for (const int cache : {69, 70, 71})
    EXPECT_EQ(find(done, cache).found.verdict, verdict::fail) << cache;
}

TEST_F(RealResponder, OpensslWithoutR20AndR48IsExaminedToTheEnd) {
  const auto done = examine_openssl({"-ignore_err"}, {.left_out = {20, 48}});
  EXPECT_LT(done.took, 60s);
  EXPECT_FALSE(done.seen.silence()) << *done.seen.silence();
  EXPECT_EQ(find(done, 13).found.verdict, verdict::fail);
  EXPECT_EQ(find(done, 24).found.verdict, verdict::fail);
}

// Without -ignore_err it does; R20 is left out, which it would not survive either.
TEST_F(RealResponder, OpensslEndsItselfOnAnErrorStatus) {
  const auto done = examine_openssl({}, {.left_out = {20, 48}});
  ASSERT_TRUE(done.seen.silence());
  EXPECT_THAT(*done.seen.silence(), HasSubstr("stopped answering after check"));
  EXPECT_EQ(find(done, 21).found.verdict, verdict::pass);
}

TEST_F(RealResponder, CfsslFailsR65AndAnswersForStrangers) {
  if (!tests::is_installed("cfssl")) GTEST_SKIP() << "apt-get install golang-cfssl";
  std::string responses;
  for (const auto& [name, status] : {std::pair("leaf", "good"), std::pair("revoked", "revoked")}) {
    const auto made = tests::run_program(
        {"cfssl", "ocspsign", "-loglevel", "5", "-ca", path("ca.pem"), "-responder",
         path("delegate.pem"), "-responder-key", path("delegate.key"), "-cert",
         path(std::string(name) + ".pem"), "-status", status, "-reason", "1"});
    ASSERT_EQ(made.exit_code, 0) << made.output;
    responses += nlohmann::json::parse(made.output).at("ocspResponse").get<std::string>() + "\n";
  }
  files_.file("responses", responses);
  const std::uint16_t port = free_port();
  tests::child_process program({"cfssl", "ocspserve", "-loglevel", "5", "-port",
                                std::to_string(port), "-responses", path("responses")});
  const auto done = examine_at(port, profile::rfc9919, {}, true);
  EXPECT_LT(done.took, 60s);
  EXPECT_EQ(find(done, 21).found.verdict, verdict::pass) << find(done, 21).found.why;
  EXPECT_EQ(find(done, 64).found.verdict, verdict::pass);
  EXPECT_EQ(find(done, 65).found.verdict, verdict::fail);
  EXPECT_THAT(find(done, 65).found.why, HasSubstr("HTTP 400"));
  EXPECT_EQ(find(done, 69).found.verdict, verdict::fail);  // its dates end in UTC
  EXPECT_EQ(find(done, 10).found.verdict, verdict::fail);
  EXPECT_EQ(find(done, 20).found.verdict, verdict::pass) << find(done, 20).found.why;
}

}  // namespace
}  // namespace staplelab::conform::test
