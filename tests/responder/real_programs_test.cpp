// The responder on a real port and the wall clock, asked by programs that are not ours.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <fstream>
#include <future>
#include <thread>

#include "lab.hpp"
#include "responder/server.hpp"
#include "tests/pki/run_program.hpp"
#include "world.hpp"

namespace staplelab::responder {
namespace {

using namespace test;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using tests::run_program;

// A server on a thread of its own. It is touched through on_its_thread() only.
class served {
 public:
  served()
      : now_(runtime::system_clock().now()),
        here(now_),
        server_(io_.get_executor(), time_, here.ca(), config(), [](const event&) {}),
        thread_([this] { io_.run(); }) {}
  ~served() {
    on_its_thread([](server& it) { it.stop(); });
    io_.stop();
    thread_.join();
  }

  template <class Act>
  void on_its_thread(Act act) {
    std::promise<void> done;
    runtime::asio::post(io_, [&] {
      act(server_);
      done.set_value();
    });
    done.get_future().get();
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_.port()); }

 private:
  server_config config() const {
    server_config result;
    result.authorities.push_back(here.direct());
    return result;
  }

  pki::time_point now_;

 public:
  lab here;

 private:
  runtime::system_clock time_;
  runtime::asio::io_context io_{1};
  server server_;
  std::thread thread_;
};

class RealPrograms : public testing::Test {
 protected:
  std::string file_for(std::string_view leaf) {
    return files.file(std::string(leaf) + ".pem", on.here.cert(leaf).to_pem());
  }
  // `openssl ocsp` asks by POST, with a nonce unless told otherwise.
  std::string openssl(std::vector<std::string> arguments) {
    std::vector<std::string> command = {"openssl", "ocsp", "-CAfile", root, "-issuer", issuer};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return run_program(command).output;
  }
  std::string ask(std::string_view leaf, std::vector<std::string> more = {}) {
    more.insert(more.end(), {"-url", on.url(), "-cert", file_for(leaf)});
    return openssl(std::move(more));
  }
  // What `openssl ocsp` makes of a response that curl fetched.
  std::string judged(const std::string& response, std::string_view leaf) {
    return openssl({"-no_nonce", "-respin", response, "-cert", file_for(leaf)});
  }
  std::string curl(std::vector<std::string> arguments) {
    std::vector<std::string> command = {"curl",      "--silent", "--show-error", "--max-time", "20",
                                        "--noproxy", "*"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    const auto ended = run_program(command);
    EXPECT_EQ(ended.exit_code, 0) << ended.output;
    return ended.output;
  }
  std::string target_for(std::string_view leaf) const {
    return base64(pki::build_ocsp_request(on.here.id(leaf), std::nullopt));
  }

  served on;
  tests::temporary_directory files;
  std::string root = files.file("root.pem", on.here.issuer("root").to_pem());
  std::string issuer = files.file("issuer.pem", on.here.issuer().to_pem());
};

TEST_F(RealPrograms, OpensslAcceptsGoodWithItsNonceAndWithout) {
  EXPECT_THAT(ask("good"), AllOf(HasSubstr("Response verify OK"), HasSubstr("good.pem: good"),
                                 Not(HasSubstr("no nonce in response"))));
  EXPECT_THAT(ask("good", {"-no_nonce"}),
              AllOf(HasSubstr("Response verify OK"), HasSubstr("good.pem: good")));
}

TEST_F(RealPrograms, OpensslSeesRevocationWithItsReason) {
  EXPECT_THAT(ask("revoked"),
              AllOf(HasSubstr("Response verify OK"), HasSubstr("revoked.pem: revoked"),
                    HasSubstr("Reason: keyCompromise")));
  EXPECT_THAT(ask("held"), HasSubstr("Reason: certificateHold"));
}

TEST_F(RealPrograms, OpensslAsksForSeveralCertificatesAndInSha256) {
  EXPECT_THAT(ask("good", {"-sha256", "-cert", file_for("revoked"), "-sha256"}),
              AllOf(HasSubstr("Response verify OK"), HasSubstr("good.pem: good"),
                    HasSubstr("revoked.pem: revoked")));
}

TEST_F(RealPrograms, OpensslAcceptsADelegatedSigner) {
  auto delegated = on.here.direct();
  delegated.delegate = on.here.issue("signer", "issuing", pki::certificate_role::ocsp_signer);
  on.on_its_thread([&](server& it) { it.set_signer(delegated, signer_choice::fit_only); });
  EXPECT_THAT(ask("good"), AllOf(HasSubstr("Response verify OK"), HasSubstr("good.pem: good")));
}

TEST_F(RealPrograms, OpensslIsToldThatAForeignCertificateIsNotOurs) {
  const auto stranger = files.file("stranger.pem", on.here.issuer("stranger").to_pem());
  const auto said = run_program({"openssl", "ocsp", "-url", on.url(), "-issuer", stranger, "-cert",
                                 file_for("foreign"), "-CAfile", root});
  EXPECT_THAT(said.output, HasSubstr("unauthorized"));
}

struct caught {
  std::string fault;
  std::string said;
};

TEST_F(RealPrograms, OpensslCatchesTheFaults) {
  const caught table[] = {
      {"bad_signature", "Response Verify Failure"},
      {"wrong_signer", "Response Verify Failure"},
      {"wrong_signer_embedded", "Response Verify Failure"},
      {"delegate_without_eku", "Response Verify Failure"},
      {"expired_delegate", "Response Verify Failure"},
      {"expired", "WARNING: Status times invalid"},
      {"future", "WARNING: Status times invalid"},
      {"wrong_serial", "ERROR: No Status found"},
      {"try_later", "trylater"},
      {"malformed_request", "malformedrequest"},
      {"internal_error", "internalerror"},
      {"sig_required", "sigrequired"},
      {"garbage_body", "Error querying OCSP responder"},
  };
  for (const auto& row : table) {
    fault_rule rule;
    rule.what = *make_fault(row.fault, {});
    on.on_its_thread([&](server& it) { EXPECT_TRUE(it.add_fault(rule)); });
    EXPECT_THAT(ask("good"), HasSubstr(row.said)) << row.fault;
    on.on_its_thread([](server& it) { it.clear_faults(); });
  }
  EXPECT_THAT(ask("good"), HasSubstr("good.pem: good"));
}

TEST_F(RealPrograms, CurlGetsAnAnswerInEverySpellingOfThePath) {
  auto encoded = target_for("good");
  std::string percent;
  for (const char c : encoded) {
    percent += c == '/' ? "%2F" : c == '+' ? "%2B" : c == '=' ? "%3D" : std::string(1, c);
  }
  const std::pair<std::string, std::vector<std::string>> spellings[] = {
      {"/" + encoded, {}},
      {"//" + encoded, {"--path-as-is"}},
      {"/" + percent, {}},
      {"/" + encoded, {"--http1.0"}},
  };
  int number = 0;
  for (const auto& [path, options] : spellings) {
    const auto out = (files.path() / ("response" + std::to_string(number++))).string();
    auto arguments = options;
    arguments.insert(arguments.end(), {"--output", out, on.url() + path});
    curl(arguments);
    EXPECT_THAT(judged(out, "good"), AllOf(HasSubstr("Response verify OK"), HasSubstr(": good")))
        << path;
  }
}

TEST_F(RealPrograms, CurlPostsWhatOpensslWrote) {
  const auto request = (files.path() / "request").string();
  const auto response = (files.path() / "response").string();
  openssl({"-no_nonce", "-cert", file_for("revoked"), "-reqout", request});
  curl({"--data-binary", "@" + request, "--header", "Content-Type: application/ocsp-request",
        "--output", response, on.url()});
  EXPECT_THAT(judged(response, "revoked"),
              AllOf(HasSubstr("Response verify OK"), HasSubstr(": revoked")));
}

TEST_F(RealPrograms, CurlSeesTheFieldsOfRfc9919) {
  const auto head = curl({"--head", on.url() + "/" + target_for("good")});
  EXPECT_THAT(
      head,
      AllOf(HasSubstr("HTTP/1.1 200 OK"), HasSubstr("Content-Type: application/ocsp-response"),
            HasSubstr("Content-Length: "), HasSubstr("Last-Modified: "), HasSubstr("Expires: "),
            HasSubstr("ETag: \""), HasSubstr("public, no-transform, must-revalidate")));
}

TEST_F(RealPrograms, CurlKeepsOneConnectionForSeveralRequests) {
  const auto url = on.url() + "/" + target_for("good");
  const auto out = (files.path() / "discarded").string();
  const auto connects =
      curl({"--output", out, "--output", out, "--write-out", "%{num_connects} ", url, url});
  EXPECT_THAT(connects, StartsWith("1 0 "));
}

TEST_F(RealPrograms, GnutlsAcceptsIt) {
  if (!tests::is_installed("ocsptool")) GTEST_SKIP() << "ocsptool (gnutls-bin) is not installed";
  const auto said = run_program({"ocsptool", "--ask=" + on.url(), "--load-issuer", issuer,
                                 "--load-cert", file_for("good"), "--load-signer", issuer});
  EXPECT_THAT(said.output, AllOf(HasSubstr("Certificate Status: good"),
                                 HasSubstr("Verifying OCSP Response: Success")));
}

}  // namespace
}  // namespace staplelab::responder
