// Every check on recorded exchanges: no socket, no clock.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <ostream>

#include "judgement_row.hpp"

namespace staplelab::conform::test {
namespace {

std::vector<judgement_row> all_rows() {
  std::vector<judgement_row> all;
  for (const auto& part : {request_rows(), content_rows(), extension_rows(), http_rows()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

finding judged(const judgement_row& row) {
  bench b(row.held_to);
  row.seen(b);
  const check& what = check_numbered(row.number);
  if (auto why = unmet(what.needs, b.seen)) return skipped(*std::move(why));
  return weighed(what.judge(b.seen), what.at.in(row.held_to));
}

class Judgement : public testing::TestWithParam<judgement_row> {};

TEST_P(Judgement, Is) {
  const finding found = judged(GetParam());
  EXPECT_TRUE(GetParam().name.starts_with(to_string(found.verdict)))
      << to_string(found.verdict) << ": " << found.why;
  EXPECT_FALSE(found.why.empty());
  for (const char c : found.why)
    EXPECT_TRUE(c >= ' ' && c <= '~') << found.why;
}

std::string name_of(const testing::TestParamInfo<judgement_row>& info) {
  std::string name = "R" + std::to_string(info.param.number) + "_" + info.param.name + "_" +
                     std::string(to_string(info.param.held_to));
  std::ranges::replace_if(
      name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Checks, Judgement, testing::ValuesIn(all_rows()), name_of);

// A check that cannot fail is no check, and one that cannot pass neither.
TEST(Judgements, EveryCheckPassesAndFailsSomewhere) {
  std::map<int, std::pair<bool, bool>> covered;
  for (const judgement_row& row : all_rows()) {
    auto& [passes, fails] = covered[row.number];
    passes = passes || row.name.starts_with("pass");
    const bool may = check_numbered(row.number).at.in(row.held_to) == level::may;
    fails = fails || row.name.starts_with("fail") || (may && row.name.starts_with("acceptable"));
  }
  for (const check& each : all_checks()) {
    EXPECT_TRUE(covered[each.number].first) << each.id() << " passes nowhere";
    EXPECT_TRUE(covered[each.number].second) << each.id() << " fails nowhere";
  }
}

TEST(Judgements, EveryProbeIsMadeAndNamedOnce) {
  std::map<probe_id, int> used;
  for (const probe& each : all_probes())
    EXPECT_EQ(used[each.id]++, 0) << each.title;
  for (const check& each : all_checks()) {
    for (const probe_id id : each.probes)
      ++used[id];
  }
  for (const probe& each : all_probes())
    EXPECT_GT(used[each.id], 1) << each.title << " serves no check";
}

}  // namespace

void PrintTo(const judgement_row& row, std::ostream* out) {
  *out << "R" << row.number << " " << row.name;
}

}  // namespace staplelab::conform::test
