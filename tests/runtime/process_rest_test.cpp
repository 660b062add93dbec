#include "runtime/process_rest.hpp"

#include <gtest/gtest.h>

#include "tests/runtime/ran.hpp"

namespace staplelab::runtime {
namespace {

TEST(process_rest, is_seen_in_a_program_that_sleeps) {
  ran it;
  ASSERT_TRUE(it.start(run_of({"sleep", "600"})));
  EXPECT_TRUE(it.run_until([&] { return is_at_rest(it.started->id()); }));
  EXPECT_TRUE(it.run_until([&] { return is_at_rest_with_supervisor(it.started->id()); }));
}

TEST(process_rest, is_not_seen_in_a_program_whose_grandchild_works) {
  ran it;
  ASSERT_TRUE(it.start(run_of({"sh", "-c", "(sh -c 'echo up; while :; do :; done'; true); true"})));
  ASSERT_TRUE(it.run_until([&] { return it.has_line("up"); }));
  for (int i = 0; i < 100; ++i)
    ASSERT_FALSE(is_at_rest(it.started->id()));
}

// What is read of a task can end in the middle of it.
TEST(process_rest, is_told_of_programs_whose_children_come_and_go) {
  ran it;
  ASSERT_TRUE(it.start(run_of({"sh", "-c", "while :; do true | true | true; done"})));
  int at_work = 0;
  for (int i = 0; i < 20'000; ++i)
    at_work += is_at_rest_with_supervisor(it.started->id()) ? 0 : 1;
  EXPECT_GT(at_work, 0);
}

TEST(process_rest, is_that_of_a_program_that_is_gone) {
  ran it;
  ASSERT_TRUE(it.start(run_of({"true"})));
  const auto id = it.started->id();
  ASSERT_TRUE(it.end());
  EXPECT_TRUE(it.run_until([&] { return is_at_rest(id); }));
}

}  // namespace
}  // namespace staplelab::runtime
