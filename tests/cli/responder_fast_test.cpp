// What the fast path hears of several CAs on disk.
#include "cli/responder_fast.hpp"

#include <gtest/gtest.h>

#include <string>

#include "cli/options.hpp"
#include "pki/errors.hpp"
#include "pki/mini_ca.hpp"
#include "pki/sqlite.hpp"
#include "tests/cli/process.hpp"

namespace staplelab::cli {
namespace {

using namespace std::chrono_literals;

pki::mini_ca make_ca(const std::string& directory, pki::time_point now) {
  auto ca = pki::mini_ca::create(directory, pki::mini_ca::random_serials());
  ca.add_authority({"root", "", pki::key_type::p256, now - 1h, now + 1h});
  pki::issue_description what;
  what.name = "one";
  what.issuer = "root";
  what.not_before = now - 1h;
  what.not_after = now + 1h;
  ca.issue(what, now);
  return ca;
}

TEST(fast_sources, lose_nothing_of_one_ca_while_another_cannot_be_read) {
  const scratch_folder folder;
  const auto now = wall_clock_now();
  auto first = make_ca(folder / "first", now);
  auto second = make_ca(folder / "second", now);
  const auto sources = fast_sources_for({folder / "first", folder / "second"}, {}, now);
  EXPECT_TRUE(sources.changes().empty());

  first.revoke("one", pki::crl_reason::key_compromise, now + 1s);
  second.revoke("one", pki::crl_reason::superseded, now + 1s);
  pki::sqlite_connection damaged(folder / "second/ca.db");
  damaged.execute("UPDATE certificates SET serial = 'x' || serial WHERE kind = 'issued'");
  EXPECT_THROW(sources.changes(), pki::store_error);
  damaged.execute("UPDATE certificates SET serial = substr(serial, 2) WHERE kind = 'issued'");
  bool heard_of_first = false, heard_of_second = false;
  for (const auto& each : sources.changes()) {
    heard_of_first |= each.serial == first.issued("one").cert.serial();
    heard_of_second |= each.serial == second.issued("one").cert.serial();
  }
  EXPECT_TRUE(heard_of_first);
  EXPECT_TRUE(heard_of_second);
}

}  // namespace
}  // namespace staplelab::cli
