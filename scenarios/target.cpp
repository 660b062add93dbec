#include "scenarios/target.hpp"

#include <cassert>

namespace staplelab::scenarios {

std::string_view to_string(target_feature feature) {
  switch (feature) {
    case target_feature::several_certificates:
      return "several_certificates";
    case target_feature::responder_url:
      return "responder_url";
    case target_feature::store:
      return "store";
    case target_feature::store_acts:
      return "store_acts";
    case target_feature::warnings:
      return "warnings";
    case target_feature::exit_codes:
      return "exit_codes";
  }
  assert(false);
  return {};
}

const target_setting& setting_of(const target& what, stapler::mode mode, leaf_kind kind) {
  const auto& of_mode = what.modes.at(mode);
  if (kind.must_staple) return of_mode.must_staple;
  const bool none = std::holds_alternative<not_applicable>(of_mode.plain);
  return none && !kind.names_responder ? of_mode.must_staple : of_mode.plain;
}

std::string target_name(const target* what, std::string_view profile) {
  return what ? what->name : "builtin:" + std::string(profile);
}

}  // namespace staplelab::scenarios
