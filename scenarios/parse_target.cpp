#include "scenarios/parse_target.hpp"

#include <fmt/format.h>
#include <signal.h>

#include <array>

#include "scenarios/parse_decoder.hpp"
#include "scenarios/parse_target_templates.hpp"
#include "scenarios/parse_target_values.hpp"
#include "scenarios/parse_values.hpp"

namespace staplelab::scenarios {

namespace {

constexpr duration default_start = std::chrono::seconds(10);
constexpr duration default_reload = std::chrono::seconds(10);
constexpr duration default_stop = std::chrono::seconds(5);

struct reload_keys {
  std::optional<target_signal> signal;
  std::optional<target_command> command;
  duration takes{0};
  std::optional<std::string> done;
  std::optional<duration> within;
};
constexpr key_row<reload_keys> reload_rows[] = {
    {"signal", into<&reload_keys::signal, read_signal>},
    {"command", into<&reload_keys::command, read_command>},
    {"done", into<&reload_keys::done, read_pattern>},
    {"within", into<&reload_keys::within, read_positive_duration>},
    {"takes", into<&reload_keys::takes, read_positive_duration>},
};

void read_reload(decoder& d, const json_value& value, target& result) {
  if (value.string() != nullptr) {
    if (auto why = read_text(d, value)) result.reload = not_applicable{*why};
    return;
  }
  reload_keys keys;
  const auto before = d.error_count();
  if (!read_object(d, value, "a way to reload, or the reason why there is none", reload_rows,
                   keys)) {
    return;
  }
  result.reload_takes = keys.takes;
  if (keys.signal && !keys.command) result.reload = *keys.signal;
  if (keys.command && !keys.signal) result.reload = *keys.command;
  if (d.error_count() == before && keys.signal.has_value() == keys.command.has_value()) {
    d.error(value.at, "expected either 'signal' or 'command'");
  }
  result.reload_done = keys.done.value_or("");
  result.reload_within = keys.within.value_or(default_reload);
}

constexpr key_row<target> stop_rows[] = {
    {"signal", into<&target::stop, read_signal>},
    {"within", into<&target::stop_within, read_positive_duration>},
};
constexpr key_row<logs> log_rows[] = {
    {"log", into<&logs::text, read_text>, presence::required},
};

std::optional<readiness> read_ready(decoder& d, const json_value& value) {
  if (value.object() != nullptr) {
    logs line;
    const auto before = d.error_count();
    read_object(d, value, "readiness", log_rows, line);
    return d.error_count() == before ? std::optional<readiness>(line) : std::nullopt;
  }
  if (value.string() != nullptr && *value.string() == "listens") return listens{};
  d.expected(value, "'listens', or an object with the 'log' text that tells it");
  return {};
}

std::optional<starttls> read_entry(decoder& d, const json_value& value) {
  using enum starttls;
  static constexpr word<starttls> words[] = {
      {"direct", none}, {"nats", nats}, {"smtp", smtp},         {"imap", imap},
      {"pop3", pop3},   {"ftp", ftp},   {"postgres", postgres}, {"mysql", mysql}};
  return read_word(d, value, words);
}

struct staple_keys {
  std::optional<std::string> file, socket, say, heard;
  std::optional<duration> every;
};
constexpr key_row<staple_keys> staple_rows[] = {
    {"file", into<&staple_keys::file, read_path>},
    {"socket", into<&staple_keys::socket, read_path>},
    {"say", into<&staple_keys::say, read_lines>},
    {"heard", into<&staple_keys::heard, read_text>},
    {"every", into<&staple_keys::every, read_positive_duration>},
};

void read_staples(decoder& d, const json_value& value, target& result) {
  if (value.string() != nullptr && *value.string() == "itself") return;
  if (value.object() == nullptr) {
    return d.expected(value,
                      "'itself', or an object with the 'file' or the 'socket' by which "
                      "staples reach it");
  }
  staple_keys keys;
  const auto before = d.error_count();
  read_object(d, value, "staples", staple_rows, keys);
  if (d.error_count() != before) return;
  result.staples_every = keys.every;
  const bool by_socket = keys.socket && keys.say && keys.heard;
  if (keys.file && !keys.socket && !keys.say && !keys.heard) {
    result.staples = staple_file{*keys.file};
  } else if (by_socket && !keys.file) {
    result.staples = staple_socket{*keys.socket, *keys.say, *keys.heard};
  } else {
    d.error(value.at, "expected either 'file', or 'socket' with 'say' and 'heard'");
  }
}

// `true`, or the reason why not.
std::optional<std::optional<not_applicable>> read_ability(decoder& d, const json_value& value) {
  std::optional<not_applicable> reason;
  if (const bool* flag = value.boolean(); flag != nullptr && *flag) return reason;
  if (value.string() == nullptr) {
    d.expected(value, "true, or the reason why not");
    return {};
  }
  const auto why = read_text(d, value);
  if (why) reason = not_applicable{*why};
  return reason;
}

constexpr key_row<target_time> floor_rows[] = {
    {"floor", into<&target_time::floor, read_positive_duration>, presence::required},
    {"why", into<&target_time::floor_why, read_text>, presence::required},
};
void read_real_time(decoder& d, const json_value& value, target_time& result) {
  if (value.object() != nullptr) {
    read_object(d, value, "real time", floor_rows, result);
  } else if (auto ability = read_ability(d, value)) {
    result.real = *std::move(ability);
  }
}
constexpr key_row<target_time> time_rows[] = {
    {"travel", into<&target_time::travel, read_ability>},
    {"real", read_real_time},
};
std::optional<target_time> read_times(decoder& d, const json_value& value) {
  target_time result;
  read_object(d, value, "the times", time_rows, result);
  return result;
}

constexpr std::string_view set_key = "set";
constexpr key_row<template_values> setting_rows[] = {
    {set_key, [](decoder& d, const json_value& value, template_values& result) {
       if (auto read = read_values(d, value)) result = *std::move(read);
     }}};

std::optional<target_setting> read_setting(decoder& d, const json_value& value) {
  if (value.string() != nullptr) {
    auto why = read_text(d, value);
    return why ? std::optional<target_setting>(not_applicable{*why}) : std::nullopt;
  }
  template_values values;
  if (!read_object(d, value, "what to 'set', or the reason why the mode is not there", setting_rows,
                   values)) {
    return {};
  }
  return values;
}

constexpr key_row<target_mode> mode_rows[] = {
    {"must_staple", into<&target_mode::must_staple, read_setting>, presence::required},
    {"plain", into<&target_mode::plain, read_setting>, presence::required},
};

std::optional<target_mode> read_target_mode(decoder& d, const json_value& value) {
  const bool by_certificate =
      value.find("must_staple") != nullptr || value.find("plain") != nullptr;
  if (by_certificate) {
    target_mode mode;
    read_object(d, value, "a mode", mode_rows, mode);
    return mode;
  }
  const auto both = read_setting(d, value);
  return both ? std::optional(target_mode{*both, *both}) : std::nullopt;
}

std::optional<std::map<stapler::mode, target_mode>> read_modes(decoder& d,
                                                               const json_value& value) {
  std::map<stapler::mode, target_mode> modes;
  const json_object* members = value.object();
  if (members == nullptr) {
    d.expected(value, "an object of modes");
    return {};
  }
  std::vector<std::string_view> known;
  for (const auto mode : stapler::all_modes) {
    known.push_back(to_string(mode));
    const json_value* one = value.find(known.back());
    if (one == nullptr) {
      d.error(value.at, fmt::format("the mode '{}' is missing", known.back()),
              "what it is in the server's configuration, or why it has none");
    } else if (auto read = read_target_mode(d, *one)) {
      modes.emplace(mode, *std::move(read));
    }
  }
  for (const auto& member : *members) {
    if (std::ranges::find(known, std::string_view(member.key)) == known.end()) {
      d.unknown_key(member, "the modes", known);
    }
  }
  return modes;
}

constexpr key_row<target> with_rows[] = {
    {"responder_url", into<&target::with_responder_url, read_values>},
    {"store", into<&target::with_store, read_values>},
};

using lacking = std::map<target_feature, std::string>;
constexpr std::array features{target_feature::several_certificates,
                              target_feature::responder_url,
                              target_feature::store,
                              target_feature::store_acts,
                              target_feature::warnings,
                              target_feature::exit_codes};

std::optional<lacking> read_lacks(decoder& d, const json_value& value) {
  const json_object* members = value.object();
  if (members == nullptr) {
    d.expected(value, "an object of features and the reasons why they are not there");
    return {};
  }
  lacking result;
  std::vector<std::string_view> known;
  for (const auto each : features)
    known.push_back(to_string(each));
  for (const auto& member : *members) {
    const auto found = std::ranges::find(known, std::string_view(member.key));
    if (found == known.end()) {
      d.unknown_key(member, "the features", known);
    } else if (auto why = read_text(d, member.value)) {
      result.emplace(features[static_cast<std::size_t>(found - known.begin())], *why);
    }
  }
  return result;
}

constexpr key_row<known_difference> difference_rows[] = {
    {"case", into<&known_difference::cases, read_text>, presence::required},
    {"from", into<&known_difference::profile, read_profile>, presence::required},
    {"why", into<&known_difference::why, read_text>, presence::required},
};
std::optional<known_difference> read_difference(decoder& d, const json_value& value) {
  known_difference result;
  read_object(d, value, "a difference", difference_rows, result);
  return result;
}

constexpr key_row<known_deviation> deviation_rows[] = {
    {"case", into<&known_deviation::cases, read_text>, presence::required},
    {"why", into<&known_deviation::why, read_text>, presence::required},
};
std::optional<known_deviation> read_deviation(decoder& d, const json_value& value) {
  known_deviation result;
  read_object(d, value, "a known deviation", deviation_rows, result);
  return result;
}

constexpr key_row<target> target_rows[] = {
    {"$schema", elsewhere<target>},
    {"title", into<&target::title, read_text>, presence::required},
    {"about", into<&target::about, read_prose>},
    {"package", into<&target::package, read_text>},
    {"version", into<&target::version, read_command>, presence::required},
    {"profile", into<&target::profile, read_profile>},
    {"command", into<&target::command, read_command>, presence::required},
    {"environment", into<&target::environment, read_pairs>},
    {"user", into<&target::user, read_text>},
    {"folders", into<&target::folders, list_of<read_path>>},
    {"files", into<&target::files, read_files>},
    {"ready", into<&target::ready, read_ready>},
    {"start_within", into<&target::start_within, read_positive_duration>},
    {"reload", read_reload, presence::required},
    {"stop", [](decoder& d, const json_value& value,
                target& result) { read_object(d, value, "the way to stop", stop_rows, result); }},
    {"tls", into<&target::entry, read_entry>, presence::required},
    {"staples", read_staples, presence::required},
    {"warning", into<&target::warning, read_pattern>},
    {"time", into<&target::time, read_times>},
    {"settle", into<&target::settle, read_positive_duration>},
    {"modes", into<&target::modes, read_modes>, presence::required},
    {"with", [](decoder& d, const json_value& value,
                target& result) { read_object(d, value, "the settings", with_rows, result); }},
    {"lacks", into<&target::lacks, read_lacks>},
    {"differs", into<&target::differs, list_of<read_difference>>},
    {"known", into<&target::known, list_of<read_deviation>>},
};

}  // namespace

namespace {

// A program that was built beside its description, and is run from the server's folder.
void place(target_command& words, const std::filesystem::path& folder) {
  if (words.empty()) return;
  auto& program = words.front();
  const bool relative =
      program.find('/') != program.npos && !program.starts_with('/') && !program.starts_with("${");
  if (relative) program = (folder / program).lexically_normal().string();
}

void place_programs(target& what, const std::filesystem::path& file) {
  const auto folder = std::filesystem::absolute(file).parent_path();
  place(what.command, folder);
  place(what.version, folder);
  if (auto* reload = std::get_if<target_command>(&what.reload)) place(*reload, folder);
}

}  // namespace

boost::system::result<target, parse_errors> parse_target(const std::filesystem::path& file) {
  const auto document = read_json(file);
  if (!document.errors.empty()) return document.errors;
  diagnostics errors;
  decoder d(errors);
  target result;
  result.file = file.string();
  result.name = file.stem().string();
  result.profile = "resilient";
  result.start_within = default_start;
  result.reload_within = default_reload;
  result.stop = {SIGTERM};
  result.stop_within = default_stop;
  if (read_object(d, document.root, "a server", target_rows, result)) {
    check_templates(d, document.root, result);
  }
  if (!errors.empty()) return errors.take();
  place_programs(result, file);
  return result;
}

}  // namespace staplelab::scenarios
