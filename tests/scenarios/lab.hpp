// What the tests of probes and queries share: a PKI at a given time, and a world to run in.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "pki/mini_ca.hpp"
#include "pki/ocsp_message.hpp"
#include "runtime/async.hpp"
#include "runtime/virtual_clock.hpp"

namespace staplelab::scenarios::test {

using namespace std::chrono_literals;

inline constexpr runtime::time_point start = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1);

// A root that issues "server" (must-staple), "plain" and the OCSP signer "delegate"; "stranger" is
// another root.
class lab {
 public:
  explicit lab(pki::time_point now)
      : now_(now), ca_(pki::mini_ca::in_memory([next = std::uint8_t{9}]() mutable {
          const std::uint8_t magnitude[] = {++next};
          return pki::serial_number::from_magnitude(magnitude);
        })) {
    for (const auto* name : {"root", "stranger"}) {
      ca_.add_authority({name, "", pki::key_type::p256, now - 24h, now + 24h * 365});
    }
    issue("server", true);
    issue("plain", false);
  }

  pki::mini_ca& ca() { return ca_; }
  pki::credential root() const { return ca_.authority("root"); }
  pki::credential stranger() const { return ca_.authority("stranger"); }
  pki::credential leaf(std::string_view name) const { return ca_.issued(name); }

  // About a certificate of the root; `from` and `until` are relative to now.
  pki::bytes answer(std::string_view name, pki::cert_status status, pki::duration from,
                    pki::duration until) const {
    return answer_by(root(), name, std::move(status), from, until);
  }
  pki::bytes answer_by(pki::credential signer, std::string_view name, pki::cert_status status,
                       pki::duration from, pki::duration until) const {
    pki::single_response single;
    single.id = pki::cert_id::of(leaf(name).cert, root().cert, pki::hash_algorithm::sha1);
    single.status = std::move(status);
    single.this_update = now_ + from;
    single.next_update = now_ + until;
    pki::response_content content;
    content.singles.push_back(std::move(single));
    content.produced_at = now_ + from;
    return pki::build_ocsp_response(content, {std::move(signer), false});
  }

 private:
  void issue(const std::string& name, bool must_staple) {
    pki::issue_description what;
    what.name = name;
    what.issuer = "root";
    what.subject_alt_names = {name + ".example"};
    what.not_before = now_ - 1h;
    what.not_after = now_ + 24h * 90;
    what.must_staple = must_staple;
    ca_.issue(what, now_);
  }

  pki::time_point now_;
  pki::mini_ca ca_;
};

// Simulated time, real sockets.
struct quiet_place {
  runtime::virtual_clock time{start};
  runtime::asio::io_context io;
  runtime::executor where = io.get_executor();

  // Runs until the task has ended; rethrows what it threw.
  void run(runtime::awaitable<void> task) {
    bool ended = false;
    std::exception_ptr failure;
    runtime::asio::co_spawn(where, std::move(task), [&](std::exception_ptr thrown) {
      ended = true;
      failure = std::move(thrown);
    });
    const auto outcome = time.run(io, [&] { return ended; }, 5s);
    ASSERT_EQ(outcome, runtime::virtual_clock::outcome::finished);
    if (failure) std::rethrow_exception(failure);
  }
};

}  // namespace staplelab::scenarios::test
