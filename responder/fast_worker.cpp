#include "responder/fast_worker.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <chrono>
#include <utility>

#include "pki/errors.hpp"
#include "responder/answer.hpp"
#include "runtime/http.hpp"
#include "runtime/http_server.hpp"

namespace staplelab::responder {

namespace {

using namespace std::chrono_literals;

constexpr runtime::http_server_limits limits;
constexpr runtime::duration sweep_every = 1s;

constexpr std::size_t room_for_messages = 4096;
constexpr std::size_t room_for_der = room_for_messages;

// The hashes of a CertID, which name the issuer: all but its length and its serial number.
pki::bytes_view without_serial(pki::bytes_view cert_id) {
  auto at = cert_id.subspan(2);
  for (int field = 0; field < 3 && at.size() > 2; ++field)
    at = at.subspan(std::min<std::size_t>(at.size(), 2u + at[1]));
  return cert_id.subspan(2, cert_id.size() - 2 - at.size());
}

pki::bytes try_later() {
  return pki::build_ocsp_error(pki::response_status::try_later);
}

// RSA takes most of a millisecond, and a thread that serves connections has not got it.
bool takes_long(const pki::key& key) {
  return pki::usual_algorithm(key) == pki::signature_algorithm::rsa_sha256;
}

}  // namespace

// One that is being served; known to sweep() while it lives.
struct fast_worker::connection {
  connection(fast_worker& worker, runtime::tcp_socket& peer)
      : all(worker.connections_), socket(peer), ends_at(worker.time_.now() + limits.idle_timeout) {
    self = all->insert(all->end(), this);
  }
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  ~connection() { all->erase(self); }

  std::shared_ptr<std::list<connection*>> all;
  runtime::tcp_socket& socket;
  runtime::time_point ends_at;
  std::list<connection*>::iterator self;
  std::array<char, room_for_messages> room;
  std::size_t filled = 0;
  std::string reply;       // while others are heard; else empty
  bool is_ending = false;  // our end of it is closed

  void drop(std::size_t used) {
    std::copy(room.begin() + static_cast<std::ptrdiff_t>(used),
              room.begin() + static_cast<std::ptrdiff_t>(filled), room.begin());
    filled -= used;
  }
  // A message may take a while from its first octet on; the time between messages, and that for
  // taking an answer, is another.
  void follow_limits(runtime::time_point now, bool begins) {
    if (is_ending) {
      ends_at = now + limits.linger_timeout;
    } else if (filled == 0) {
      ends_at = now + limits.idle_timeout;
    } else if (begins) {
      ends_at = now + limits.message_timeout;
    }
  }
  void begin_answering(runtime::time_point now) { ends_at = now + limits.idle_timeout; }
};

fast_worker::~fast_worker() = default;

fast_worker::fast_worker(fast_path& shared, runtime::clock& time)
    : shared_(shared), time_(time), maker_(shared) {}

runtime::awaitable<void> fast_worker::sweep() {
  for (;;) {
    co_await time_.sleep_until(time_.now() + sweep_every);
    const auto now = time_.now();
    for (auto* each : *connections_) {
      runtime::error_code ignored;
      if (each->ends_at <= now) each->socket.close(ignored);
    }
  }
}

runtime::awaitable<std::optional<std::string>> fast_worker::serve(runtime::tcp_socket& socket) {
  using namespace runtime;
  connection self(*this, socket);
  error_code error;
  socket.non_blocking(true, error);
  while (!error) {
    const auto room = asio::buffer(self.room.data() + self.filled, self.room.size() - self.filled);
    const auto count =
        co_await socket.async_read_some(room, asio::redirect_error(use_awaitable, error));
    if (error || !socket.is_open()) break;
    if (self.is_ending) continue;  // what comes after our end is read away
    self.filled += count;
    bool begins = self.filled == count;
    progress made;
    do {
      const auto now = time_.now();
      made = answer_all({self.room.data(), self.filled}, now);
      if (made.used > 0) {
        begins = true;
        self.begin_answering(now);
      }
      if (!reply_.empty() && connections_->size() > 1) {
        // Whoever asks as well is heard first: answers that go out together wake their reader once,
        // which costs more than all the rest of an answer that is ready.
        self.reply.swap(reply_);  // both keep their memory
        co_await asio::post(socket.get_executor(), use_awaitable);
        self.reply.swap(reply_);
      }
      auto unsent = write_now(socket, error);
      if (!unsent.empty()) co_await write_rest(socket, std::move(unsent), error);
      if (made.then == verdict::sign_elsewhere && !error) {
        auto signing = shared_.slow_signatures().run(std::move(made.job));
        const auto der = co_await std::move(signing);
        reply_unkept(der ? *der : try_later(), made.closes, time_.now());
        unsent = write_now(socket, error);
        if (!unsent.empty()) co_await write_rest(socket, std::move(unsent), error);
        if (made.closes) made.then = verdict::close;
      }
      self.drop(made.used);
    } while (made.then == verdict::sign_elsewhere && !error);
    if (made.then == verdict::odd || self.filled == self.room.size()) {
      co_return std::string(self.room.data(), self.filled);
    }
    if (made.then == verdict::close) {
      socket.shutdown(tcp_socket::shutdown_send, error);
      self.is_ending = true;
      self.filled = 0;
    }
    self.follow_limits(time_.now(), begins);
  }
  co_return std::nullopt;
}

runtime::awaitable<void> fast_worker::write_rest(runtime::tcp_socket& socket, std::string unsent,
                                                 runtime::error_code& error) {
  using namespace runtime;
  co_await asio::async_write(socket, asio::buffer(unsent),
                             asio::redirect_error(use_awaitable, error));
}

std::string fast_worker::write_now(runtime::tcp_socket& socket, runtime::error_code& error) {
  if (reply_.empty()) return {};
  const auto sent = socket.write_some(runtime::asio::buffer(reply_), error);
  if (error == runtime::asio::error::would_block) error = {};
  std::string unsent;
  if (!error && sent < reply_.size()) unsent = reply_.substr(sent);
  reply_.clear();
  return unsent;
}

fast_worker::progress fast_worker::answer_all(std::string_view octets, pki::time_point now) {
  progress made;
  std::array<std::uint8_t, room_for_der> room;
  if (shared_.on_detour() || !shared_.catch_up(now)) {
    made.then = verdict::odd;
    return made;
  }
  while (made.used < octets.size() && made.then == verdict::read_more) {
    const auto read = read_quickly(octets.substr(made.used), room);
    if (std::holds_alternative<incomplete>(read)) break;
    const auto* request = std::get_if<quick_request>(&read);
    made.then = request ? answer(*request, now, made) : verdict::odd;
    if (made.then == verdict::odd) break;
    shared_.count(1);
    made.used += request->size;
    if (request->closes && made.then == verdict::read_more) made.then = verdict::close;
  }
  return made;
}

fast_worker::verdict fast_worker::answer(const quick_request& request, pki::time_point now,
                                         progress& made) {
  const auto asked = read_plainly(request.der);
  if (!asked || !follow_terms(now)) return verdict::odd;
  if (asked->nonce.size() > longest_nonce(maker_.terms().policy.profile)) return verdict::odd;
  // Answers made ahead of time leave nonces out (RFC 9919 3.2.1).
  if (!asked->nonce.empty() && !maker_.terms().policy.production) {
    return answer_live(*asked, request, now, made);
  }
  const ready_answers::reply_form form{request.is_post, request.closes, date_of(now)};
  auto& ready = shared_.ready();
  const bool known =
      ready.append(asked->cert_id, now, form, reply_) ||
      (maker_.make_ready(asked->cert_id, now) && ready.append(asked->cert_id, now, form, reply_));
  return known ? verdict::read_more : verdict::odd;
}

fast_worker::verdict fast_worker::answer_live(const plain_question& asked,
                                              const quick_request& request, pki::time_point now,
                                              progress& made) {
  auto& ready = shared_.ready();
  auto plain = ready.find(asked.cert_id, now);
  if (!plain && maker_.make_ready(asked.cert_id, now)) plain = ready.find(asked.cert_id, now);
  // What is ready may have been signed by whoever signs since a moment ago.
  if (!plain || version_ != shared_.version()) return verdict::odd;
  try {
    const auto* signer = signer_for(asked.cert_id);
    if (!signer) return verdict::odd;
    if (signer->quick) {
      reply_unkept(signer->quick->with_nonce(*plain, asked.nonce), request.closes, now);
      return verdict::read_more;
    }
    made.closes = request.closes;
    made.job = [plain = *std::move(plain), key = signer->key, digest = signer->digest,
                nonce = pki::bytes(asked.nonce.begin(), asked.nonce.end())] {
      return pki::nonced_responses(key, digest).with_nonce(plain, nonce);
    };
    return verdict::sign_elsewhere;
  } catch (const pki::crypto_error&) {
    return verdict::odd;
  }
}

// As http_mapping.cpp answers what no cache may keep.
void fast_worker::reply_unkept(pki::bytes_view der, bool closes, pki::time_point now) {
  reply_.append("HTTP/1.1 200 OK\r\nDate: ").append(date_of(now));
  reply_.append("\r\nCache-Control: no-store\r\nContent-Type: application/ocsp-response");
  reply_.append("\r\nContent-Length: ").append(std::to_string(der.size()));
  reply_.append(closes ? "\r\nConnection: close\r\n\r\n" : "\r\n\r\n");
  reply_.append(der.begin(), der.end());
}

// False: there is nothing to sign with.
bool fast_worker::follow_terms(pki::time_point now) {
  if (!maker_.follow_terms(now)) return false;
  const auto version = maker_.terms().version;
  if (version_ != version) live_signers_.clear();
  version_ = version;
  return true;
}

const fast_worker::live_signer* fast_worker::signer_for(pki::bytes_view cert_id) {
  const auto issuer = without_serial(cert_id);
  const auto known = std::ranges::find_if(live_signers_, [&](const live_signer& each) {
    return std::ranges::equal(each.issuer, issuer);
  });
  if (known != live_signers_.end()) return &*known;
  const auto read = pki::parse_ocsp_request(plain_request(cert_id));
  const auto* who = read ? maker_.signers().find(read->certificates.front()) : nullptr;
  if (!who) return nullptr;
  const auto signs = choose_signer(*who, {});
  const auto& key = signs.signer.identity.key;
  live_signer made{.issuer = {issuer.begin(), issuer.end()},
                   .key = key,
                   .digest = signs.algorithm ? pki::digest_of(*signs.algorithm) : key.digest(),
                   .quick = nullptr};
  if (!takes_long(key)) {
    made.quick = std::make_unique<pki::nonced_responses>(key, made.digest);
  }
  live_signers_.push_back(std::move(made));
  return &live_signers_.back();
}

std::string_view fast_worker::date_of(pki::time_point now) {
  const auto second = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  if (second != dated_at_) {
    dated_at_ = second;
    date_ = runtime::http_date(second);
  }
  return date_;
}

}  // namespace staplelab::responder
