// Opens many TLS connections at once, each asking for a staple, and times every handshake from
// connect() to its end. Prints one line of JSON: durations in milliseconds, and what was stapled.
//
//   handshakes PORT SNI [COUNT]
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "scenarios/tls_client.hpp"

namespace {

using clock_type = std::chrono::steady_clock;
using staplelab::scenarios::tls_client;
using milliseconds = std::chrono::duration<double, std::milli>;

constexpr int patience_ms = 20'000;  // of silence on all connections

class connection {
 public:
  connection(std::uint16_t port, const std::string& sni) : tls_({sni, {}, true}) {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    begun_ = clock_type::now();
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    if (socket_ < 0 || (::connect(socket_, generic, sizeof address) != 0 && errno != EINPROGRESS)) {
      throw std::system_error(errno, std::generic_category(), "connect");
    }
    advance({});
  }
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  ~connection() { ::close(socket_); }

  pollfd interest() const {
    const short events = unsent_.empty() ? POLLIN : POLLIN | POLLOUT;
    return {over_ ? -1 : socket_, events, 0};
  }

  void serve(short ready) {
    if (over_ || ready == 0) return;
    if (!unsent_.empty() && (ready & POLLOUT) != 0) {
      const ssize_t sent = ::send(socket_, unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
      if (sent > 0) unsent_.erase(0, static_cast<std::size_t>(sent));
      if (over_ = finished_ && unsent_.empty(); over_) return;
    }
    if ((ready & (POLLIN | POLLHUP | POLLERR)) == 0) return;
    std::array<char, 16 * 1024> room;
    const ssize_t got = ::recv(socket_, room.data(), room.size(), 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) {
      over_ = true;
      return;
    }
    advance({room.data(), static_cast<std::size_t>(got)});
  }

  bool over() const { return over_; }
  bool established() const { return finished_; }
  bool stapled() const { return stapled_; }
  double took_ms() const { return milliseconds(ended_ - begun_).count(); }

 private:
  void advance(std::string_view arrived) {
    if (finished_) return;
    const auto state = tls_.advance(arrived);
    unsent_ += tls_.take_output();
    if (state == tls_client::state::failed) over_ = true;
    if (state != tls_client::state::finished) return;
    ended_ = clock_type::now();
    finished_ = true;
    stapled_ = tls_.staple().has_value();
    over_ = unsent_.empty();
  }

  tls_client tls_;
  int socket_;
  clock_type::time_point begun_, ended_;
  std::string unsent_;
  bool finished_ = false, stapled_ = false, over_ = false;
};

std::vector<std::unique_ptr<connection>> shake_all(std::uint16_t port, const std::string& sni,
                                                   std::size_t count) {
  std::vector<std::unique_ptr<connection>> all;
  for (std::size_t i = 0; i < count; ++i)
    all.push_back(std::make_unique<connection>(port, sni));
  std::vector<pollfd> waiting(count);
  while (!std::all_of(all.begin(), all.end(), [](const auto& each) { return each->over(); })) {
    std::transform(all.begin(), all.end(), waiting.begin(),
                   [](const auto& each) { return each->interest(); });
    if (::poll(waiting.data(), waiting.size(), patience_ms) <= 0) {
      throw std::runtime_error("nothing happened for too long");
    }
    for (std::size_t i = 0; i < count; ++i)
      all[i]->serve(waiting[i].revents);
  }
  return all;
}

double quantile(const std::vector<double>& sorted, double part) {
  if (sorted.empty()) return 0;
  return sorted[static_cast<std::size_t>(part * static_cast<double>(sorted.size() - 1))];
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 3) throw std::invalid_argument("usage: handshakes PORT SNI [COUNT]");
  const auto port = static_cast<std::uint16_t>(std::stoul(argv[1]));
  const auto all = shake_all(port, argv[2], argc > 3 ? std::stoul(argv[3]) : 500);
  std::vector<double> took;
  std::size_t stapled = 0;
  for (const auto& each : all) {
    if (each->established()) took.push_back(each->took_ms());
    if (each->stapled()) ++stapled;
  }
  std::sort(took.begin(), took.end());
  const nlohmann::ordered_json line{{"handshakes", all.size()},
                                    {"failed", all.size() - took.size()},
                                    {"stapled", stapled},
                                    {"p50_ms", quantile(took, 0.5)},
                                    {"p99_ms", quantile(took, 0.99)}};
  std::puts(line.dump().c_str());
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "handshakes: %s\n", error.what());
  return 1;
}
