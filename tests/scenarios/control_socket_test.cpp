#include "scenarios/control_socket.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <optional>
#include <string>

#include "runtime/clock.hpp"
#include "runtime/task_group.hpp"

namespace staplelab::scenarios {
namespace {

namespace asio = runtime::asio;
namespace fs = std::filesystem;
using namespace std::chrono_literals;
using asio::local::stream_protocol;
using testing::HasSubstr;
using local_socket = asio::basic_stream_socket<stream_protocol, runtime::executor>;
using local_acceptor = asio::basic_socket_acceptor<stream_protocol, runtime::executor>;

struct control_socket : testing::Test {
  control_socket() {
    std::string pattern = (fs::temp_directory_path() / "socket-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
  }
  ~control_socket() override { fs::remove_all(folder); }

  // Answers one line with another one, and keeps the connection open when told so.
  static runtime::awaitable<void> serve(fs::path path, bool keeps_open, std::string& heard) {
    const auto where = co_await asio::this_coro::executor;
    const stream_protocol::endpoint here(path.string());
    local_acceptor acceptor(where, here);
    local_socket socket(where);
    co_await acceptor.async_accept(socket, runtime::use_awaitable);
    auto room = asio::dynamic_buffer(heard);
    co_await asio::async_read_until(socket, room, '\n', runtime::use_awaitable);
    const auto said = asio::buffer("heard\n", 6);
    co_await asio::async_write(socket, said, runtime::use_awaitable);
    if (keeps_open) co_await runtime::real_pause(60s);
  }
  static runtime::awaitable<void> ask(fs::path path, std::optional<std::string>& answer) {
    co_await runtime::real_pause(50ms);  // it listens by then, or the test says so
    answer = co_await ask_socket(std::move(path), "set a staple\n");
  }
  std::string answer_of(fs::path path) {
    std::optional<std::string> answer;
    tasks.spawn(ask(std::move(path), answer));
    for (int turns = 0; turns < 3000 && !answer; ++turns) {
      io.restart();
      io.run_one_for(10ms);
    }
    return answer.value_or("no answer");
  }

  fs::path folder;
  std::string heard;
  asio::io_context io;
  runtime::task_group tasks{io.get_executor()};
};

TEST_F(control_socket, is_told_a_text_and_answers) {
  tasks.spawn(serve(folder / "s", false, heard));
  EXPECT_EQ(answer_of(folder / "s"), "heard\n");
  EXPECT_EQ(heard, "set a staple\n");
}

TEST_F(control_socket, that_stays_open_is_left_when_it_says_no_more) {
  tasks.spawn(serve(folder / "s", true, heard));
  EXPECT_EQ(answer_of(folder / "s"), "heard\n");
}

TEST_F(control_socket, that_is_not_there_tells_why) {
  EXPECT_THAT(answer_of(folder / "nobody"), HasSubstr("No such file"));
}

TEST_F(control_socket, with_a_name_too_long_tells_why) {
  EXPECT_THAT(answer_of(folder / std::string(200, 'x')), HasSubstr("too long"));
}

}  // namespace
}  // namespace staplelab::scenarios
