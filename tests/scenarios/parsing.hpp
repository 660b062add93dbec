// Scenario files for one test, and what the parser makes of them.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <variant>

#include "scenarios/parse.hpp"

namespace staplelab::scenarios {

// Files of one test, gone when it ends.
class parsing : public testing::Test {
 protected:
  parsing() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "staplelab-parse-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~parsing() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path write(const std::string& name, const std::string& text) {
    const std::filesystem::path file = folder_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
    return file;
  }

  scenario parsed(const std::string& text, const overrides& vars = {}) {
    auto read = parse_file(write("scenario.json", text), vars);
    if (read) return *std::move(read);
    for (const auto& error : read.error())
      ADD_FAILURE() << runtime::render(error);
    return {};
  }
  parse_errors errors(const std::string& text, const overrides& vars = {}) {
    const auto read = parse_file(write("scenario.json", text), vars);
    return read ? parse_errors() : read.error();
  }

  std::filesystem::path folder_;
};

template <class Action>
const Action& action_of(const scenario& all, std::size_t step) {
  return std::get<Action>(all.steps.at(step).what);
}

inline std::string with_steps(const std::string& steps, const std::string& before = "") {
  return R"({"title": "t", )" + before + R"("steps": [)" + steps + "]}";
}

}  // namespace staplelab::scenarios
