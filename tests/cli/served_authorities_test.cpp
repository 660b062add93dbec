// What one responder serves: several CAs as one book, and delegates renewed in time, in simulated
// time.
#include "cli/served_authorities.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "cli/delegate.hpp"
#include "responder/renewal.hpp"
#include "runtime/task_group.hpp"
#include "runtime/virtual_clock.hpp"

namespace staplelab::cli {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;

constexpr pki::time_point start = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1);

pki::mini_ca ca_with(const std::string& authority) {
  auto ca = pki::mini_ca::in_memory(pki::mini_ca::random_serials());
  ca.add_authority({.name = authority,
                    .issuer = "",
                    .type = pki::key_type::p256,
                    .not_before = start - days(1),
                    .not_after = start + days(3650)});
  return ca;
}

pki::cert_id issue(pki::mini_ca& ca, const std::string& authority) {
  pki::issue_description what;
  what.name = "www";
  what.issuer = authority;
  what.not_before = start;
  what.not_after = start + days(90);
  const auto leaf = ca.issue(what, start);
  return pki::cert_id::of(leaf.cert, ca.authority(authority).cert, pki::hash_algorithm::sha1);
}

std::vector<served_ca> as_served(pki::mini_ca first, pki::mini_ca second) {
  std::vector<served_ca> cas;
  cas.push_back({"first", std::move(first)});
  cas.push_back({"second", std::move(second)});
  return cas;
}

TEST(served_authorities, answer_from_the_book_of_whichever_ca_issued) {
  auto first = ca_with("root");
  auto second = ca_with("root");
  const auto in_first = issue(first, "root");
  const auto in_second = issue(second, "root");
  second.revoke("www", pki::crl_reason::superseded, start);
  auto stranger = ca_with("root");
  const auto nowhere = issue(stranger, "root");
  served_authorities both(as_served(std::move(first), std::move(second)));
  EXPECT_EQ(std::get<pki::cert_status>(both.look_up(in_first, start)),
            pki::cert_status{pki::good_status{}});
  EXPECT_TRUE(std::holds_alternative<pki::revoked_status>(
      std::get<pki::cert_status>(both.look_up(in_second, start))));
  EXPECT_EQ(std::get<pki::no_status>(both.look_up(nowhere, start)), pki::no_status::not_ours);
  EXPECT_EQ(std::get<pki::status_history>(both.history(in_second, start)).size(), 2U);
  EXPECT_EQ(std::get<pki::no_status>(both.history(nowhere, start)), pki::no_status::not_ours);
  EXPECT_EQ(both.signing({.kind = signer_kind::ca}, start).size(), 2U);
}

TEST(served_authorities, publish_the_crls_of_each) {
  served_authorities both(as_served(ca_with("root"), ca_with("root")));
  responder::crl_publisher crls({});
  both.publish_crls(crls);
  const auto body = [&](const char* path) {
    runtime::http_request request;
    request.method = "GET";
    request.target = path;
    const auto response = crls.answer(request, start);
    return response ? response->body : std::string("(none)");
  };
  EXPECT_NE(body("/crl/root.crl"), "(none)");
  EXPECT_NE(body("/crl/first/root.crl"), "(none)");
  EXPECT_NE(body("/crl/second/root.crl"), body("/crl/first/root.crl"));
  EXPECT_EQ(body("/crl/third/root.crl"), "(none)");
}

// R29: a responder whose delegate is about to end gets another from the CA, month after month.
TEST(served_authorities, R29_renews_delegates_before_they_expire) {
  runtime::virtual_clock time(start);
  auto ca = ca_with("root");
  std::vector<served_ca> cas;
  cas.push_back({"ca", std::move(ca)});
  served_authorities authorities(std::move(cas));
  const signer_plan plan{.kind = signer_kind::delegate,
                         .delegate_keys = {pki::key_type::p256, pki::key_type::ed25519}};
  std::vector<std::string> signers;
  runtime::asio::io_context io{1};
  responder::server_config config;
  config.authorities = authorities.signing(plan, start);
  responder::server server(io.get_executor(), time, authorities, std::move(config),
                           [&](const responder::event& what) {
                             const auto* changed = std::get_if<responder::signer_changed>(&what);
                             if (changed) signers.push_back(changed->signer);
                           });
  runtime::task_group tasks(io.get_executor());
  tasks.spawn(renew_delegates(time, authorities, plan, server));
  bool done = false;
  const auto watch = [](runtime::clock& clock, responder::server& of,
                        bool& ended) -> runtime::awaitable<void> {
    for (int day = 0; day < 365; ++day) {
      co_await clock.sleep_until(start + days(day));
      for (const auto& who : of.signers().authorities()) {
        EXPECT_FALSE(responder::flaw_of(who, clock.now())) << "day " << day;
        EXPECT_GT(who.delegate->cert.not_after(), clock.now() + days(7)) << "day " << day;
        EXPECT_EQ(who.alternates.size(), 1U);
        for (const auto& other : who.alternates)
          EXPECT_GT(other.cert.not_after(), clock.now() + days(7)) << "day " << day;
      }
    }
    ended = true;
  };
  tasks.spawn(watch(time, server, done));
  EXPECT_EQ(time.run(io, [&] { return done; }, 20s), runtime::virtual_clock::outcome::finished);
  EXPECT_GE(signers.size(), 12U);  // lives of thirty days, renewed at two thirds
  EXPECT_LE(signers.size(), 19U);
  bool stopped = false;
  const auto stop = [](runtime::task_group& all, responder::server& what,
                       bool& ended) -> runtime::awaitable<void> {
    what.stop();
    co_await what.join();
    all.cancel();
    ended = true;
  };
  runtime::task_group last(io.get_executor());
  last.spawn(stop(tasks, server, stopped));
  EXPECT_EQ(time.run(
                io, [&] { return stopped && tasks.size() == 0; }, 20s),
            runtime::virtual_clock::outcome::finished);
}

}  // namespace
}  // namespace staplelab::cli
