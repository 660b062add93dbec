#include "stapler/staple_store.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/stapler/lab.hpp"

namespace staplelab::stapler::test {
namespace {

mode_t mode_of(const std::filesystem::path& path) {
  struct stat found{};
  EXPECT_EQ(::stat(path.c_str(), &found), 0);
  return found.st_mode & 0777;
}

TEST(staple_store, lays_files_out_as_nats_does) {
  lab l;
  const auto leaf = l.ca.issued("site").cert;
  const staple_store store(l.directory.path() / "js");
  ASSERT_FALSE(store.save(leaf, pki::bytes{1, 2, 3}));
  // The name as openssl and sha256sum make it.
  const auto pem = l.directory.file("leaf.pem", std::string_view(leaf.to_pem()));
  const auto named = tests::run_program(
      {"sh", "-c", "openssl x509 -in " + pem + " -outform DER | sha256sum | cut -d' ' -f1"});
  const auto file =
      l.directory.path() / "js" / "ocsp" / named.output.substr(0, named.output.find('\n'));
  EXPECT_EQ(tests::read_file(file), (pki::bytes{1, 2, 3}));
  EXPECT_EQ(mode_of(file), 0600U);
  EXPECT_EQ(mode_of(file.parent_path()), 0750U);
  EXPECT_EQ(store.load(leaf), (pki::bytes{1, 2, 3}));
}

TEST(staple_store, replaces) {
  lab l;
  const auto leaf = l.ca.issued("site").cert;
  const staple_store store(l.directory.path());
  ASSERT_FALSE(store.save(leaf, pki::bytes{1, 2, 3}));
  ASSERT_FALSE(store.save(leaf, pki::bytes{4}));
  EXPECT_EQ(store.load(leaf), pki::bytes{4});
  const auto files = std::filesystem::directory_iterator(l.directory.path() / "ocsp");
  EXPECT_EQ(std::distance(begin(files), end(files)), 1);
}

TEST(staple_store, size_is_bounded) {
  lab l;
  const auto leaf = l.ca.issued("site").cert;
  const staple_store store(l.directory.path());
  ASSERT_FALSE(store.save(leaf, pki::bytes(staple_store::max_octets, 0)));
  EXPECT_TRUE(store.load(leaf));
  ASSERT_FALSE(store.save(leaf, pki::bytes(staple_store::max_octets + 1, 0)));
  EXPECT_FALSE(store.load(leaf));
}

TEST(staple_store, what_cannot_be_read_is_nothing) {
  lab l;
  const auto leaf = l.ca.issued("site").cert;
  const staple_store store(l.directory.path());
  EXPECT_FALSE(store.load(leaf));
  std::filesystem::create_directories(*store.path_of(leaf));
  EXPECT_FALSE(store.load(leaf));
}

TEST(staple_store, a_failed_write_is_told) {
  lab l;
  const auto leaf = l.ca.issued("site").cert;
  const staple_store store(l.directory.file("file", std::string_view("in the way")));
  EXPECT_TRUE(store.save(leaf, pki::bytes{1}));
}

TEST(staple_store, without_directory_keeps_nothing) {
  lab l;
  const auto leaf = l.ca.issued("site").cert;
  const staple_store store{std::nullopt};
  EXPECT_FALSE(store.save(leaf, pki::bytes{1}));
  EXPECT_FALSE(store.load(leaf));
  EXPECT_FALSE(store.path_of(leaf));
}

}  // namespace
}  // namespace staplelab::stapler::test
