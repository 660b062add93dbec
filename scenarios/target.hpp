// A server under test that is not ours, as its description says: how it is started, configured,
// reloaded and stopped, how a client enters TLS, and what it cannot do.
//
// A description is one JSON file (targets/NAME.json, or anybody's own); its format is described in
// docs/targets.md and targets/target.schema.json; parse_target.hpp reads it. Texts in it are
// templates: "${port}" and the like are filled in when a world runs (target_template.hpp).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "runtime/clock.hpp"
#include "scenarios/probe.hpp"
#include "stapler/mode.hpp"

namespace staplelab::scenarios {

// Texts by the names under which templates may ask for them.
using template_values = std::map<std::string, std::string, std::less<>>;

struct not_applicable {
  std::string why;  // one line
};
// What a (mode, kind of certificate) is in the server's own configuration.
using target_setting = std::variant<template_values, not_applicable>;

struct target_mode {
  target_setting must_staple;
  target_setting plain;
};

struct target_file {
  std::string path;  // below the server's folder
  std::string text;
};

struct listens {};  // accepts connections
struct logs {
  std::string text;  // somewhere in a line
};
using readiness = std::variant<listens, logs>;

struct target_signal {
  int number;
};
using target_command = std::vector<std::string>;
using reload_way = std::variant<not_applicable, target_signal, target_command>;

// How staples reach a server that does not ask the responder itself: we do, as the script does that
// people run beside it, and hand over what we got.
struct staple_file {
  std::string path;  // below the server's folder; written before it starts and before it reloads
};
struct staple_socket {
  std::string path;   // of a UNIX socket below its folder, that it listens on
  std::string say;    // a template; "${staple_base64}" stands for the staple
  std::string heard;  // somewhere in the answer when it took the staple
};
struct staples_itself {};
using staple_supply = std::variant<staples_itself, staple_file, staple_socket>;

// How a server can be taken through time.
struct target_time {
  std::optional<not_applicable> travel;  // set: its clock cannot be moved
  std::optional<not_applicable> real;
  duration floor{0};      // it does not look again before this much real time has passed,
  std::string floor_why;  // for this reason
};

// What scenarios ask for, and not every server has.
enum class target_feature {
  several_certificates,
  responder_url,
  store,
  store_acts,
  warnings,
  exit_codes
};

// A difference to one of our profiles that is meant to be there.
struct known_difference {
  std::string cases;  // a shell pattern for ids of cases, or names of scenarios
  std::string profile;
  std::string why;
};

// Where it is known not to do what is expected.
struct known_deviation {
  std::string cases;  // as above
  std::string why;
};

struct target {
  std::string name;  // the file's stem
  std::string file;
  std::string title;
  std::string about;
  std::string package;  // of Debian; may be empty
  target_command version;
  std::string profile;  // whose expectations count
  target_command command;
  std::vector<std::pair<std::string, std::string>> environment;
  std::string user;  // whom its files belong to; empty: ours
  std::vector<std::string> folders;
  std::vector<target_file> files;
  readiness ready;
  duration start_within;
  reload_way reload;
  duration reload_takes{0};  // real time, waited for in any case
  std::string reload_done;   // what a line of its log holds then; a regular expression, or empty
  duration reload_within;    // real time; without a sign of it by then it has failed
  target_signal stop;
  duration stop_within;
  starttls entry = starttls::none;
  staple_supply staples;
  std::optional<duration> staples_every;  // we hand over a new one; empty: at the start only
  std::string warning;  // what a line of its log holds when it warns; a regular expression
  target_time time;
  duration settle{0};  // of its time: the end of each wait, which passes in small steps
  std::map<stapler::mode, target_mode> modes;  // all four
  // Values of templates that depend on the scenario; empty texts where it asks for none.
  template_values with_responder_url, with_store;
  std::map<target_feature, std::string> lacks;  // and why, one line
  std::vector<known_difference> differs;
  std::vector<known_deviation> known;
};

std::string_view to_string(target_feature feature);

struct leaf_kind {
  bool must_staple;
  bool names_responder;  // itself, or the scenario does in its place
};
// What the server is configured with for this mode and kind of certificate. Nobody can staple for a
// plain certificate without a responder, so that what a server needs to staple for the others does
// no harm, and stays where there is nothing else.
const target_setting& setting_of(const target& what, stapler::mode mode, leaf_kind kind);

// "builtin:resilient" for a null target.
std::string target_name(const target* what, std::string_view profile);

}  // namespace staplelab::scenarios
