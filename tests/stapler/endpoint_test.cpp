#include "stapler/endpoint.hpp"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "tests/stapler/lab.hpp"

namespace staplelab::stapler::test {
namespace {

awaitable<std::string> start(lab& l) {
  const auto outcome = co_await l.server->start();
  if (const auto* no = std::get_if<refused>(&outcome)) {
    co_return "refused " + std::to_string(no->exit_code);
  }
  co_return "started";
}

awaitable<std::string> verdict_now(lab& l) {
  client_wish wish;
  auto shaking = l.shake(std::move(wish));
  const sight seen = co_await std::move(shaking);
  if (seen.alert) co_return "alert " + std::to_string(*seen.alert);
  if (!seen.established) co_return "no connection";
  co_return l.verdict(seen);
}

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
  EXPECT_EQ(co_await start(l), "started");
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
    EXPECT_EQ(co_await verdict_now(l), "no connection");
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

}  // namespace
}  // namespace staplelab::stapler::test
