// What holds for all threads of the fast path when a call returns.
#include "responder/fast_threads.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "lab.hpp"
#include "responder/server.hpp"
#include "responder/signing_pool.hpp"
#include "runtime/task_group.hpp"

namespace staplelab::responder {
namespace {

using namespace test;
using runtime::asio::ip::address_v4;

class FastThreads : public testing::Test {
 protected:
  FastThreads() {
    // Bound, and never listening: nobody else gets the port.
    reservation.open(runtime::tcp::v4());
    const int on = 1;
    setsockopt(reservation.native_handle(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(reservation.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    reservation.bind({address_v4::loopback(), 0});
    there = reservation.local_endpoint();
  }

  bool can_connect() {
    runtime::tcp_socket socket(io.get_executor());
    runtime::error_code error;
    socket.connect(there, error);
    return !error;
  }

  lab here;
  runtime::system_clock time;
  fast_path fast{{.open_book = [] { return std::make_unique<overriding_nothing>(); },
                  .changes = [] { return std::vector<outdated_answer>(); }}};
  runtime::asio::io_context io{1};
  runtime::tcp_acceptor reservation{io.get_executor()};
  runtime::tcp::endpoint there;

 private:
  struct overriding_nothing final : pki::status_book {
    std::variant<pki::cert_status, pki::no_status> look_up(const pki::cert_id&,
                                                           pki::time_point) const override {
      return pki::no_status::not_ours;
    }
  };
};

TEST_F(FastThreads, RefuseConnectionsFromTheMomentOnInWhichTheyAreTold) {
  fast_threads threads(2, fast, time, there, 8, io.get_executor(), nullptr);
  for (int round = 0; round < 100; ++round) {
    EXPECT_TRUE(can_connect()) << round;
    threads.refuse();
    EXPECT_FALSE(can_connect()) << round;
    threads.listen();
  }
}

TEST_F(FastThreads, LeaveNoPortToAnotherProgram) {
  server_config config;
  config.authorities.push_back(here.direct());
  config.fast = &fast;
  config.listen = there;
  const auto where = io.get_executor();
  const server first(where, time, here.ca(), config, nullptr);
  EXPECT_THROW(server(where, time, here.ca(), config, nullptr), boost::system::system_error);
}

runtime::awaitable<void> sign_until_closed(signing_pool& pool, std::size_t& signed_ones) {
  for (;;) {
    auto signing = pool.run([] { return pki::bytes(1); });
    const auto made = co_await std::move(signing);
    if (!made) co_return;
    ++signed_ones;
  }
}

// Whatever got in is over, one way or the other, when close() returns.
TEST(SigningPool, LeavesNobodyWaitingWhenItCloses) {
  std::size_t signed_ones = 0;
  for (int round = 0; round < 200; ++round) {
    signing_pool pool(1, 8);
    std::thread waiting([&] {
      runtime::asio::io_context io{1};
      runtime::task_group tasks(io.get_executor());
      tasks.spawn(sign_until_closed(pool, signed_ones));
      io.run();
    });
    std::this_thread::sleep_for(std::chrono::microseconds(round * 5));
    pool.close();
    waiting.join();
  }
  EXPECT_GT(signed_ones, 0u);
}

}  // namespace
}  // namespace staplelab::responder
