#include "scenarios/world_port.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace staplelab::scenarios {

namespace {

std::uint16_t bind_to_free_port(int socket) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t length = sizeof address;
  const int on = 1;
  if (::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      ::bind(socket, generic, length) != 0 || ::getsockname(socket, generic, &length) != 0) {
    return 0;
  }
  return ntohs(address.sin_port);
}

}  // namespace

world_port::world_port()
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
      number_(socket_ < 0 ? 0 : bind_to_free_port(socket_)) {
  if (number_ != 0) return;
  const std::error_code reason(errno, std::generic_category());
  if (socket_ >= 0) ::close(socket_);
  throw std::system_error(reason, "cannot reserve a port");
}

world_port::~world_port() {
  ::close(socket_);
}

runtime::tcp::endpoint world_port::endpoint() const {
  return {runtime::asio::ip::address_v4::loopback(), number_};
}

}  // namespace staplelab::scenarios
