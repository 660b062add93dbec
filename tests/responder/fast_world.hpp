// A responder with a fast path in simulated time, the full path of which can be asked as well.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "responder/fast_path.hpp"
#include "world.hpp"

namespace staplelab::responder::test {

// The CA's books, which come after the fast path that reads them.
class late_book final : public pki::status_book {
 public:
  late_book(pki::mini_ca*& ca, const std::function<void()>& before) : ca_(ca), before_(before) {}
  std::variant<pki::cert_status, pki::no_status> look_up(const pki::cert_id& id,
                                                         pki::time_point now) const override {
    if (before_) before_();
    return ca_->look_up(id, now);
  }
  std::variant<pki::status_history, pki::no_status> history(const pki::cert_id& id,
                                                            pki::time_point now) const override {
    return ca_->history(id, now);
  }

 private:
  pki::mini_ca*& ca_;
  const std::function<void()>& before_;
};

class FastPath : public testing::Test {
 protected:
  explicit FastPath(const answer_policy& policy = {}, std::size_t slow_waiting = 8)
      : fast({.open_book = [this] { return std::make_unique<late_book>(ca, before_look_up); },
              .changes = [this] { return std::exchange(outdated, {}); }},
             1, slow_waiting) {
    server_config config;
    config.policy = policy;
    config.fast = &fast;
    w = std::make_unique<world>(std::move(config));
    ca = &w->lab.ca();
  }

  void revoke(std::string_view leaf, pki::time_point at) {
    ca->revoke(leaf, {pki::crl_reason::key_compromise, at}, w->clock.now());
    const auto serial = w->lab.cert(leaf).serial();
    outdated.push_back({serial, w->clock.now()});
    outdated.push_back({serial, at});
  }

  std::string get_text(std::string_view leaf, std::string_view fields = "") const {
    return "GET " + w->get_request(leaf).target + " HTTP/1.1\r\nHost: a\r\n" + std::string(fields) +
           "Connection: close\r\n\r\n";
  }
  std::string post_text(std::string_view leaf, const std::optional<pki::bytes>& nonce = {}) const {
    const auto body = w->post_request(leaf, nonce).body;
    return "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/ocsp-request\r\n"
           "Connection: close\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
  }

  static std::string body_of(const std::string& heard) {
    return heard.substr(heard.find("\r\n\r\n"));
  }

  // What the full path says to the same octets at the same moment.
  std::string in_full(const std::string& octets) {
    fast.set_detour(true);
    auto heard = w->talk(octets);
    fast.set_detour(false);
    return heard;
  }

  pki::mini_ca* ca = nullptr;
  std::vector<outdated_answer> outdated;
  std::function<void()> before_look_up;  // on the fast path
  fast_path fast;
  std::unique_ptr<world> w;
};

// With an RSA delegate, whose signatures are made on another thread.
class FastRsa : public FastPath {
 protected:
  explicit FastRsa(std::size_t slow_waiting = 8) : FastPath({}, slow_waiting) {
    auto who = w->lab.direct();
    pki::issue_description what;
    what.name = "delegate";
    what.issuer = "issuing";
    what.role = pki::certificate_role::ocsp_signer;
    what.type = pki::key_type::rsa2048;
    what.not_before = start - 1h;
    what.not_after = start + 24h;
    who.delegate = ca->issue(what, start);
    w->server.set_signer(who, signer_choice::fit_only);
  }
};

class FastProduction : public FastPath {
 protected:
  static answer_policy every_hour() {
    answer_policy policy;
    policy.production = production_schedule{.every = 1h, .on_change = true};
    return policy;
  }
  FastProduction() : FastPath(every_hour()) {}
};

}  // namespace staplelab::responder::test
