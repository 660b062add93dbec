// The endpoint as `openssl s_client` sees it, in real time.
#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <thread>

#include "stapler/config.hpp"
#include "stapler/endpoint.hpp"
#include "stapler/loaded_config.hpp"
#include "tests/stapler/lab.hpp"

namespace staplelab::stapler::test {
namespace {

// A store that already holds sound staples: the endpoint needs no responder.
class real_endpoint : public testing::Test {
 protected:
  void SetUp() override {
    const auto now = time_.now();
    const auto begin = now - 24h;
    const auto end = now + 24h * 30;
    ca_.add_authority({"root", "", pki::key_type::p256, begin, end});
    ca_file_ = directory_.file("ca.pem", std::string_view(ca_.authority("root").cert.to_pem()));
    const staple_store store(directory_.path());
    for (const std::string name : {"one", "two"}) {
      pki::issue_description what;
      what.name = name;
      what.issuer = "root";
      what.subject_alt_names = {name + ".example"};
      what.not_before = begin;
      what.not_after = end;
      what.must_staple = true;
      const auto issued = ca_.issue(what, now);
      directory_.file(name + ".pem", std::string_view(issued.cert.to_pem()));
      directory_.file(name + ".key", std::string_view(issued.key.to_pem()));
      pki::response_content content;
      const auto root = ca_.authority("root");
      content.singles = {{pki::cert_id::of(issued.cert, root.cert, pki::hash_algorithm::sha1),
                          pki::good_status{}, now - 1h, now + 24h}};
      content.produced_at = now - 1h;
      ASSERT_FALSE(store.save(issued.cert, pki::build_ocsp_response(content, {root, false})));
    }
    start();
  }

  void start() {
    const std::string base = directory_.path().string() + "/";
    const auto written = [&](const std::string& name) {
      return "cert_file: '" + base + name + ".pem', key_file: '" + base + name +
             ".key', ca_file: '" + ca_file_ + "'";
    };
    const auto parsed =
        parse_config("ocsp: true\nport: 0\nstore_dir: '" + base + "'\ntls { " + written("one") +
                         " }\ncertificates [ { " + written("two") + " } ]\n",
                     "test.conf");
    ASSERT_TRUE(parsed);
    auto loaded = load(*parsed);
    ASSERT_TRUE(loaded) << loaded.error().message;
    server_.emplace(io_.get_executor(), time_, std::move(*loaded), 1, [](const event&) {});
    std::exception_ptr failure;
    bool ended = false;
    runtime::asio::co_spawn(
        io_.get_executor(),
        [](endpoint& e) -> awaitable<void> {
          const auto outcome = co_await e.start();
          EXPECT_TRUE(std::holds_alternative<started>(outcome));
        }(*server_),
        [&](std::exception_ptr thrown) {
          failure = thrown;
          ended = true;
        });
    while (!ended)
      io_.run_one();
    ASSERT_FALSE(failure);
    port_ = server_->port();
    serving_ = std::thread([this] {
      const auto working = runtime::asio::make_work_guard(io_);
      io_.run();
    });
  }

  void TearDown() override {
    io_.stop();
    if (serving_.joinable()) serving_.join();
  }

  std::string s_client(const std::string& options) const {
    const auto result = tests::run_program(
        {"sh", "-c",
         "printf 'GET /status HTTP/1.0\\r\\n\\r\\n' | timeout 20 openssl s_client -ign_eof "
         "-connect 127.0.0.1:" +
             std::to_string(port_) + " -CAfile " + ca_file_ + " " + options + " 2>&1"});
    return result.output;
  }

  runtime::system_clock time_;
  tests::temporary_directory directory_;
  pki::mini_ca ca_ = pki::mini_ca::in_memory(pki::mini_ca::random_serials());
  std::string ca_file_;
  runtime::asio::io_context io_;
  std::optional<endpoint> server_;
  std::uint16_t port_ = 0;
  std::thread serving_;
};

bool has(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

TEST_F(real_endpoint, staples_in_both_versions) {
  for (const char* version : {"-tls1_2", "-tls1_3"}) {
    const auto seen = s_client(std::string(version) + " -status -servername one.example");
    EXPECT_TRUE(has(seen, "OCSP Response Status: successful (0x0)")) << seen;
    EXPECT_TRUE(has(seen, "Cert Status: good")) << seen;
    EXPECT_TRUE(has(seen, "HTTP/1.0 200 OK")) << seen;
    EXPECT_TRUE(has(seen, "\"class\": \"staple\"")) << seen;
  }
}

TEST_F(real_endpoint, staples_nothing_for_who_does_not_ask) {
  for (const char* version : {"-tls1_2", "-tls1_3"}) {
    const auto seen = s_client(std::string(version) + " -servername one.example");
    EXPECT_FALSE(has(seen, "OCSP")) << seen;
    EXPECT_TRUE(has(seen, "HTTP/1.0 200 OK")) << seen;
  }
}

TEST_F(real_endpoint, sni_selects) {
  EXPECT_TRUE(has(s_client("-servername two.example -status"), "CN = two"));
  EXPECT_TRUE(has(s_client("-servername one.example -status"), "CN = one"));
  EXPECT_TRUE(has(s_client("-noservername -status"), "CN = one"));
}

TEST_F(real_endpoint, gives_no_session_to_resume) {
  const auto session = directory_.path() / "session.pem";
  for (const char* version : {"-tls1_2", "-tls1_3"}) {
    s_client(std::string(version) + " -servername one.example -sess_out " + session.string());
    const auto seen = tests::run_program(
        {"sh", "-c",
         "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | timeout 20 openssl s_client -ign_eof -connect "
         "127.0.0.1:" +
             std::to_string(port_) + " -CAfile " + ca_file_ + " -status " + version +
             " -servername one.example $(test -e " + session.string() + " && echo -sess_in " +
             session.string() + ") 2>&1"});
    EXPECT_FALSE(has(seen.output, "Reused, TLS")) << seen.output;
    EXPECT_TRUE(has(seen.output, "Cert Status: good")) << seen.output;
  }
}

}  // namespace
}  // namespace staplelab::stapler::test
