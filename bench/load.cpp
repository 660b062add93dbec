// Asks a server the same questions over and over and says how fast it answers: one line of JSON.
// One thread, which a second core has to itself; bench/run.py starts it beside a server.
//
//   load http PORT REQUESTS [connections=N] [seconds=S] [rate=R] [reconnect=1]
//   load tls PORT NAME      [connections=N] [seconds=S] [staple=0]
//
// REQUESTS is a file of whole HTTP requests, each after its length in four octets, big-endian; they
// are asked in turn. Without a rate every connection asks again as soon as it was answered; with
// one, requests are due at even distances, and latency counts from when a request was due, so that
// a server that stands still is not asked less (no coordinated omission).
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "pki/handles.hpp"

namespace {

using clock_type = std::chrono::steady_clock;
using microseconds = std::chrono::duration<double, std::micro>;

struct options {
  std::string mode;
  std::uint16_t port = 0;
  std::string what;  // file of requests, or name
  std::map<std::string, double> numbers;

  double number(const std::string& name, double otherwise) const {
    const auto found = numbers.find(name);
    return found == numbers.end() ? otherwise : found->second;
  }
};

options read_options(int argc, char** argv) {
  if (argc < 4) throw std::runtime_error("usage: load http|tls PORT REQUESTS|NAME [key=number...]");
  options read{argv[1], static_cast<std::uint16_t>(std::atoi(argv[2])), argv[3], {}};
  for (int i = 4; i < argc; ++i) {
    const std::string_view text(argv[i]);
    const auto cut = text.find('=');
    if (cut == std::string_view::npos)
      throw std::runtime_error("not key=number: " + std::string(text));
    read.numbers[std::string(text.substr(0, cut))] = std::atof(argv[i] + cut + 1);
  }
  return read;
}

std::vector<std::string> read_requests(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string all{std::istreambuf_iterator<char>(in), {}};
  std::vector<std::string> requests;
  for (std::size_t at = 0; at + 4 <= all.size();) {
    std::uint32_t size = 0;
    for (int i = 0; i < 4; ++i)
      size = size << 8 | static_cast<unsigned char>(all[at++]);
    requests.push_back(all.substr(at, size));
    at += size;
  }
  if (requests.empty()) throw std::runtime_error("no requests in " + file);
  return requests;
}

int connect_to(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int on = 1;
  if (fd >= 0) ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  if (fd < 0 || (::connect(fd, generic, sizeof address) != 0 && errno != EINPROGRESS)) {
    throw std::system_error(errno, std::generic_category(), "connect");
  }
  return fd;
}

struct tally {
  std::uint64_t done = 0, failed = 0, octets = 0, stapled = 0;
  std::vector<float> latencies;  // microseconds
  std::string first_failure;

  void fail(std::string_view why) {
    if (failed++ == 0) first_failure = why;
  }
};

// A connection that can be asked one thing at a time.
class client {
 public:
  virtual ~client() = default;
  virtual void begin(clock_type::time_point due) = 0;
  // What the kernel says; true when the exchange is over.
  virtual bool advance(tally& into) = 0;
  virtual int descriptor() const = 0;
};

class http_client final : public client {
 public:
  http_client(const options& from, const std::vector<std::string>& requests, int epoll)
      : port_(from.port),
        reconnects_(from.number("reconnect", 0) != 0),
        requests_(requests),
        epoll_(epoll) {}
  ~http_client() override { drop(); }

  void begin(clock_type::time_point due) override {
    due_ = due;
    got_.clear();
    expected_ = 0;
    unsent_ = requests_[next_++ % requests_.size()];
    if (fd_ < 0) open();
    send();
  }

  bool advance(tally& into) override {
    if (!unsent_.empty()) send();
    for (;;) {
      const auto count = ::recv(fd_, room_.data(), room_.size(), 0);
      if (count < 0 && errno == EAGAIN) return false;
      if (count <= 0) return fail(into, count < 0 ? std::strerror(errno) : "closed early");
      got_.append(room_.data(), static_cast<std::size_t>(count));
      if (expected_ == 0 && !read_head()) {
        if (got_.size() > 64 * 1024) return fail(into, "no head");
        continue;
      }
      if (got_.size() < expected_) continue;
      if (!got_.starts_with("HTTP/1.") || got_.compare(8, 5, " 200 ") != 0)
        return fail(into, got_.substr(0, 40));
      ++into.done;
      into.octets += got_.size();
      into.latencies.push_back(static_cast<float>(microseconds(clock_type::now() - due_).count()));
      if (reconnects_ || closes_) drop();
      return true;
    }
  }
  int descriptor() const override { return fd_; }

 private:
  void open() {
    fd_ = connect_to(port_);
    epoll_event interest{EPOLLIN | EPOLLOUT | EPOLLET, {.ptr = this}};
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd_, &interest);
  }
  void drop() {
    if (fd_ < 0) return;
    const linger now{1, 0};  // so that no ports are left behind
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    ::close(fd_);
    fd_ = -1;
  }
  bool fail(tally& into, std::string_view why) {
    into.fail(why);
    drop();
    return true;
  }
  void send() {
    const auto sent = ::send(fd_, unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
    if (sent > 0) unsent_.remove_prefix(static_cast<std::size_t>(sent));
  }
  bool read_head() {
    const auto end = got_.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    constexpr std::string_view length = "\r\nContent-Length: ";
    auto at = got_.find(length);
    if (at == std::string::npos || at > end) at = got_.find("\r\nContent-length: ");
    std::size_t octets = 0;
    if (at < end) {
      std::from_chars(got_.data() + at + length.size(), got_.data() + end, octets);
    }
    expected_ = end + 4 + octets;
    closes_ = got_.substr(0, end).find("Connection: close") != std::string::npos;
    return true;
  }

  std::uint16_t port_;
  bool reconnects_, closes_ = false;
  const std::vector<std::string>& requests_;
  int epoll_, fd_ = -1;
  std::size_t next_ = static_cast<std::size_t>(std::rand());
  clock_type::time_point due_;
  std::string_view unsent_;
  std::string got_;
  std::size_t expected_ = 0;
  std::array<char, 16 * 1024> room_;
};

using ssl_ctx = std::unique_ptr<SSL_CTX, staplelab::pki::freed_by<SSL_CTX_free>>;
using ssl_connection = std::unique_ptr<SSL, staplelab::pki::freed_by<SSL_free>>;

// One handshake, then close_notify and the end of the other side.
class tls_client final : public client {
 public:
  tls_client(const options& from, SSL_CTX* context, int epoll)
      : port_(from.port),
        name_(from.what),
        asks_(from.number("staple", 1) != 0),
        context_(context),
        epoll_(epoll) {}
  ~tls_client() override { drop(); }

  void begin(clock_type::time_point due) override {
    due_ = due;
    ssl_.reset(SSL_new(context_));
    SSL_set_tlsext_host_name(ssl_.get(), name_.c_str());
    if (asks_) SSL_set_tlsext_status_type(ssl_.get(), TLSEXT_STATUSTYPE_ocsp);
    fd_ = connect_to(port_);
    SSL_set_fd(ssl_.get(), fd_);
    SSL_set_connect_state(ssl_.get());
    shaken_ = false;
    epoll_event interest{EPOLLIN | EPOLLOUT | EPOLLET, {.ptr = this}};
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd_, &interest);
  }

  bool advance(tally& into) override {
    if (!shaken_) {
      const int result = SSL_do_handshake(ssl_.get());
      if (result != 1) {
        const int why = SSL_get_error(ssl_.get(), result);
        if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) return false;
        into.fail("handshake failed");
        drop();
        return true;
      }
      shaken_ = true;
      const unsigned char* staple = nullptr;
      if (SSL_get_tlsext_status_ocsp_resp(ssl_.get(), &staple) > 0) ++into.stapled;
      into.latencies.push_back(static_cast<float>(microseconds(clock_type::now() - due_).count()));
      SSL_shutdown(ssl_.get());
      ::shutdown(fd_, SHUT_WR);
    }
    for (std::array<char, 4096> room;;) {
      const auto count = ::recv(fd_, room.data(), room.size(), 0);
      if (count < 0 && errno == EAGAIN) return false;
      if (count > 0) continue;
      ++into.done;
      drop();
      return true;
    }
  }
  int descriptor() const override { return fd_; }

 private:
  void drop() {
    ssl_.reset();
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

  std::uint16_t port_;
  std::string name_;
  bool asks_, shaken_ = false;
  SSL_CTX* context_;
  int epoll_, fd_ = -1;
  ssl_connection ssl_;
  clock_type::time_point due_;
};

// Which clients wait for something to do, and when the next request is due.
class load {
 public:
  load(const options& from, std::vector<std::unique_ptr<client>> clients, int epoll)
      : clients_(std::move(clients)),
        epoll_(epoll),
        end_(clock_type::now() + to_duration(from.number("seconds", 3))),
        every_(from.number("rate", 0) > 0 ? to_duration(1 / from.number("rate", 0))
                                          : clock_type::duration::zero()) {}

  tally run() {
    tally total;
    const auto begun = clock_type::now();
    due_ = begun;
    for (auto& each : clients_)
      idle_.push_back(each.get());
    std::array<epoll_event, 256> ready;
    while (clock_type::now() < end_) {
      start_what_is_due();
      // With a rate this spins, since a sleep is coarser than the distance between requests.
      const int count = ::epoll_wait(epoll_, ready.data(), static_cast<int>(ready.size()),
                                     every_ == clock_type::duration::zero() ? 100 : 0);
      for (int i = 0; i < count; ++i) {
        auto* each = static_cast<client*>(ready[static_cast<std::size_t>(i)].data.ptr);
        if (each->descriptor() >= 0 && each->advance(total)) idle_.push_back(each);
      }
    }
    seconds_ = std::chrono::duration<double>(clock_type::now() - begun).count();
    return total;
  }
  double seconds() const { return seconds_; }

 private:
  static clock_type::duration to_duration(double seconds) {
    return std::chrono::duration_cast<clock_type::duration>(std::chrono::duration<double>(seconds));
  }

  void start_what_is_due() {
    const auto now = clock_type::now();
    const bool closed_loop = every_ == clock_type::duration::zero();
    while (!idle_.empty() && (closed_loop || due_ <= now)) {
      auto* each = idle_.front();
      idle_.pop_front();
      each->begin(closed_loop ? now : due_);
      due_ += every_;
    }
  }

  std::vector<std::unique_ptr<client>> clients_;
  int epoll_;
  clock_type::time_point end_, due_;
  clock_type::duration every_;
  std::deque<client*> idle_;
  double seconds_ = 0;
};

double quantile(std::vector<float>& values, double part) {
  if (values.empty()) return 0;
  const auto at =
      values.begin() + static_cast<std::ptrdiff_t>(part * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

int run(const options& from) {
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  std::vector<std::string> requests;
  const ssl_ctx context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION);
  std::vector<std::unique_ptr<client>> clients;
  if (from.mode == "http") requests = read_requests(from.what);
  for (int i = 0; i < static_cast<int>(from.number("connections", 32)); ++i) {
    if (from.mode == "http") {
      clients.push_back(std::make_unique<http_client>(from, requests, epoll));
    } else {
      clients.push_back(std::make_unique<tls_client>(from, context.get(), epoll));
    }
  }
  load driven(from, std::move(clients), epoll);
  auto total = driven.run();
  const nlohmann::json said{{"done", total.done},
                            {"failed", total.failed},
                            {"first_failure", total.first_failure},
                            {"stapled", total.stapled},
                            {"octets", total.octets},
                            {"seconds", driven.seconds()},
                            {"p50_us", quantile(total.latencies, 0.5)},
                            {"p99_us", quantile(total.latencies, 0.99)}};
  std::cout << said.dump() << '\n';
  return total.done > 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(read_options(argc, argv));
  } catch (const std::exception& failure) {
    std::cerr << "load: " << failure.what() << '\n';
    return 2;
  }
}
