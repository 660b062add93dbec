// The mini-CA under several processes, and under processes that are killed while they write.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <random>
#include <sstream>

#include "pki/mini_ca.hpp"
#include "tests/pki/run_program.hpp"
#include "tests/pki/sample_pki.hpp"

namespace staplelab::pki {
namespace {

using tests::noon;

struct acknowledged_act {
  std::string act;  // "issued" or "revoked"
  std::string name;
  std::string serial;
};

// Empty when the line was cut off by the end of its writer.
std::optional<acknowledged_act> parse_act(const std::string& line) {
  std::istringstream in{line};
  acknowledged_act act;
  if (in >> act.act >> act.name >> act.serial) return act;
  return std::nullopt;
}

std::vector<std::string> worker(const std::filesystem::path& directory, const std::string& prefix,
                                int count = 1'000'000) {
  return {STAPLELAB_CA_WORKER, directory.string(), prefix, std::to_string(count)};
}

void create_with_root(const std::filesystem::path& directory) {
  mini_ca ca = mini_ca::create(directory, mini_ca::random_serials());
  authority_description root;
  root.name = "root";
  root.not_before = noon - std::chrono::days{1};
  root.not_after = noon + std::chrono::days{1000};
  ca.add_authority(root);
}

std::string integrity_of(const std::filesystem::path& file) {
  sqlite3* opened = nullptr;
  EXPECT_EQ(sqlite3_open(file.c_str(), &opened), SQLITE_OK);
  const handle<sqlite3, sqlite3_close> connection{opened};
  std::string result;
  const auto collect = [](void* text, int, char** values, char**) {
    *static_cast<std::string*>(text) += values[0];
    return 0;
  };
  sqlite3_exec(opened, "PRAGMA integrity_check", collect, &result, nullptr);
  return result;
}

void expect_kept(const mini_ca& ca, const std::vector<acknowledged_act>& acts) {
  const certificate root = ca.authority("root").cert;
  for (const acknowledged_act& act : acts) {
    const credential kept = ca.issued(act.name);
    ASSERT_EQ(kept.cert.serial().hex(), act.serial);
    const auto status = ca.look_up(cert_id::of(kept.cert, root, hash_algorithm::sha1), noon);
    const bool revoked = std::holds_alternative<revoked_status>(std::get<cert_status>(status));
    if (act.act == "revoked") {
      ASSERT_TRUE(revoked) << act.name;
    }
  }
}

TEST(mini_ca_processes, lose_nothing_acknowledged_when_killed_at_any_moment) {
  const tests::temporary_directory files;
  create_with_root(files.path());
  std::vector<acknowledged_act> acts;
  std::mt19937 random{2026};
  constexpr int kills = 12;
  for (int round = 0; round < kills; ++round) {
    tests::child_process child{worker(files.path(), "round" + std::to_string(round) + "-")};
    // Reading lags behind writing by no fixed amount, so the kill falls anywhere in an act.
    const unsigned lines = 1 + random() % 25;
    for (unsigned i = 0; i < lines; ++i) {
      const auto line = child.read_line();
      ASSERT_TRUE(line) << "the worker ended by itself";
      const auto act = parse_act(*line);
      ASSERT_TRUE(act) << *line;
      acts.push_back(*act);
    }
    child.kill();
    while (const auto line = child.read_line()) {
      if (const auto act = parse_act(*line)) acts.push_back(*act);
    }
    EXPECT_EQ(child.wait(), 128 + SIGKILL);
    const mini_ca ca = mini_ca::open(files.path(), mini_ca::random_serials());
    expect_kept(ca, acts);
  }
  EXPECT_EQ(integrity_of(files.path() / "ca.db"), "ok");
  const auto after = tests::run_program(worker(files.path(), "after-", 3));
  EXPECT_EQ(after.exit_code, 0) << after.output;
}

TEST(mini_ca_processes, at_the_same_time_lose_nothing) {
  const tests::temporary_directory files;
  create_with_root(files.path());
  constexpr int count = 40;
  tests::child_process first{worker(files.path(), "first-", count)};
  tests::child_process second{worker(files.path(), "second-", count)};
  std::vector<acknowledged_act> acts;
  for (tests::child_process* child : {&first, &second}) {
    while (const auto line = child->read_line()) {
      const auto act = parse_act(*line);
      ASSERT_TRUE(act) << *line;
      acts.push_back(*act);
    }
    EXPECT_EQ(child->wait(), 0);
  }
  EXPECT_EQ(acts.size(), 2U * (count + count / 2));
  const mini_ca ca = mini_ca::open(files.path(), mini_ca::random_serials());
  EXPECT_EQ(ca.list().size(), 2U * count);
  expect_kept(ca, acts);
  EXPECT_EQ(integrity_of(files.path() / "ca.db"), "ok");
}

TEST(mini_ca_processes, show_their_acts_to_a_reader_at_once) {
  const tests::temporary_directory files;
  create_with_root(files.path());
  const mini_ca reader = mini_ca::open(files.path(), mini_ca::random_serials());
  const certificate root = reader.authority("root").cert;
  tests::child_process child{worker(files.path(), "w", 20)};
  while (const auto line = child.read_line()) {
    const auto act = parse_act(*line);
    ASSERT_TRUE(act) << *line;
    const cert_id id = cert_id::of(tests::serial(act->serial), root, hash_algorithm::sha256);
    const auto status = std::get<cert_status>(reader.look_up(id, noon));
    if (act->act == "revoked") {
      EXPECT_TRUE(std::holds_alternative<revoked_status>(status)) << *line;
    } else {
      EXPECT_FALSE(std::holds_alternative<unknown_status>(status)) << *line;
    }
  }
  EXPECT_EQ(child.wait(), 0);
}

}  // namespace
}  // namespace staplelab::pki
