#include "stapler/endpoint.hpp"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <array>
#include <memory>
#include <optional>

#include "tests/stapler/lab.hpp"

namespace staplelab::stapler::test {
namespace {

// ---- the first table of the design, over sockets

struct class_row {
  const char* name;
  mode m;
  const char* certificate;
  const char* when_good;
  const char* when_revoked;
  std::optional<int> exit_code;
};

class endpoint_classes : public testing::TestWithParam<class_row> {};

awaitable<void> live_through_revocation(lab& l, const class_row& row) {
  l.make_endpoint(l.config(row.m, profile::resilient, {row.certificate}));
  EXPECT_EQ(co_await l.start(), "started");
  client_wish asking;
  const sight before = co_await l.shake(asking);
  EXPECT_TRUE(before.established);
  EXPECT_EQ(l.verdict(before, row.certificate), row.when_good);
  client_wish not_asking;
  not_asking.status = false;
  const sight unasked = co_await l.shake(not_asking);
  EXPECT_TRUE(unasked.established);
  EXPECT_FALSE(unasked.staple);
  l.ca.revoke(row.certificate, pki::crl_reason::key_compromise, l.world.time.now());
  co_await l.sleep(9s);
  EXPECT_EQ(l.server->exited().has_value(), row.exit_code.has_value());
  if (l.server->exited()) {
    EXPECT_EQ(l.server->exited()->exit_code, *row.exit_code);
    EXPECT_EQ(l.server->exited()->cause, exit_cause::staple);
    EXPECT_EQ(co_await l.verdict_now(), "no connection");
  } else {
    const sight after = co_await l.shake(asking);
    EXPECT_EQ(l.verdict(after, row.certificate), row.when_revoked);
  }
}

TEST_P(endpoint_classes, live_through_a_revocation) {
  lab l;
  l.run(live_through_revocation(l, GetParam()));
  const bool off = std::string_view(GetParam().when_good) == "none";
  EXPECT_EQ(l.responder.requests.empty(), off);
}

const class_row class_rows[] = {
    {"never_must_staple", mode::never, "site", "none", "none", {}},
    {"never_plain", mode::never, "plain", "none", "none", {}},
    {"auto_plain", mode::auto_, "plain", "none", "none", {}},
    {"must_plain", mode::must, "plain", "none", "none", {}},
    {"auto_must_staple", mode::auto_, "site", "good", "revoked", {}},
    {"must_must_staple", mode::must, "site", "good", "", 3},
    {"always_must_staple", mode::always, "site", "good", "", 3},
    {"always_plain", mode::always, "plain", "good", "", 3},
};
INSTANTIATE_TEST_SUITE_P(resilient, endpoint_classes, testing::ValuesIn(class_rows),
                         [](const auto& info) { return info.param.name; });

// ---- one handshake, whatever the protocol version

struct tls_row {
  const char* name;
  int version;
  bool status;
};
class tls_versions : public testing::TestWithParam<tls_row> {};

awaitable<void> see_one_handshake(lab& l, const tls_row& row) {
  l.make_endpoint(l.config(mode::auto_, profile::resilient, {"site", "other", "plain"}));
  EXPECT_EQ(co_await l.start(), "started");
  client_wish wish{row.status, row.version, "other.example", "GET /status HTTP/1.0\r\n\r\n"};
  const sight seen = co_await l.shake(wish);
  EXPECT_TRUE(seen.established);
  EXPECT_EQ(seen.leaf, "CN=other");
  EXPECT_EQ(l.verdict(seen, "other"), row.status ? "good" : "none");
  EXPECT_NE(seen.http.find("\"mode\": \"auto\""), std::string::npos);
}

TEST_P(tls_versions, staple_for_who_asks) {
  lab l;
  l.run(see_one_handshake(l, GetParam()));
  const auto served = l.told<handshake_served>();
  ASSERT_EQ(served.size(), 1U);
  EXPECT_EQ(served[0].tls, GetParam().version == TLS1_2_VERSION ? "TLSv1.2" : "TLSv1.3");
  EXPECT_EQ(served[0].sni, "other.example");
  EXPECT_EQ(served[0].asked, GetParam().status);
  EXPECT_EQ(served[0].stapled, GetParam().status);
  EXPECT_FALSE(served[0].failed);
}

const tls_row tls_rows[] = {{"tls12", TLS1_2_VERSION, true},
                            {"tls12_not_asking", TLS1_2_VERSION, false},
                            {"tls13", TLS1_3_VERSION, true},
                            {"tls13_not_asking", TLS1_3_VERSION, false}};
INSTANTIATE_TEST_SUITE_P(endpoint, tls_versions, testing::ValuesIn(tls_rows),
                         [](const auto& info) { return info.param.name; });

TEST(endpoint, sni_selects_and_the_first_serves_the_rest) {
  lab l;
  l.run([](lab& x) -> awaitable<void> {
    x.make_endpoint(x.config(mode::always, profile::resilient, {"site", "other", "plain"}));
    EXPECT_EQ(co_await x.start(), "started");
    for (const std::string name : {"plain", "other", "site"}) {
      client_wish wish{true, 0, name + ".EXAMPLE", {}};
      const sight seen = co_await x.shake(wish);
      EXPECT_EQ(seen.leaf, "CN=" + name);
      EXPECT_EQ(x.verdict(seen, name), "good");
    }
    client_wish stranger{true, 0, "elsewhere.example", {}};
    const sight seen = co_await x.shake(stranger);
    EXPECT_EQ(seen.leaf, "CN=site");
  }(l));
  EXPECT_EQ(l.responder.requests.size(), 3U);
}

// ---- what happens at the end, and after a restart

awaitable<void> exit_by_revocation(lab& l, profile p) {
  l.make_endpoint(l.config(mode::always, p));
  EXPECT_EQ(co_await l.start(), "started");
  l.ca.revoke("site", std::nullopt, l.world.time.now());
  const exit_outcome how = co_await l.server->wait_for_exit();
  EXPECT_EQ(how.exit_code, p == profile::nats ? 0 : 3);
  EXPECT_EQ(l.world.elapsed() / 1s, 4);
  const auto told = l.told<endpoint_shut_down>();
  EXPECT_EQ(told.size(), 1U);
  if (!told.empty()) EXPECT_EQ(told[0].why, end_reason::revoked);
  std::vector<pki::ocsp_verdict> statuses;
  for (const auto& change : l.told<staple_changed>())
    statuses.push_back(change.status);
  EXPECT_EQ(statuses, (std::vector{pki::ocsp_verdict::good, pki::ocsp_verdict::revoked}));
}

TEST(exit, by_revocation_resilient) {
  lab l;
  l.run(exit_by_revocation(l, profile::resilient));
}
TEST(exit, by_revocation_nats) {
  lab l;
  l.run(exit_by_revocation(l, profile::nats));
}

TEST(exit, stop_ends_what_runs) {
  lab l;
  l.run([](lab& x) -> awaitable<void> {
    x.make_endpoint(x.config(mode::auto_, profile::resilient));
    EXPECT_EQ(co_await x.start(), "started");
    co_await x.server->stop();
    const exit_outcome how = co_await x.server->wait_for_exit();
    EXPECT_EQ(how.cause, exit_cause::stopped);
    EXPECT_EQ(co_await x.verdict_now(), "no connection");
  }(l));
}

TEST(exit, kill_resets_connections_and_silences_everything) {
  lab l;
  l.run([](lab& x) -> awaitable<void> {
    auto what = x.config(mode::auto_, profile::resilient);
    what.store_dir = x.directory.path();
    x.make_endpoint(what);
    EXPECT_EQ(co_await x.start(), "started");
    co_await x.sleep(1s);
    runtime::tcp_socket socket(x.world.where);
    const runtime::tcp::endpoint to(runtime::asio::ip::address_v4::loopback(), x.server->port());
    co_await socket.async_connect(to, runtime::use_awaitable);
    runtime::tcp_stream stream(std::move(socket), 0);
    EXPECT_EQ(co_await x.verdict_now(), "good");  // so the connection before it is accepted as well
    const staple_store store(x.directory.path());
    std::filesystem::remove(*store.path_of(x.ca.issued("site").cert));
    x.server->kill();
    const auto told = x.events.size();
    std::array<char, 1> room;
    const auto read = co_await stream.read_some(room);
    EXPECT_EQ(read.error(), runtime::asio::error::connection_reset);
    co_await x.sleep(1h);
    EXPECT_EQ(x.events.size(), told);
    EXPECT_FALSE(store.load(x.ca.issued("site").cert));
    EXPECT_EQ(x.server->exited()->cause, exit_cause::killed);
  }(l));
}

struct restart_row {
  const char* name;
  profile p;
  mode m;
  const char* stored;     // good, revoked, corrupt, none
  const char* responder;  // good, revoked, down
  const char* start;
  const char* stapled;
  std::size_t requests;
};
class restarts : public testing::TestWithParam<restart_row> {};

void prepare_restart(lab& l, const restart_row& row) {
  const std::string_view stored = row.stored;
  const bool revoked = stored == "revoked";
  const staple_store store(l.directory.path());
  const auto leaf = l.ca.issued("site").cert;
  pki::response_content content;
  const auto id = pki::cert_id::of(leaf, l.ca.authority("issuing").cert, pki::hash_algorithm::sha1);
  content.produced_at = runtime::start;
  pki::cert_status status = pki::good_status{};
  if (revoked) status = pki::revoked_status{runtime::start, {}};
  content.singles = {{id, status, runtime::start, runtime::start + 1h}};
  auto der = pki::build_ocsp_response(content, {l.ca.authority("issuing"), false});
  if (stored == "corrupt") der.resize(der.size() / 2);
  if (stored != "none") EXPECT_FALSE(store.save(leaf, der));
  if (std::string_view(row.responder) == "down") l.responder.listening().close();
  if (std::string_view(row.responder) == "revoked")
    l.ca.revoke("site", std::nullopt, runtime::start);
}

awaitable<void> restart(lab& l, const restart_row& row) {
  auto what = l.config(row.m, row.p);
  what.store_dir = l.directory.path();
  l.make_endpoint(what);
  EXPECT_EQ(co_await l.start(), row.start);
  EXPECT_EQ(l.responder.requests.size(), row.requests);
  if (std::string_view(row.start) == "started") EXPECT_EQ(co_await l.verdict_now(), row.stapled);
}

TEST_P(restarts, cell) {
  lab l;
  prepare_restart(l, GetParam());
  l.run(restart(l, GetParam()));
}

const restart_row restart_rows[] = {
    {"nats_good_down_soft", profile::nats, mode::auto_, "good", "down", "started", "good", 0},
    {"nats_good_down_hard", profile::nats, mode::must, "good", "down", "started", "good", 0},
    {"nats_good_revoked_hard", profile::nats, mode::must, "good", "revoked", "started", "good", 0},
    {"nats_revoked_down_soft", profile::nats, mode::auto_, "revoked", "down", "started", "revoked",
     0},
    {"nats_revoked_down_hard", profile::nats, mode::must, "revoked", "down", "refused 1", "", 0},
    {"nats_revoked_good_hard", profile::nats, mode::must, "revoked", "good", "refused 1", "", 0},
    {"nats_corrupt_up", profile::nats, mode::must, "corrupt", "good", "started", "good", 1},
    {"nats_corrupt_down", profile::nats, mode::must, "corrupt", "down", "refused 1", "", 0},
    {"resilient_good_down", profile::resilient, mode::must, "good", "down", "started", "good", 0},
    {"resilient_revoked_good", profile::resilient, mode::must, "revoked", "good", "started", "good",
     1},
    {"resilient_revoked_revoked", profile::resilient, mode::must, "revoked", "revoked", "refused 3",
     "", 1},
    {"resilient_revoked_down", profile::resilient, mode::must, "revoked", "down", "refused 3", "",
     0},
    {"resilient_revoked_down_staple", profile::resilient, mode::auto_, "revoked", "down", "started",
     "revoked", 0},
    {"resilient_corrupt_up", profile::resilient, mode::must, "corrupt", "good", "started", "good",
     1},
    {"resilient_none_up", profile::resilient, mode::must, "none", "good", "started", "good", 1},
};
INSTANTIATE_TEST_SUITE_P(endpoint, restarts, testing::ValuesIn(restart_rows),
                         [](const auto& info) { return info.param.name; });

// ---- storing

awaitable<void> run_with_broken_store(lab& l, profile p) {
  auto what = l.config(mode::must, p);
  what.store_dir = l.directory.file("in_the_way", std::string_view("a file, no directory"));
  l.make_endpoint(what);
  EXPECT_EQ(co_await l.start(), p == profile::nats ? "refused 1" : "started");
  if (p == profile::nats) co_return;
  co_await l.sleep(20s);
  EXPECT_EQ(co_await l.verdict_now(), "good");
  EXPECT_GE(l.told<warned>().size(), 2U);
}

TEST(store_failure, does_not_stop_resilient) {
  lab l;
  l.run(run_with_broken_store(l, profile::resilient));
}
TEST(store_failure, fails_the_fetch_of_nats) {
  lab l;
  l.run(run_with_broken_store(l, profile::nats));
}

// ---- clients that are none

awaitable<void> send_octets(lab& l, std::string octets) {
  runtime::tcp_socket socket(l.world.where);
  const runtime::tcp::endpoint to(runtime::asio::ip::address_v4::loopback(), l.server->port());
  co_await socket.async_connect(to, runtime::use_awaitable);
  const auto port = socket.local_endpoint().port();
  const auto waiting = l.world.time.hold(port);
  runtime::tcp_stream stream(std::move(socket), port);
  co_await stream.write(octets);
  std::array<char, 100> room;
  for (;;) {
    const auto count = co_await stream.read_some(room);
    if (!count) break;
  }
}

TEST(strangers, plain_http_gets_an_alert_and_the_next_client_is_served) {
  lab l;
  l.run([](lab& x) -> awaitable<void> {
    x.make_endpoint(x.config(mode::auto_, profile::resilient));
    EXPECT_EQ(co_await x.start(), "started");
    std::string plain = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    co_await send_octets(x, std::move(plain));
    EXPECT_EQ(co_await x.verdict_now(), "good");
  }(l));
  EXPECT_EQ(l.told<handshake_served>().size(), 1U);
}

}  // namespace
}  // namespace staplelab::stapler::test
