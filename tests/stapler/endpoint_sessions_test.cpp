// The limit of connections at a time, on each side.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <string>
#include <utility>
#include <vector>

#include "runtime/clock.hpp"
#include "tests/stapler/lab.hpp"

namespace staplelab::stapler::test {
namespace {

using namespace runtime::asio::experimental::awaitable_operators;

// Both ends of a connection are ours.
bool allow_open_files(rlim_t count) {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return false;
  if (files.rlim_cur >= count) return true;
  files.rlim_cur = count;
  return files.rlim_max >= count && ::setrlimit(RLIMIT_NOFILE, &files) == 0;
}

using crowd = std::vector<runtime::tcp_socket>;

// They connect, and say nothing.
awaitable<void> let_in(lab& l, crowd& all, std::size_t count) {
  const runtime::tcp::endpoint address(runtime::asio::ip::address_v4::loopback(), l.server->port());
  const auto no_time_passes = l.world.time.hold(0);
  while (all.size() < count) {
    runtime::tcp_socket socket(l.world.where);
    co_await socket.async_connect(address, runtime::use_awaitable);
    all.push_back(std::move(socket));
  }
}

awaitable<void> ask(lab& l, std::string& found) {
  found = co_await l.verdict_now();
}

awaitable<void> make_room(crowd& all, const std::string& found) {
  co_await runtime::real_pause(100ms);
  EXPECT_EQ(found, "");
  all.pop_back();
}

awaitable<void> fill_the_house(lab& l) {
  auto what = l.config(mode::always, profile::resilient);
  what.tls_timeout = 1h;
  l.make_endpoint(std::move(what));
  EXPECT_EQ(co_await l.start(), "started");
  crowd all;
  co_await let_in(l, all, endpoint::max_sessions - 1);
  std::string last_place;
  co_await ask(l, last_place);
  EXPECT_EQ(last_place, "good");

  co_await let_in(l, all, endpoint::max_sessions);
  std::string no_place;
  auto both = ask(l, no_place) && make_room(all, no_place);
  co_await std::move(both);
  EXPECT_EQ(no_place, "good");
}

TEST(endpoint_limits, connections_at_a_time) {
  if (!allow_open_files(2 * endpoint::max_sessions + 200)) {
    GTEST_SKIP() << "the limit of open files is too low";
  }
  lab l;
  l.run(fill_the_house(l));
}

}  // namespace
}  // namespace staplelab::stapler::test
