// Other people's TLS clients against `staplelab stapler`: what each makes of a good staple, of none
// for a must-staple certificate, and of a revoked one.
#include <gmock/gmock.h>

#include <functional>

#include "tests/interop/lab.hpp"

namespace staplelab::interop {
namespace {

using testing::HasSubstr;

struct target {
  std::string port;
  std::string name;
  std::string root;    // file with the trust anchor
  std::string folder;  // for what the client needs to keep
  bool tls12;          // else 1.3
};

struct judgement {
  int exit_code;
  const char* says;
};

struct client_row {
  const char* name;
  const char* program;
  const char* package;
  std::function<command(const target&)> ask;
  judgement good, none, revoked;
};

command openssl(const target& to) {
  return {"openssl",     "s_client",
          "-status",     to.tls12 ? "-tls1_2" : "-tls1_3",
          "-connect",    "127.0.0.1:" + to.port,
          "-servername", to.name,
          "-CAfile",     to.root};
}

command gnutls(const target& to) {
  return {"gnutls-cli",
          "--x509cafile",
          to.root,
          "--port",
          to.port,
          "--sni-hostname",
          to.name,
          "--verify-hostname",
          to.name,
          "--priority",
          to.tls12 ? "NORMAL:-VERS-ALL:+VERS-TLS1.2" : "NORMAL:-VERS-ALL:+VERS-TLS1.3",
          "127.0.0.1"};
}

command curl(const target& to) {
  return {"curl",
          "-sS",
          "--cert-status",
          "--noproxy",
          "*",
          "--cacert",
          to.root,
          to.tls12 ? "--tls-max" : "--tlsv1.3",
          to.tls12 ? "1.2" : "-4",
          "--resolve",
          to.name + ":" + to.port + ":127.0.0.1",
          "https://" + to.name + ":" + to.port + "/status"};
}

command curl_with_gnutls(const target& to) {
  return {python_with("pycurl"),   SCRIPT_FOLDER "/curl_gnutls.py", to.name, to.port, to.root,
          to.tls12 ? "1.2" : "1.3"};
}

// -F: demands fresh revocation data from the handshake. The database knows the root only.
command nss(const target& to) {
  const std::string database = "sql:" + to.folder;
  run_program({"certutil", "-N", "-d", database, "--empty-password"});
  run_program({"certutil", "-A", "-d", database, "-n", "root", "-t", "C,,", "-i", to.root});
  const std::string request = to.folder + "/request";
  return {"sh",
          "-c",
          "printf 'GET / HTTP/1.0\\r\\n\\r\\n' >\"$0\" && exec \"$@\" -A \"$0\"",
          request,
          "tstclnt",
          "-O",
          "-F",
          "-M",
          "1",
          "-T",
          "-h",
          "127.0.0.1",
          "-p",
          to.port,
          "-a",
          to.name,
          "-d",
          database,
          "-V",
          to.tls12 ? "tls1.2:tls1.2" : "tls1.3:tls1.3"};
}

const client_row clients[] = {
    {"openssl",
     "openssl",
     "openssl",
     openssl,
     {0, "Cert Status: good"},
     {0, "OCSP response: no response sent"},
     {0, "Cert Status: revoked"}},
    {"gnutls",
     "gnutls-cli",
     "gnutls-bin",
     gnutls,
     {0, "The certificate is trusted"},
     {1, "the OCSP status is missing"},
     {1, "The certificate chain is revoked"}},
    {"curl_openssl",
     "curl",
     "curl",
     curl,
     {0, "\"profile\": \"resilient\""},
     {91, "No OCSP response received"},
     {91, "revocation reason: keyCompromise"}},
    {"curl_gnutls",
     "curl",
     "curl",
     curl_with_gnutls,
     {0, "HTTP 200"},
     {60, "certificate verification failed"},
     {60, "certificate verification failed"}},
    {"nss",
     "tstclnt",
     "libnss3-tools",
     nss,
     {0, "Received 1 Cert Status items"},
     {2, "Received 0 Cert Status items"},
     {3, "Received 1 Cert Status items"}},
};

class tls_clients : public lab, public testing::WithParamInterface<client_row> {
 protected:
  void judge(const std::string& name, const std::string& mode, const judgement& expected) {
    const client_row& client = GetParam();
    SKIP_WITHOUT(client.program, client.package);
    if (std::string_view(client.name) == "curl_gnutls" && python_with("pycurl").empty()) {
      GTEST_SKIP() << "no Python here can import pycurl; Debian has it in python3-pycurl";
    }
    const std::string port = serve(name, mode);
    for (const bool tls12 : {true, false}) {
      const cli::scratch_folder own;
      command ask = client.ask({port, name, root, own.path().string(), tls12});
      ask.insert(ask.begin(), {"timeout", "30"});
      const auto said = run_program(ask);
      constexpr int not_gnutls = 77;
      if (said.exit_code == not_gnutls) GTEST_SKIP() << said.out;
      EXPECT_EQ(said.exit_code, expected.exit_code) << said.out << said.err;
      EXPECT_THAT(said.out + said.err, HasSubstr(expected.says));
    }
  }
};

TEST_P(tls_clients, accept_a_good_staple) {
  judge("www.example", "must", GetParam().good);
}
TEST_P(tls_clients, miss_the_staple_of_a_must_staple_certificate) {
  judge("www.example", "never", GetParam().none);
}
TEST_P(tls_clients, see_a_revoked_staple) {
  judge("old.example", "auto", GetParam().revoked);
}
INSTANTIATE_TEST_SUITE_P(endpoint, tls_clients, testing::ValuesIn(clients),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace staplelab::interop
