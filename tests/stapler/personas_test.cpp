// The personas, cell by cell: what nginx 1.22, Apache 2.4 and Caddy 2.6 do. Modes are unknown to
// them, so every row holds for both classes.
#include <gtest/gtest.h>

#include "stapler/policy.hpp"
#include "tests/stapler/stapling_script.hpp"

namespace staplelab::stapler {
namespace {

struct row {
  const char* name;
  profile like;
  const char* script;
};

class persona : public testing::TestWithParam<row> {};

TEST_P(persona, cell) {
  for (const auto served_as : {staple_class::staple, staple_class::enforce}) {
    stapling_script server(policy_of(GetParam().like), served_as);
    EXPECT_EQ(server.run(GetParam().script), GetParam().script);
  }
}

constexpr auto nginx = profile::nginx_like;
constexpr auto apache = profile::apache_like;
constexpr auto caddy = profile::caddy_like;

const row rows[] = {
    {"nginx_first_client_goes_without", nginx,
     "start=rest ask=fetch_meanwhile asked=nothing h/good:7d=rest ask=good"},
    {"nginx_asks_for_clients_once_an_hour", nginx,
     "start=rest ask=fetch_meanwhile h/good:7d=rest +59m ask=good +1m ask=fetch_meanwhile "
     "asked=good "
     "h/good:7d=rest ask=good"},
    {"nginx_asks_nobody_without_clients", nginx,
     "start=rest ask=fetch_meanwhile h/good:7d=rest +8d ask=fetch_meanwhile asked=nothing"},
    {"nginx_not_within_five_minutes", nginx,
     "start=rest ask=fetch_meanwhile h/good:2m=rest ask=good +3m ask=nothing +2m "
     "ask=fetch_meanwhile"},
    {"nginx_down_keeps_until_expiry", nginx,
     "start=rest ask=fetch_meanwhile h/good:7d=rest +2h ask=fetch_meanwhile h/down=rest ask=good "
     "+4m "
     "ask=good +1m ask=fetch_meanwhile asked=good"},
    {"nginx_down_at_start_tries_every_five_minutes", nginx,
     "start=rest ask=fetch_meanwhile h/down=rest ask=nothing +5m ask=fetch_meanwhile"},
    {"nginx_keeps_when_revoked_or_unknown", nginx,
     "start=rest ask=fetch_meanwhile h/good:1d=rest +2h ask=fetch_meanwhile h/revoked:7d=rest "
     "ask=good +2h "
     "ask=fetch_meanwhile h/unknown:7d=rest ask=good +1d ask=fetch_meanwhile h/revoked:7d=rest "
     "ask=nothing"},
    {"nginx_error_answer_is_not_stapled", nginx,
     "start=rest ask=fetch_meanwhile h/try_later=rest ask=nothing"},
    {"nginx_without_next_update", nginx,
     "start=rest ask=fetch_meanwhile h/good:never=rest +59m ask=good +1m ask=fetch_meanwhile "
     "asked=good"},
    {"apache_first_client_waits", apache, "start=rest ask=fetch h/good:7d=rest asked=good"},
    {"apache_drops_what_it_has_after_an_hour", apache,
     "start=rest ask=fetch h/good:7d=rest +59m ask=good +1m ask=fetch h/down=rest "
     "asked=invented_try_later ask=invented_try_later +9m ask=invented_try_later +1m ask=fetch "
     "h/good:7d=rest ask=good"},
    {"apache_staples_error_answers", apache,
     "start=rest ask=fetch h/try_later=rest asked=try_later +10m ask=fetch"},
    {"apache_staples_revoked_and_unknown", apache,
     "start=rest ask=fetch h/revoked:7d=rest ask=revoked +1h ask=fetch h/unknown:7d=rest "
     "ask=unknown"},
    {"apache_renews_at_once_what_expired", apache,
     "start=rest ask=fetch h/good:10m=rest +9m ask=good +1m ask=fetch"},
    {"caddy_asks_before_it_serves", caddy, "start=fetch good:7d=wait+3d12h ask=good"},
    {"caddy_serves_without", caddy, "start=fetch down=wait+1h ask=nothing"},
    {"caddy_asks_hourly_from_half_on", caddy,
     "start=fetch good:7d=wait+3d12h +3d12h due=fetch down=wait+1h ask=good"},
    {"caddy_staples_what_has_expired", caddy,
     "start=fetch good:2h=wait+1h +1h due=fetch down=wait+1h +9h due=fetch down=wait+1h ask=good"},
    {"caddy_staples_good_for_ever_when_revoked", caddy,
     "start=fetch good:2h=wait+1h +1h due=fetch revoked:7d=wait+1h ask=good +9d ask=good"},
    {"caddy_keeps_its_store", caddy, "start/good:7d=wait+3d12h ask=good"},
};
INSTANTIATE_TEST_SUITE_P(all, persona, testing::ValuesIn(rows),
                         [](const auto& info) { return info.param.name; });

TEST(personas, of_class_off_ask_nobody) {
  for (const auto p : all_profiles) {
    stapling_script server(policy_of(p), staple_class::off);
    EXPECT_EQ(server.run("start=rest ask=nothing +30d ask=nothing due=rest"),
              "start=rest ask=nothing +30d ask=nothing due=rest")
        << to_string(p);
  }
}

TEST(personas, forget_over_a_restart_but_for_caddy) {
  EXPECT_FALSE(nginx_like().persist);
  EXPECT_FALSE(apache_like().persist);
  EXPECT_TRUE(caddy_like().persist);
}

TEST(personas, are_neither_the_good_server_nor_nats) {
  EXPECT_FALSE(is_persona(profile::resilient));
  EXPECT_FALSE(is_persona(profile::nats));
  for (const auto p : {nginx, apache, caddy})
    EXPECT_TRUE(is_persona(p)) << to_string(p);
}

TEST(personas, are_named_as_they_are_parsed) {
  for (const auto p : all_profiles)
    EXPECT_EQ(parse_profile(to_string(p)), p);
  EXPECT_EQ(to_string(nginx), "nginx-like");
  EXPECT_EQ(parse_profile("nginx"), std::nullopt);
}

}  // namespace
}  // namespace staplelab::stapler
