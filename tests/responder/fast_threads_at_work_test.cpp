// Threads of the fast path with clients of their own, while everything that an answer is made from
// changes: each answer has to verify, and to say what was true when it was asked for.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "lab.hpp"
#include "pki/ca_changes.hpp"
#include "responder/fast_path.hpp"
#include "responder/fast_threads.hpp"
#include "responder/server.hpp"
#include "tests/pki/run_program.hpp"

namespace staplelab::responder {
namespace {

using namespace test;
using pki::ocsp_verdict;

class FastThreadsAtWork : public testing::Test {
 protected:
  FastThreadsAtWork() {
    ca.add_authority({"issuing", "", pki::key_type::p256, time.now() - 1h, time.now() + 24h});
    direct.emplace(authority{ca.authority("issuing"), std::nullopt});
    delegated = direct;
    delegated->delegate = issue("delegate", pki::certificate_role::ocsp_signer);
    one = issue("one", pki::certificate_role::server).cert;
    other = issue("other", pki::certificate_role::server).cert;
    acts = std::make_unique<pki::ca_changes>(directory, time.now());
    server_config config;
    config.authorities = {*direct};
    config.fast = &fast;
    full = std::make_unique<server>(io.get_executor(), time, ca, std::move(config), nullptr);
    threads =
        std::make_unique<fast_threads>(2, fast, time, full->local_endpoint(), 64, io.get_executor(),
                                       [this](runtime::tcp_socket socket, std::string arrived) {
                                         full->adopt(std::move(socket), std::move(arrived));
                                       });
  }

  pki::credential issue(const std::string& name, pki::certificate_role role) {
    pki::issue_description what;
    what.name = name;
    what.issuer = "issuing";
    what.role = role;
    what.not_before = time.now() - 1h;
    what.not_after = time.now() + 24h;
    return ca.issue(what, time.now());
  }

  std::vector<outdated_answer> outdated() {
    std::vector<outdated_answer> found;
    for (const auto& act : acts->since_last())
      found.push_back({act.serial, act.recorded_at});
    return found;
  }

  // Asks about both certificates in turn, mostly with nonces, on one connection.
  void ask(std::size_t times) {
    runtime::asio::io_context own{1};
    runtime::tcp_socket socket(own.get_executor());
    socket.connect(full->local_endpoint());
    runtime::http_response_parser answers(runtime::http_limits(), false);
    for (std::size_t i = 0; i < times; ++i) {
      const bool about_one = i % 2 == 0;
      const auto& leaf = about_one ? *one : *other;
      const auto nonce = i % 3 == 0 ? std::nullopt : std::optional(nonce_of(8));
      const bool must_be_revoked = about_one && one_is_revoked;
      send(socket, leaf, nonce);
      const auto judged =
          pki::verify_ocsp(next_body(socket, answers), leaf, direct->issuer.cert, {}, time.now());
      const bool is_revoked = judged.verdict == ocsp_verdict::revoked;
      const bool fits =
          is_revoked ? about_one : judged.verdict == ocsp_verdict::good && !must_be_revoked;
      wrong_ones += fits ? 0 : 1;
      ++answered;
    }
  }
  void send(runtime::tcp_socket& socket, const pki::certificate& leaf,
            const std::optional<pki::bytes>& nonce) const {
    const auto id = pki::cert_id::of(leaf, direct->issuer.cert, pki::hash_algorithm::sha1);
    const auto der = pki::build_ocsp_request(id, nonce);
    runtime::http_request request;
    request.method = "POST";
    request.target = "/";
    request.fields.set("Host", "a");
    request.body.assign(der.begin(), der.end());
    runtime::asio::write(socket, runtime::asio::buffer(runtime::serialise(request)));
  }
  static pki::bytes next_body(runtime::tcp_socket& socket, runtime::http_response_parser& answers) {
    std::array<char, 4096> room;
    for (;;) {
      auto outcome = answers.next();
      if (const auto* whole = std::get_if<runtime::http_response>(&outcome)) {
        return {whole->body.begin(), whole->body.end()};
      }
      const auto count = socket.read_some(runtime::asio::buffer(room));
      answers.feed({room.data(), count});
    }
  }

  void change_something(std::size_t round) {
    switch (round % 4) {
      case 0:
        full->set_validity(1h + std::chrono::minutes(round % 50));
        break;
      case 1:
        full->set_signer(round % 8 == 1 ? *delegated : *direct, signer_choice::fit_only);
        break;
      case 2: {
        fault_rule rule;
        fault_parameters late;
        late.by = 1ms;
        rule.what = *make_fault("delay", late);
        EXPECT_TRUE(full->add_fault(rule));
        break;
      }
      default:
        full->clear_faults();
    }
  }

  tests::temporary_directory folder;
  const std::filesystem::path directory = folder.path() / "ca";
  pki::mini_ca ca = pki::mini_ca::create(directory, pki::mini_ca::random_serials());
  std::optional<authority> direct, delegated;
  std::optional<pki::certificate> one, other;
  std::atomic<bool> one_is_revoked{false};
  std::atomic<std::size_t> answered{0}, wrong_ones{0};

  runtime::system_clock time;
  std::unique_ptr<pki::ca_changes> acts;
  fast_path fast{{.open_book =
                      [this] {
                        return std::make_unique<pki::mini_ca>(
                            pki::mini_ca::open(directory, pki::mini_ca::random_serials()));
                      },
                  .changes = [this] { return outdated(); }}};
  runtime::asio::io_context io{1};
  std::unique_ptr<server> full;
  std::unique_ptr<fast_threads> threads;
};

TEST_F(FastThreadsAtWork, AreRightWhileSignersPoliciesFaultsAndStatusesChange) {
  constexpr std::size_t clients = 3, questions = 200, enough_rounds = 30'000;
  std::vector<std::thread> asking;
  for (std::size_t i = 0; i < clients; ++i)
    asking.emplace_back([this] {
      try {
        ask(questions);
      } catch (const std::exception& failure) {
        ADD_FAILURE() << failure.what();
      }
    });
  std::optional<pki::time_point> revoked_at;
  for (std::size_t round = 0; round < enough_rounds && answered < clients * questions; ++round) {
    io.run_for(1ms);
    change_something(round);
    if (!revoked_at && answered > clients * questions / 2) {
      ca.revoke("one", pki::crl_reason::key_compromise, time.now());
      revoked_at = time.now();
    }
    // Whoever asks a millisecond later hears of it.
    if (revoked_at && time.now() > *revoked_at + 1ms) one_is_revoked = true;
  }
  full->clear_faults();
  EXPECT_EQ(answered, clients * questions);
  EXPECT_EQ(wrong_ones, 0u);
  EXPECT_TRUE(one_is_revoked);
  EXPECT_GT(fast.requests(), 0u);
  threads.reset();  // ends what a client might still wait for
  full.reset();
  for (auto& each : asking)
    each.join();
}

}  // namespace
}  // namespace staplelab::responder
