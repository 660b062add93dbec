// What is said of rows: sentences, reports, the page.
#include "fingerprint/page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "fingerprint/report.hpp"
#include "fingerprint/surprise.hpp"

namespace staplelab::fingerprint {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

row row_with(cell_values cells) {
  row made;
  made.target = "one";
  made.title = "One";
  made.version = "One 1.0";
  made.time = scenarios::time_mode::travel;
  made.cells = std::move(cells);
  made.duration_ms = 1234.4;
  return made;
}

struct judged_cell {
  std::string name;
  cell which;
  value found;
  bool surprising;
};

class surprise_of : public testing::TestWithParam<judged_cell> {};

TEST_P(surprise_of, one_cell) {
  const auto all = surprises(row_with({{GetParam().which, GetParam().found}}));
  EXPECT_EQ(!all.empty(), GetParam().surprising);
  for (const auto& each : all) {
    EXPECT_TRUE(each.sentence.ends_with(".")) << each.sentence;
    EXPECT_EQ(each.which, GetParam().which);
  }
}

INSTANTIATE_TEST_SUITE_P(
    cells, surprise_of,
    testing::Values(
        judged_cell{"stapled_at_once", cell::first_handshake, word::stapled, false},
        judged_cell{"no_staple_at_first", cell::first_handshake, word::none, true},
        judged_cell{"kept", cell::while_valid_down, word::kept, false},
        judged_cell{"given_up", cell::while_valid_down, word::none, true},
        judged_cell{"an_error", cell::while_valid_try_later, word::error_stapled, true},
        judged_cell{"none_after_expiry", cell::after_expiry_down, word::none, false},
        judged_cell{"expired", cell::after_expiry_down, word::expired_stapled, true},
        judged_cell{"revoked_is_stapled", cell::on_revoked, word::stapled, false},
        judged_cell{"revoked_is_hidden", cell::on_revoked, word::kept, true},
        judged_cell{"unknown_is_stapled", cell::on_unknown, word::stapled, true},
        judged_cell{"a_strangers_word", cell::on_wrong_signer, word::stapled, true},
        judged_cell{"a_strangers_word_refused", cell::on_wrong_signer, word::kept, false},
        judged_cell{"nothing_hangs", cell::hang_blocks, word::no, false},
        judged_cell{"clients_hang", cell::hang_blocks, word::handshake, true},
        judged_cell{"restart", cell::restart_down, word::none, true},
        judged_cell{"start", cell::start_down, word::refused, true},
        judged_cell{"few_requests", cell::fetches_for_one_expiry, 1L, false},
        judged_cell{"many_requests", cell::fetches_for_one_expiry, 20L, true},
        judged_cell{"ends", cell::revoked_shutdown, 0L, true},
        judged_cell{"half", cell::refresh, refresh_point{0.5, {}, {}}, false},
        judged_cell{"late", cell::refresh, refresh_point{0.99, {}, {}}, true},
        judged_cell{"every_four_hours", cell::refresh, refresh_point{{}, 14400, 14400}, true},
        judged_cell{"not_applicable", cell::on_revoked, does_not_apply{"why"}, false}),
    [](const auto& info) { return info.param.name; });

TEST(json_report, is_the_contract) {
  auto of = row_with({{cell::first_handshake, word::none},
                      {cell::refresh, refresh_point{0.5, {}, 3600}},
                      {cell::expired_for_s, 240L},
                      {cell::hang_blocks, does_not_apply{"it asks nobody"}},
                      {cell::request, request_form{"GET", "1.0", false, "sha1"}},
                      {cell::keeps_answers, word::yes}});
  of.unsteady = {cell::expired_for_s};
  const auto expected = nlohmann::json::parse(R"({
    "target": "one", "version": "One 1.0", "time": "travel",
    "cells": {
      "first_handshake": "none",
      "refresh": {"fraction": 0.5, "floor_s": null, "ceiling_s": 3600},
      "expired_for_s": 240,
      "hang_blocks": {"not_applicable": "it asks nobody"},
      "request": {"method": "GET", "http": "1.0", "nonce": false, "hash": "sha1"}
    },
    "unsteady": ["expired_for_s"],
    "duration_ms": 1234
  })");
  EXPECT_EQ(nlohmann::json::parse(json_report(of)), expected);
  EXPECT_EQ(nlohmann::json::parse(json_report(std::vector{of, of})).size(), 2U);
}

TEST(text_report, tells_reasons_and_marks_what_is_unsteady) {
  auto of = row_with({{cell::first_handshake, word::none}, {cell::refresh, does_not_apply{"no"}}});
  of.unsteady = {cell::first_handshake};
  const auto text = text_report(of, {});
  EXPECT_THAT(text, HasSubstr("first_handshake           none (unsteady)"));
  EXPECT_THAT(text, HasSubstr("refresh                   not applicable                  no\n"));
  EXPECT_THAT(text, HasSubstr("1.2 s"));
}

TEST(page, has_a_line_for_each_surprise_with_the_command_that_shows_it) {
  auto of = row_with({{cell::first_handshake, word::none},
                      {cell::while_valid_down, word::kept},
                      {cell::hang_blocks, does_not_apply{"it asks nobody"}}});
  of.unsteady = {cell::while_valid_down};
  const auto text = page({of});
  EXPECT_THAT(text, HasSubstr("Each cell was the same 3 times in a row."));
  EXPECT_THAT(text, HasSubstr("| `one` | One | One 1.0 |"));
  EXPECT_THAT(text, HasSubstr("gets no staple, although the responder is well."));
  EXPECT_THAT(text, HasSubstr("`staplelab fingerprint one --cell first_handshake --transcript`"));
  EXPECT_THAT(text, Not(HasSubstr("--cell while_valid_down")));
  EXPECT_THAT(text, HasSubstr("| one | kept ? |"));
  EXPECT_THAT(text, HasSubstr("- `hang_blocks`: not applicable, it asks nobody"));
}

TEST(page, on_a_server_of_ones_own_names_its_file_and_links_to_nothing) {
  const auto of = row_with({{cell::first_handshake, word::none}});
  const auto text = page({of}, {.of_documentation = false, .commands = {{"one", "./one.json"}}});
  EXPECT_THAT(text, HasSubstr("`staplelab fingerprint ./one.json --cell first_handshake"));
  EXPECT_THAT(text, Not(HasSubstr("./do matrix")));
  EXPECT_THAT(text, Not(HasSubstr(".md)")));
  EXPECT_THAT(page({of}, {.of_documentation = true}), HasSubstr("`./do matrix`"));
}

TEST(page, names_servers_that_never_staple_and_leaves_them_out_of_the_tables) {
  const auto text = page({row_with({{cell::first_handshake, word::none},
                                    {cell::on_revoked, word::none},
                                    {cell::request, does_not_apply{"it asked nobody"}}})});
  EXPECT_THAT(text, HasSubstr("since they do not staple at all: `one`."));
  EXPECT_THAT(text, HasSubstr("- It does not staple: "));
  EXPECT_THAT(text, Not(HasSubstr("| one |")));
  EXPECT_THAT(text, Not(HasSubstr("not applicable")));
}

TEST(page, tells_what_several_servers_have_in_common) {
  auto one = row_with({{cell::start_down, word::refused}, {cell::restart_down, word::none}});
  auto other = row_with({{cell::start_down, word::refused}});
  other.target = "other";
  const auto text = page({one, other});
  EXPECT_THAT(text, HasSubstr("| Without a responder it does not start. | `one`, `other` |"));
  EXPECT_THAT(text, Not(HasSubstr("survive a restart while the responder is down: clients get "
                                  "none. |")));
  EXPECT_THAT(page({one}), Not(HasSubstr("have in common")));
}

TEST(page, tells_when_cells_were_looked_at_once) {
  auto once = row_with({{cell::first_handshake, word::stapled}});
  once.times = 1;
  EXPECT_THAT(page({once}), HasSubstr("Each cell was looked at once."));
}

TEST(readiness, comes_from_the_cells) {
  const auto found = readiness_of(row_with({{cell::while_valid_down, word::kept},
                                            {cell::while_valid_http_500, word::kept},
                                            {cell::while_valid_try_later, word::none},
                                            {cell::while_valid_malformed, word::kept},
                                            {cell::after_expiry_down, word::none},
                                            {cell::expired_for_s, 60L},
                                            {cell::asks_before_clients, word::no},
                                            {cell::keeps_answers, word::yes}}));
  EXPECT_EQ(found.prefetches, "no");
  EXPECT_EQ(found.caches, "yes");
  EXPECT_EQ(found.respects_next_update, "within minutes");
  EXPECT_EQ(found.retains_on_error, "in part");
}

TEST(every_cell, has_a_name_that_is_read_back_and_a_question) {
  for (const auto which : all_cells()) {
    EXPECT_EQ(parse_cell(to_string(which)), which);
    EXPECT_THAT(std::string(about(which)), Not(IsEmpty()));
  }
}

}  // namespace
}  // namespace staplelab::fingerprint
