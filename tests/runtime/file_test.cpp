#include "runtime/file.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace staplelab::runtime {
namespace {

namespace fs = std::filesystem;
using octets = std::vector<std::uint8_t>;
namespace errc = boost::system::errc;

octets of_size(std::size_t size) {
  return octets(size, 'x');
}

class files : public testing::Test {
 protected:
  files() {
    std::string pattern = (fs::temp_directory_path() / "staplelab.XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
  }
  ~files() override { fs::remove_all(directory_); }

  std::string at(const std::string& name) const { return (directory_ / name).string(); }
  std::size_t entries() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(directory_), fs::directory_iterator()));
  }
  static mode_t mode_of(const std::string& path) {
    struct stat found{};
    EXPECT_EQ(::stat(path.c_str(), &found), 0);
    return found.st_mode & 07777;
  }

  fs::path directory_;
};

TEST_F(files, are_read_back_as_written) {
  octets all(256);
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i] = static_cast<std::uint8_t>(i);
  EXPECT_FALSE(write_durably(at("a"), all, 0600));
  EXPECT_EQ(read_whole(at("a"), 256).value(), all);
  EXPECT_EQ(mode_of(at("a")), 0600u);
  EXPECT_EQ(entries(), 1u);
}

TEST_F(files, may_be_empty) {
  EXPECT_FALSE(write_durably(at("a"), {}, 0600));
  EXPECT_EQ(read_whole(at("a"), 0).value(), octets());
}

TEST_F(files, are_replaced_with_the_new_mode) {
  EXPECT_FALSE(write_durably(at("a"), of_size(100), 0600));
  const auto umask_before = ::umask(077);
  EXPECT_FALSE(write_durably(at("a"), of_size(3), 0644));
  ::umask(umask_before);
  EXPECT_EQ(read_whole(at("a"), 100).value(), of_size(3));
  EXPECT_EQ(mode_of(at("a")), 0644u);
  EXPECT_EQ(entries(), 1u);
}

TEST_F(files, replace_a_symbolic_link_and_leave_its_target) {
  EXPECT_FALSE(write_durably(at("target"), of_size(1), 0600));
  fs::create_symlink("target", at("link"));
  EXPECT_FALSE(write_durably(at("link"), of_size(2), 0600));
  EXPECT_FALSE(fs::is_symlink(at("link")));
  EXPECT_EQ(read_whole(at("target"), 10).value(), of_size(1));
}

TEST_F(files, may_be_named_without_a_directory) {
  const auto before = fs::current_path();
  fs::current_path(directory_);
  EXPECT_FALSE(write_durably("a", of_size(1), 0600));
  fs::current_path(before);
  EXPECT_EQ(read_whole(at("a"), 1).value(), of_size(1));
}

TEST_F(files, are_read_up_to_the_limit_and_not_past_it) {
  for (const std::size_t limit : {std::size_t{0}, std::size_t{1}, std::size_t{65535},
                                  std::size_t{65536}, std::size_t{65537}, std::size_t{200000}}) {
    ASSERT_FALSE(write_durably(at("fits"), of_size(limit), 0600));
    ASSERT_FALSE(write_durably(at("too_large"), of_size(limit + 1), 0600));
    EXPECT_EQ(read_whole(at("fits"), limit).value().size(), limit);
    EXPECT_EQ(read_whole(at("too_large"), limit).error(), errc::file_too_large);
  }
}

TEST_F(files, without_an_end_are_too_large) {
  EXPECT_EQ(read_whole("/dev/zero", 1000).error(), errc::file_too_large);
}

TEST_F(files, that_cannot_be_read_say_why) {
  EXPECT_EQ(read_whole(at("absent"), 10).error(), errc::no_such_file_or_directory);
  EXPECT_EQ(read_whole(directory_.string(), 10).error(), errc::is_a_directory);
  ASSERT_FALSE(write_durably(at("a"), of_size(1), 0600));
  EXPECT_EQ(read_whole(at("a/b"), 10).error(), errc::not_a_directory);
}

TEST_F(files, that_cannot_be_written_say_why_and_leave_nothing) {
  EXPECT_EQ(write_durably(at("absent/a"), of_size(1), 0600), errc::no_such_file_or_directory);
  ASSERT_FALSE(write_durably(at("file"), of_size(1), 0600));
  EXPECT_EQ(write_durably(at("file/a"), of_size(1), 0600), errc::not_a_directory);
  fs::create_directory(at("directory"));
  EXPECT_EQ(write_durably(at("directory"), of_size(1), 0600), errc::is_a_directory);
  EXPECT_EQ(entries(), 2u);
}

// The disk is full half-way: here, the process may not write longer files.
TEST_F(files, keep_their_content_when_writing_fails) {
  ASSERT_FALSE(write_durably(at("a"), of_size(10), 0600));
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{4096, before.rlim_max};
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto error = write_durably(at("a"), of_size(4097), 0600);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(error, errc::file_too_large);
  EXPECT_EQ(read_whole(at("a"), 10).value(), of_size(10));
  EXPECT_EQ(entries(), 1u);
}

}  // namespace
}  // namespace staplelab::runtime
