// nginx and Apache fetch from `staplelab responder`, judge what they get, and staple it.
//
// Each runs as a single process, so that what ends it leaves nothing.
#include <gmock/gmock.h>
#include <signal.h>

#include <algorithm>
#include <filesystem>

#include "tests/interop/lab.hpp"

namespace staplelab::interop {
namespace {

using testing::HasSubstr;
using testing::Not;

class stapling_servers : public lab {
 protected:
  void SetUp() override {
    lab::SetUp();
    // Workers of another user read the certificates and write beside them.
    std::filesystem::permissions(folder.path(), std::filesystem::perms::owner_all |
                                                    std::filesystem::perms::group_exec |
                                                    std::filesystem::perms::others_exec);
  }

  command nginx(const std::string& name) const {
    const std::string temporary = folder / "temporary";
    const std::string configuration = folder.write(
        "nginx.conf",
        "daemon off; master_process off; error_log stderr info; pid " + (folder / "nginx.pid") +
            ";\nevents { worker_connections 64; }\nhttp {\n  access_log off;\n"
            "  client_body_temp_path " +
            temporary + "; proxy_temp_path " + temporary + "; fastcgi_temp_path " + temporary +
            ";\n  uwsgi_temp_path " + temporary + "; scgi_temp_path " + temporary +
            ";\n  server {\n    listen 127.0.0.1:" + port + " ssl;\n    ssl_certificate " +
            file(name + ".pem") + "; ssl_certificate_key " + file(name + ".key") +
            ";\n    ssl_stapling on; ssl_stapling_verify on;\n"
            "    ssl_trusted_certificate " +
            file("ca.pem") + ";\n  }\n}\n");
    return mortal({"nginx", "-p", folder.path().string() + "/", "-c", configuration});
  }

  command apache(const std::string& name) const {
    const std::string here = folder.path().string(), modules = "/usr/lib/apache2/modules/mod_";
    const std::string configuration = folder.write(
        "httpd.conf",
        "ServerRoot " + here + "\nServerName localhost\nPidFile " + here +
            "/httpd.pid\nDefaultRuntimeDir " + here + "\nMutex file:" + here +
            " default\nListen 127.0.0.1:" + port + "\nLoadModule mpm_event_module " + modules +
            "mpm_event.so\nLoadModule authz_core_module " + modules +
            "authz_core.so\nLoadModule socache_shmcb_module " + modules +
            "socache_shmcb.so\nLoadModule ssl_module " + modules +
            "ssl.so\nErrorLog /dev/stderr\nLogLevel warn\nUser www-data\nGroup www-data\n"
            "SSLStaplingCache shmcb:" +
            here +
            "/staples(128000)\nSSLUseStapling on\n"
            "SSLStaplingReturnResponderErrors off\n<VirtualHost 127.0.0.1:" +
            port + ">\n  SSLEngine on\n  SSLCertificateFile " + file(name + ".pem") +
            "\n  SSLCertificateKeyFile " + file(name + ".key") + "\n</VirtualHost>\n");
    return mortal({"apache2", "-X", "-d", here, "-f", configuration});
  }

  // The first verdict other than these, of one handshake after the other; the last when they run
  // out. nginx fetches because of a handshake, and staples from the next one on.
  std::string verdict_after(const std::string& name, const std::vector<std::string>& before) {
    constexpr int most_handshakes = 60;
    std::string verdict;
    for (int i = 0; i < most_handshakes; ++i) {
      verdict = probed(port, name);
      if (std::find(before.begin(), before.end(), verdict) == before.end()) break;
      run_program({"sleep", "0.2"});
    }
    return verdict;
  }

  const std::string port = free_port();
};

TEST_F(stapling_servers, nginx_verifies_and_staples) {
  SKIP_WITHOUT("nginx", "nginx");
  background_program server(nginx("www.example"));
  EXPECT_EQ(verdict_after("www.example", {"refused", "none"}), "good");
}

TEST_F(stapling_servers, nginx_refuses_what_a_stranger_signed) {
  SKIP_WITHOUT("nginx", "nginx");
  set_fault("wrong_signer");
  background_program server(nginx("www.example"));
  EXPECT_EQ(verdict_after("www.example", {"refused"}), "none");
  ASSERT_TRUE(server.wait_for_log("OCSP_basic_verify() failed"));
  EXPECT_EQ(probed(port, "www.example"), "none");
}

TEST_F(stapling_servers, nginx_verifies_and_staples_the_answer_of_a_delegate) {
  SKIP_WITHOUT("nginx", "nginx");
  const auto delegated = responder_with({"--signer", "delegate"});
  ASSERT_EQ(cli::staplelab({"ca", "issue", ca, "new.example", "--ocsp-url", delegated}).exit_code,
            0);
  background_program server(nginx("new.example"));
  EXPECT_EQ(verdict_after("new.example", {"refused", "none"}), "good");
}

TEST_F(stapling_servers, apache_staples) {
  SKIP_WITHOUT("apache2", "apache2-bin");
  background_program server(apache("www.example"));
  EXPECT_EQ(verdict_after("www.example", {"refused"}), "good");
  server.send(SIGTERM);
  server.wait();
}

TEST_F(stapling_servers, apache_staples_a_revoked_answer) {
  SKIP_WITHOUT("apache2", "apache2-bin");
  background_program server(apache("old.example"));
  EXPECT_EQ(verdict_after("old.example", {"refused"}), "revoked");
  server.send(SIGTERM);
  server.wait();
}

TEST_F(stapling_servers, apache_withholds_an_answer_for_another_certificate) {
  SKIP_WITHOUT("apache2", "apache2-bin");
  set_fault("wrong_serial");
  background_program server(apache("www.example"));
  EXPECT_EQ(verdict_after("www.example", {"refused"}), "none");
  server.send(SIGTERM);
  server.wait();
}

}  // namespace
}  // namespace staplelab::interop
