#include "scenarios/control_socket.hpp"

#include <array>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "runtime/clock.hpp"

namespace staplelab::scenarios {

namespace asio = runtime::asio;
using asio::experimental::awaitable_operators::operator||;
using runtime::awaitable;
using local_socket = asio::basic_stream_socket<asio::local::stream_protocol, runtime::executor>;

namespace {

constexpr runtime::duration longest_silence{1000};
constexpr std::size_t longest_answer = 4096;

// Fills `heard` while it goes on.
awaitable<void> converse(local_socket& socket, const std::string& text, std::string& heard) {
  runtime::error_code error;
  const auto written = asio::buffer(text);
  co_await asio::async_write(socket, written, asio::redirect_error(runtime::use_awaitable, error));
  std::array<char, 1024> part;
  const auto room = asio::buffer(part);
  while (!error && heard.size() < longest_answer) {
    const auto length =
        co_await socket.async_read_some(room, asio::redirect_error(runtime::use_awaitable, error));
    heard.append(part.data(), length);
  }
}

}  // namespace

awaitable<std::string> ask_socket(std::filesystem::path path, std::string text) {
  const auto where = co_await asio::this_coro::executor;
  if (path.native().size() >= sizeof(sockaddr_un::sun_path)) {
    co_return path.string() + ": this is too long for a socket";
  }
  local_socket socket(where);
  const asio::local::stream_protocol::endpoint server(path.string());
  runtime::error_code error;
  co_await socket.async_connect(server, asio::redirect_error(runtime::use_awaitable, error));
  if (error) co_return path.string() + ": " + error.message();
  std::string heard;
  auto conversing = converse(socket, text, heard);
  auto enough = runtime::real_pause(longest_silence);
  co_await (std::move(conversing) || std::move(enough));
  co_return heard;
}

}  // namespace staplelab::scenarios
