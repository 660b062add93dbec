// From an empty folder to a revoked certificate, with the tools that others wrote as clients.
#include <gmock/gmock.h>
#include <signal.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/cli/process.hpp"

namespace staplelab::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string port_of(const std::string& address) {
  return address.substr(address.rfind(':') + 1);
}

class servers : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(staplelab({"ca", "init", ca}).exit_code, 0);
    ASSERT_EQ(staplelab({"ca", "issue", ca, "www.example", "--must-staple", "--san", "www.example",
                         "--san", "127.0.0.1"})
                  .exit_code,
              0);
  }

  std::string file(const std::string& name) const { return ca + "/" + name; }
  std::string issuer_file() const { return file("issuing.pem"); }

  std::vector<std::string> responder(std::vector<std::string> more = {}) const {
    more.insert(more.begin(),
                {STAPLELAB_PROGRAM, "responder", "--ca", ca, "--listen", "127.0.0.1:0"});
    return more;
  }

  std::string configuration(const std::string& ocsp,
                            const std::string& profile = "resilient") const {
    return folder.write("stapler.conf", "ocsp: " + ocsp + "\nprofile: " + profile +
                                            "\ntls { cert_file: \"" + file("www.example.pem") +
                                            "\", key_file: \"" + file("www.example.key") +
                                            "\", ca_file: \"" + file("ca.pem") + "\" }\n");
  }
  static std::string ocsp(const std::string& mode, const std::string& port) {
    return "{ mode: " + mode + ", url: \"http://127.0.0.1:" + port + "\" }";
  }
  static std::vector<std::string> stapler(const std::string& file) {
    return {STAPLELAB_PROGRAM, "stapler", "--config", file, "--listen", "127.0.0.1:0"};
  }

  nlohmann::json probe(const std::string& port, int exit_code, std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"probe", "127.0.0.1:" + port, "--sni", "www.example", "--ca",
                               file("ca.pem"), "--json"});
    const auto ended = staplelab(more);
    EXPECT_EQ(ended.exit_code, exit_code) << ended.out << ended.err;
    return nlohmann::json::parse(ended.out);
  }

  scratch_folder folder;
  const std::string ca = folder / "ca";
};

TEST_F(servers, the_responder_answers_openssl_with_and_without_a_nonce) {
  background_program server(responder());
  const std::string port = port_of(server.wait_for_line("listening on "));
  for (const char* nonce : {"-nonce", "-no_nonce"}) {
    const auto asked = run_program({"openssl", "ocsp", nonce, "-issuer", issuer_file(), "-cert",
                                    file("www.example.pem"), "-url", "http://127.0.0.1:" + port,
                                    "-CAfile", file("ca.pem")});
    EXPECT_EQ(asked.exit_code, 0) << asked.out << asked.err;
    EXPECT_THAT(asked.err, HasSubstr("Response verify OK"));
    EXPECT_THAT(asked.err, Not(HasSubstr("no nonce in response")));
    EXPECT_THAT(asked.out, HasSubstr(": good"));
  }
  server.send(SIGTERM);
  EXPECT_EQ(server.wait().exit_code, 0);
}

TEST_F(servers, the_responder_answers_get) {
  background_program server(responder());
  const std::string port = port_of(server.wait_for_line("listening on "));
  const auto asked = run_program(
      {"sh", "-c",
       "openssl ocsp -no_nonce -issuer \"$0\" -cert \"$1\" -reqout - | base64 -w0 | "
       "sed 's:/:%2F:g; s:+:%2B:g; s:=:%3D:g' > \"$3/request\" && "
       "curl -sSf -o \"$3/response\" -D \"$3/head\" \"http://127.0.0.1:$2/$(cat \"$3/request\")\" "
       "&& openssl ocsp -respin \"$3/response\" -issuer \"$0\" -cert \"$1\" -CAfile \"$4\"",
       issuer_file(), file("www.example.pem"), port, folder.path().string(), file("ca.pem")});
  EXPECT_EQ(asked.exit_code, 0) << asked.out << asked.err;
  EXPECT_THAT(asked.out, HasSubstr(": good"));
  EXPECT_THAT(content_of(folder / "head"), HasSubstr("application/ocsp-response"));
  server.send(SIGINT);
  EXPECT_EQ(server.wait().exit_code, 0);
}

TEST_F(servers, R35_R57_R58_R59_the_responder_says_what_its_options_ask_for) {
  ASSERT_EQ(staplelab({"ca", "revoke", ca, "www.example", "--reason", "keyCompromise"}).exit_code,
            0);
  background_program server(
      responder({"--profile", "rfc6960", "--non-issued", "extended-revoke", "--responder-id",
                 "by-name", "--archive-cutoff", "3650d", "--crl-url", "http://crl.example/ca.crl",
                 "--single-extension", "invalidityDate=2020-01-01T00:00:00Z"}));
  const std::string url = "http://127.0.0.1:" + port_of(server.wait_for_line("listening on "));
  const auto ask = [&](std::vector<std::string> whom) {
    std::vector<std::string> command{"openssl", "ocsp",    "-issuer",      issuer_file(), "-url",
                                     url,       "-CAfile", file("ca.pem"), "-resp_text"};
    command.insert(command.end(), whom.begin(), whom.end());
    const auto ended = run_program(command);
    EXPECT_EQ(ended.exit_code, 0) << ended.err;
    EXPECT_THAT(ended.err, HasSubstr("Response verify OK"));
    return ended.out;
  };
  EXPECT_THAT(ask({"-cert", file("www.example.pem")}),
              AllOf(HasSubstr("Responder Id: CN = issuing"), HasSubstr("OCSP Archive Cutoff"),
                    HasSubstr("crlUrl: http://crl.example/ca.crl"),
                    HasSubstr("Jan  1 00:00:00 2020 GMT"), HasSubstr("keyCompromise")));
  EXPECT_THAT(
      ask({"-serial", "0x123456"}),
      AllOf(HasSubstr("Revocation Time: Jan  1 00:00:00 1970 GMT"), HasSubstr("certificateHold"),
            Not(HasSubstr("crlUrl")), Not(HasSubstr("Invalidity Date"))));
}

TEST_F(servers, R15_the_responder_demands_signed_requests_when_told_to) {
  background_program server(responder({"--client-ca", file("ca.pem"), "--require-signed"}));
  const std::string url = "http://127.0.0.1:" + port_of(server.wait_for_line("listening on "));
  const auto ask = [&](std::vector<std::string> more) {
    std::vector<std::string> command{
        "openssl", "ocsp", "-issuer", issuer_file(), "-cert", file("www.example.pem"),
        "-url",    url,    "-CAfile", file("ca.pem")};
    command.insert(command.end(), more.begin(), more.end());
    const auto ended = run_program(command);
    return ended.out + ended.err;
  };
  EXPECT_THAT(ask({}), HasSubstr("sigrequired"));
  EXPECT_THAT(ask({"-signer", file("www.example.pem"), "-signkey", file("www.example.key"),
                   "-sign_other", file("www.example.pem")}),
              AllOf(HasSubstr("Response verify OK"), HasSubstr(": good")));
}

TEST_F(servers, a_delegate_signs_when_asked_to) {
  background_program server(responder({"--signer", "delegate", "--validity", "2h"}));
  const std::string port = port_of(server.wait_for_line("listening on "));
  const auto asked =
      run_program({"openssl", "ocsp", "-issuer", issuer_file(), "-cert", file("www.example.pem"),
                   "-url", "http://127.0.0.1:" + port, "-CAfile", file("ca.pem"), "-resp_text"});
  EXPECT_EQ(asked.exit_code, 0) << asked.out << asked.err;
  EXPECT_THAT(asked.err, HasSubstr("Response verify OK"));
  EXPECT_THAT(asked.out, HasSubstr("OCSP Signing"));
  EXPECT_THAT(asked.out, HasSubstr("OCSP No Check"));
}

TEST_F(servers, a_second_responder_takes_the_delegate_of_the_first) {
  for (int round = 0; round < 2; ++round) {
    background_program server(responder({"--signer", "delegate"}));
    server.wait_for_line("listening on ");
    server.send(SIGTERM);
    EXPECT_EQ(server.wait().exit_code, 0);
  }
  const auto all = nlohmann::json::parse(staplelab({"ca", "list", ca, "--json"}).out);
  EXPECT_EQ(all.size(), 3u);  // www.example, and a delegate for each of the two authorities
}

TEST_F(servers, faults_are_switched_over_the_admin_port) {
  background_program server(responder({"--admin", "127.0.0.1:0"}));
  const std::string port = port_of(server.wait_for_line("listening on "));
  const std::string said = "admin API on port ";
  ASSERT_TRUE(server.wait_for_log(said));
  const auto at = server.log().find(said) + said.size();
  const std::string admin = server.log().substr(at, server.log().find('\n', at) - at);
  const auto set = run_program({"curl", "-sSf", "-d", R"({"fault": "try_later", "count": 1})",
                                "http://127.0.0.1:" + admin + "/faults"});
  EXPECT_EQ(set.exit_code, 0) << set.err;
  const std::vector<std::string> question{"openssl", "ocsp",
                                          "-issuer", issuer_file(),
                                          "-cert",   file("www.example.pem"),
                                          "-url",    "http://127.0.0.1:" + port,
                                          "-CAfile", file("ca.pem")};
  EXPECT_THAT(run_program(question).out, HasSubstr("trylater"));
  EXPECT_THAT(run_program(question).out, HasSubstr(": good"));
}

TEST_F(servers, a_port_that_is_taken_is_told) {
  background_program server(responder());
  const std::string address = server.wait_for_line("listening on ");
  const auto second = staplelab({"responder", "--ca", ca, "--listen", address});
  EXPECT_EQ(second.exit_code, 5);
  EXPECT_THAT(second.err, HasSubstr("cannot listen on " + address));
  const auto third =
      staplelab({"stapler", "--config", configuration("false"), "--listen", address});
  EXPECT_EQ(third.exit_code, 5);
  EXPECT_THAT(third.err, HasSubstr("cannot listen on " + address));
}

TEST_F(servers, others_see_the_staple) {
  background_program ocsp_server(responder());
  const std::string ocsp_port = port_of(ocsp_server.wait_for_line("listening on "));
  background_program tls_server(stapler(configuration(ocsp("must", ocsp_port))));
  const std::string port = port_of(tls_server.wait_for_line("listening on "));

  const auto openssl =
      run_program({"sh", "-c",
                   "openssl s_client -connect \"127.0.0.1:$0\" -servername www.example -status "
                   "-CAfile \"$1\" </dev/null",
                   port, file("ca.pem")});
  EXPECT_THAT(openssl.out, HasSubstr("OCSP Response Status: successful (0x0)"));
  EXPECT_THAT(openssl.out, HasSubstr("Cert Status: good"));
  EXPECT_THAT(openssl.out, HasSubstr("Verify return code: 0 (ok)"));

  const auto curl =
      run_program({"curl", "-sSf", "--cert-status", "--cacert", file("ca.pem"), "--resolve",
                   "www.example:" + port + ":127.0.0.1", "https://www.example:" + port + "/"});
  EXPECT_EQ(curl.exit_code, 0) << curl.err;

  const auto probed = probe(port, 0);
  EXPECT_EQ(probed["verdict"], "good");
  EXPECT_EQ(probed["must_staple"], true);
  EXPECT_EQ(probed["chain_trusted"], true);
  EXPECT_EQ(probed["tls"], "TLSv1.3");
  EXPECT_TRUE(probed["latency_ms"].is_number());
  EXPECT_EQ(probe(port, 0, {"--tls", "1.2"})["tls"], "TLSv1.2");
  // T15: whoever does not ask must not miss the answer.
  EXPECT_EQ(probe(port, 0, {"--no-status"})["verdict"], "none");
  EXPECT_FALSE(probe(port, 0, {"--strict"}).contains("sent_alert"));
  std::vector<std::string> keys;
  for (const auto& [key, value] : probed.items())
    keys.push_back(key);  // sorted: it was parsed without order
  EXPECT_THAT(keys, testing::ElementsAre("chain_trusted", "latency_ms", "must_staple",
                                         "next_update", "produced_at", "responder_id", "serial",
                                         "signer", "this_update", "tls", "verdict"));

  tls_server.send(SIGTERM);
  EXPECT_EQ(tls_server.wait().exit_code, 0);
}

TEST_F(servers, a_revocation_shows_at_once) {
  background_program ocsp_server(responder());
  const std::string ocsp_port = port_of(ocsp_server.wait_for_line("listening on "));
  ASSERT_EQ(staplelab({"ca", "revoke", ca, "www.example", "--reason", "keyCompromise"}).exit_code,
            0);
  const auto asked =
      run_program({"openssl", "ocsp", "-issuer", issuer_file(), "-cert", file("www.example.pem"),
                   "-url", "http://127.0.0.1:" + ocsp_port, "-CAfile", file("ca.pem")});
  EXPECT_THAT(asked.out, HasSubstr(": revoked"));
  EXPECT_THAT(asked.out, HasSubstr("Reason: keyCompromise"));

  // auto with a must-staple certificate staples the revoked answer, and stays up.
  background_program tls_server(stapler(configuration(ocsp("auto", ocsp_port))));
  const std::string port = port_of(tls_server.wait_for_line("listening on "));
  const auto probed = probe(port, 4);
  EXPECT_EQ(probed["verdict"], "revoked");
  EXPECT_EQ(probed["reason"], "keyCompromise");
  EXPECT_TRUE(probed.contains("revoked_at"));
  const auto strict = probe(port, 4, {"--strict"});
  EXPECT_EQ(strict["verdict"], "revoked");
  EXPECT_EQ(strict["sent_alert"], 113);
}

TEST_F(servers, a_revoked_certificate_is_refused_by_mode_must) {
  background_program ocsp_server(responder());
  const std::string ocsp_port = port_of(ocsp_server.wait_for_line("listening on "));
  ASSERT_EQ(staplelab({"ca", "revoke", ca, "www.example"}).exit_code, 0);
  const auto ended = run_program(stapler(configuration(ocsp("must", ocsp_port))));
  EXPECT_EQ(ended.exit_code, 3);
  EXPECT_EQ(ended.out, "");
  EXPECT_THAT(ended.err, HasSubstr("staplelab: refuses to start: "));
}

// A responder that was stopped is connected to, and does not answer: under `nats` for half a
// minute.
TEST_F(servers, signals_are_heard_during_a_reload_that_hangs) {
  background_program ocsp_server(responder());
  const std::string ocsp_port = port_of(ocsp_server.wait_for_line("listening on "));
  background_program tls_server(stapler(configuration(ocsp("must", ocsp_port), "nats")));
  ASSERT_NE(tls_server.wait_for_line("listening on "), "");
  const std::string fetch = "fetching from http://127.0.0.1:" + ocsp_port;

  ocsp_server.send(SIGSTOP);
  tls_server.send(SIGHUP);
  ASSERT_TRUE(tls_server.wait_for_log(fetch, 2));
  tls_server.send(SIGHUP);
  ocsp_server.send(SIGCONT);
  ASSERT_TRUE(tls_server.wait_for_log("configuration reloaded", 2));

  ocsp_server.send(SIGSTOP);
  tls_server.send(SIGHUP);
  ASSERT_TRUE(tls_server.wait_for_log(fetch, 4));
  tls_server.send(SIGTERM);
  const auto ended = tls_server.wait();
  EXPECT_EQ(ended.exit_code, 0);
  EXPECT_THAT(ended.err, Not(HasSubstr("reload failed")));
}

TEST_F(servers, warns_of_must_staple_under_mode_never_once_at_each_reading) {
  const std::string warning = "says must-staple, but stapling is switched off";
  const auto checked = staplelab({"stapler", "--config", configuration("false"), "--check-config"});
  EXPECT_EQ(checked.exit_code, 0);
  EXPECT_THAT(checked.err, HasSubstr("staplelab: warning: CN=www.example"));

  background_program tls_server(stapler(configuration("false")));
  ASSERT_NE(tls_server.wait_for_line("listening on "), "");
  tls_server.send(SIGHUP);
  ASSERT_TRUE(tls_server.wait_for_log("configuration reloaded"));
  tls_server.send(SIGTERM);
  const std::string log = tls_server.wait().err;
  std::size_t times = 0;
  for (auto at = log.find(warning); at != std::string::npos; at = log.find(warning, at + 1))
    ++times;
  EXPECT_EQ(times, 2U) << log;
}

TEST_F(servers, reload_takes_another_mode) {
  background_program ocsp_server(responder());
  const std::string ocsp_port = port_of(ocsp_server.wait_for_line("listening on "));
  background_program tls_server(stapler(configuration(ocsp("never", ocsp_port))));
  const std::string port = port_of(tls_server.wait_for_line("listening on "));
  const auto missing = probe(port, 4);
  EXPECT_EQ(missing["verdict"], "none");
  EXPECT_EQ(missing["must_staple"], true);
  EXPECT_EQ(probe(port, 4, {"--strict"})["sent_alert"], 113);

  configuration(ocsp("always", ocsp_port));
  tls_server.send(SIGHUP);
  ASSERT_TRUE(tls_server.wait_for_log("configuration reloaded"));
  EXPECT_EQ(probe(port, 0)["verdict"], "good");

  configuration("{ mode: alwas }");
  tls_server.send(SIGHUP);
  ASSERT_TRUE(tls_server.wait_for_log("the old configuration stays in force"));
  EXPECT_EQ(probe(port, 0)["verdict"], "good");
  tls_server.send(SIGTERM);
  EXPECT_EQ(tls_server.wait().exit_code, 0);
}

TEST_F(servers, a_configuration_is_checked_without_serving) {
  const std::string good = configuration(ocsp("must", "1"));
  const auto ended = staplelab({"stapler", "--config", good, "--check-config"});
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  const std::string bad = configuration("{ mode: alwas }");
  const auto refused = staplelab({"stapler", "--config", bad, "--check-config"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("stapler.conf:1:"));
  EXPECT_THAT(refused.err, HasSubstr("always"));
  const std::string missing =
      folder.write("missing.conf", "tls { cert_file: \"x\", key_file: \"y\" }\n");
  EXPECT_EQ(staplelab({"stapler", "--config", missing, "--check-config"}).exit_code, 2);
}

TEST_F(servers, probing_nobody_is_a_verdict) {
  const auto ended = staplelab({"probe", "127.0.0.1:1", "--json"});
  EXPECT_EQ(ended.exit_code, 4);
  EXPECT_EQ(nlohmann::json::parse(ended.out)["verdict"], "refused");
}

}  // namespace
}  // namespace staplelab::cli
