#include "runtime/time_limits.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "tests/runtime/world.hpp"

namespace staplelab::runtime {
namespace {

using namespace std::chrono_literals;

// A stream that knows only when it was reset.
class resettable final : public byte_stream {
 public:
  explicit resettable(const clock& time) : time_(time) {}
  awaitable<boost::system::result<std::size_t>> read_some(std::span<char>) override { co_return 0; }
  awaitable<error_code> write(std::string_view) override { co_return error_code{}; }
  awaitable<void> finish() override { co_return; }
  void reset() noexcept override { resets.push_back(time_.now() - start); }
  connection_id connection() const noexcept override { return 1; }

  std::vector<duration> resets;

 private:
  const clock& time_;
};

struct limited {
  limited() { w.tasks.spawn(limits.watch()); }
  void pass(duration length) {
    w.run([](clock& time, duration d) -> awaitable<void> {
      co_await time.sleep_until(time.now() + d);
    }(w.time, length));
  }

  world w;
  time_limits limits{w.time, w.where};
  resettable one{w.time}, other{w.time};
};

TEST(time_limits, reset_each_stream_at_its_own_moment) {
  limited l;
  time_limits::limit first(l.limits, l.one), second(l.limits, l.other);
  second.set(start + 30s);
  l.pass(1s);
  first.set(start + 10s);  // before what is waited for
  l.pass(1min);
  EXPECT_EQ(l.one.resets, std::vector<duration>{10s});
  EXPECT_EQ(l.other.resets, std::vector<duration>{30s});
  EXPECT_TRUE(first.has_passed());
}

TEST(time_limits, heed_the_last_moment_that_was_set) {
  limited l;
  time_limits::limit limit(l.limits, l.one);
  limit.set(start + 10s);
  l.pass(5s);
  limit.set(start + 20s);
  l.pass(10s);
  EXPECT_TRUE(l.one.resets.empty());
  limit.clear();
  l.pass(1h);
  EXPECT_TRUE(l.one.resets.empty());
  EXPECT_FALSE(limit.has_passed());
  limit.set(l.w.time.now() + 1s);
  l.pass(2s);
  EXPECT_EQ(l.one.resets, std::vector<duration>{15s + 1h + 1s});
}

TEST(time_limits, leave_a_stream_alone_that_has_ended_in_time) {
  limited l;
  {
    time_limits::limit limit(l.limits, l.one);
    limit.set(start + 10s);
    l.pass(5s);
  }
  l.pass(1h);
  EXPECT_TRUE(l.one.resets.empty());
}

}  // namespace
}  // namespace staplelab::runtime
