// What is laid out for a server under test: its configuration, filled in.
#include "scenarios/target_folder.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "lab.hpp"

namespace staplelab::scenarios {
namespace {

namespace fs = std::filesystem;

target of_one_kind() {
  target what;
  what.files = {{"server.conf", "stapling ${stapling};"}};
  what.staples = staples_itself{};
  const not_applicable none{"it staples for every certificate or for none"};
  for (const auto mode : stapler::all_modes)
    what.modes[mode] = {none, none};
  what.modes[stapler::mode::auto_].must_staple = template_values{{"stapling", "on"}};
  return what;
}

class laid_out : public testing::Test {
 protected:
  target_situation with(std::string_view name) const {
    const auto own = lab.leaf(name);
    return {.mode = stapler::mode::auto_,
            .certificate = {own.cert, {}, own.key, lab.root().cert, {}},
            .roots = {lab.root().cert},
            .responder_url = {},
            .store = {},
            .port = 1,
            .control_port = 2};
  }
  std::string configuration() const {
    std::ifstream in(folder.path() / "server.conf");
    return {std::istreambuf_iterator<char>(in), {}};
  }

  const test::lab lab{test::start};
  const target what = of_one_kind();
  target_folder folder{what};
};

TEST_F(laid_out, has_what_the_mode_sets) {
  folder.lay_out(with("server"));
  EXPECT_EQ(configuration(), "stapling on;");
}

TEST_F(laid_out, stays_as_it_was_for_a_certificate_of_the_kind_that_is_not_described) {
  folder.lay_out(with("plain"));
  EXPECT_EQ(configuration(), "stapling on;");
}

TEST_F(laid_out, loses_what_a_server_has_kept_when_its_store_is_emptied) {
  folder.lay_out(with("server"));
  fs::create_directories(folder.values().at("store"));
  std::ofstream(fs::path(folder.values().at("store")) / "staple") << "kept";
  folder.empty_store();
  EXPECT_FALSE(fs::exists(folder.values().at("store")));
}

}  // namespace
}  // namespace staplelab::scenarios
