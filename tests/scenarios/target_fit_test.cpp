#include "scenarios/target_fit.hpp"

#include <gtest/gtest.h>

#include "scenarios/target.hpp"

namespace staplelab::scenarios {
namespace {

using namespace std::chrono_literals;

expectation everything() {
  expectation all;
  all.verdict = {probe_verdict::good};
  all.exit_code = 3;
  all.fetches = range<long>{1, 1};
  all.fetch_spacing = range<duration>{duration(1h), {}};
  all.fetch_method = "GET";
  all.warned = true;
  return all;
}

TEST(observable, is_all_of_our_own_endpoint) {
  const auto seen = observable(everything(), nullptr);
  EXPECT_TRUE(seen.exit_code && seen.fetches && seen.fetch_spacing && seen.fetch_method &&
              seen.warned);
}

TEST(observable, of_a_server_that_is_given_its_staples_is_nothing_about_asking) {
  target on{};
  on.warning = "warn";
  on.staples = staple_file{"site.ocsp"};
  const auto seen = observable(everything(), &on);
  EXPECT_EQ(seen.verdict, everything().verdict);
  EXPECT_TRUE(seen.exit_code);
  EXPECT_FALSE(seen.fetches || seen.fetch_spacing || seen.fetch_method || seen.warned);
}

TEST(observable, of_a_server_that_asks_is_what_it_does_not_lack) {
  target on{};
  on.warning = "warn";
  on.staples = staples_itself{};
  on.lacks = {{target_feature::exit_codes, "they are its own"}};
  const auto seen = observable(everything(), &on);
  EXPECT_FALSE(seen.exit_code);
  EXPECT_TRUE(seen.fetches && seen.fetch_spacing && seen.fetch_method && seen.warned);
}

}  // namespace
}  // namespace staplelab::scenarios
