#include "responder/edge_cache.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace staplelab::responder {
namespace {

using namespace std::chrono_literals;

constexpr pki::time_point start = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1);
const pki::bytes question{1, 2, 3};
const pki::bytes another{1, 2, 4};

runtime::http_response page(std::string body, int status = 200) {
  runtime::http_response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

TEST(EdgeCache, HandsOutWhatItHasUntilThatIsTooOld) {
  edge_cache cache(4h);
  EXPECT_FALSE(cache.find(question, start));
  request_answered told;
  told.fault = "short_body";
  cache.keep(question, page("x"), told, start);

  const auto hit = cache.find(question, start + 4h - 1ms);
  ASSERT_TRUE(hit);
  EXPECT_EQ(hit->response.body, "x");
  EXPECT_EQ(hit->response.fields.find("Age"), "14399");
  EXPECT_EQ(hit->age, 4h - 1ms);
  EXPECT_EQ(hit->told.fault, "short_body");
  EXPECT_FALSE(cache.find(question, start + 4h));
}

TEST(EdgeCache, KeepsTheNewerOfTwoAndCountsItsAgeAnew) {
  edge_cache cache(4h);
  cache.keep(question, page("old"), {}, start);
  cache.keep(question, page("new"), {}, start + 3h);
  EXPECT_EQ(cache.find(question, start + 6h)->response.body, "new");
}

TEST(EdgeCache, TellsQuestionsApart) {
  edge_cache cache(4h);
  cache.keep(question, page("x"), {}, start);
  EXPECT_FALSE(cache.find(another, start));
}

TEST(EdgeCache, KeepsNoErrorPages) {
  edge_cache cache(4h);
  cache.keep(question, page("busy", 503), {}, start);
  EXPECT_FALSE(cache.find(question, start));
}

TEST(EdgeCache, ForgetsEverythingWhenPurged) {
  edge_cache cache(4h);
  cache.keep(question, page("x"), {}, start);
  cache.purge();
  EXPECT_FALSE(cache.find(question, start));
}

TEST(EdgeCache, IsNeverLargerThanItsLimit) {
  edge_cache cache(4h);
  const auto numbered = [](std::size_t i) {
    return pki::bytes{static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)};
  };
  for (std::size_t i = 0; i < edge_cache::max_entries; ++i)
    cache.keep(numbered(i), page("x"), {}, start);
  cache.keep(question, page("one too many"), {}, start);
  EXPECT_FALSE(cache.find(question, start));
  EXPECT_TRUE(cache.find(numbered(edge_cache::max_entries - 1), start));
  cache.keep(numbered(0), page("renewed"), {}, start);
  EXPECT_EQ(cache.find(numbered(0), start)->response.body, "renewed");
}

}  // namespace
}  // namespace staplelab::responder
