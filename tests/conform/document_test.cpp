// docs/conformance.md says of each check what the program says.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "conform/check.hpp"

namespace staplelab::conform::test {
namespace {

constexpr int last_check = 78;

std::string section(const std::string& marker) {
  std::ifstream file(CONFORM_DOCUMENT);
  std::ostringstream text;
  text << file.rdbuf();
  const std::string whole = text.str();
  const auto begin = whole.find("<!-- " + marker + " -->");
  const auto end = whole.find("<!-- end of " + marker + " -->");
  return begin < end && end != std::string::npos ? whole.substr(begin, end - begin) : "";
}

// Lines "| R7 | ...", by number.
std::map<int, std::string> rows_of(const std::string& table) {
  std::map<int, std::string> rows;
  std::istringstream lines(table);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("| R")) rows[std::stoi(line.substr(3))] = line;
  }
  return rows;
}

std::string row_of(const check& each) {
  const auto cell = [](std::optional<level> at) { return at ? to_string(*at) : "\u2013"; };
  return fmt::format("| {} | {} | {} | {} | {} | {} |", each.id(), each.title,
                     cell(each.at.rfc6960), cell(each.at.rfc9919), cell(each.at.webpki),
                     each.clause);
}

TEST(Document, TableOfChecksIsNotStale) {
  auto rows = rows_of(section("checks"));
  EXPECT_EQ(rows.size(), static_cast<std::size_t>(last_check));
  for (const check& each : all_checks()) {
    EXPECT_EQ(rows[each.number], row_of(each));
    rows.erase(each.number);
  }
  for (const auto& [number, row] : rows)
    EXPECT_NE(row.find("*not seen from outside: "), std::string::npos) << row;
}

TEST(Document, TableOfRespondersHasEveryCheckOfItsProfile) {
  const auto rows = rows_of(section("three responders"));
  for (const check& each : all_checks())
    EXPECT_EQ(rows.contains(each.number), each.at.rfc9919.has_value()) << each.id();
}

}  // namespace
}  // namespace staplelab::conform::test
