#include "cli/usage.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "runtime/did_you_mean.hpp"

namespace staplelab::cli {
namespace {

// The innermost subcommand that was recognised.
const CLI::App& innermost(const CLI::App& root) {
  const CLI::App* app = &root;
  while (true) {
    const auto parsed = app->get_subcommands();
    if (parsed.empty()) return *app;
    app = parsed.front();
  }
}

// "staplelab ca issue"
std::string full_name(const CLI::App& app) {
  if (app.get_parent() == nullptr) return app.get_name();
  return full_name(*app.get_parent()) + " " + app.get_name();
}

// "ca issue: "; the program's own name stands in front of every message anyway.
std::string prefix(const CLI::App& app) {
  const CLI::App* parent = app.get_parent();
  if (parent == nullptr) return {};
  const std::string above = parent->get_parent() == nullptr ? "" : parent->get_name() + " ";
  return above + app.get_name() + ": ";
}

std::string see_help(const CLI::App& app) {
  return "see " + full_name(app) + " --help";
}

std::vector<std::string> flag_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames())
      names.push_back("--" + name);
    for (const std::string& name : option->get_snames())
      names.push_back("-" + name);
  }
  return names;
}

std::vector<std::string> subcommand_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* sub : app.get_subcommands({}))
    names.push_back(sub->get_name());
  return names;
}

std::string suggestion(std::string_view written, const std::vector<std::string>& known,
                       const CLI::App& app) {
  const std::vector<std::string_view> views(known.begin(), known.end());
  if (const auto near = runtime::nearest_word(written, views)) {
    return fmt::format("did you mean {}? {}", *near, see_help(app));
  }
  return see_help(app);
}

failure unplaced(const CLI::App& app, const std::string& word) {
  if (word.starts_with("-") && word != "-") {
    const std::string flag = word.substr(0, word.find('='));
    return {exit_code::usage, fmt::format("{}no such option: {}", prefix(app), flag),
            suggestion(flag, flag_names(app), app)};
  }
  const auto subcommands = subcommand_names(app);
  if (!subcommands.empty()) {
    return {exit_code::usage, fmt::format("{}no such command: {}", prefix(app), word),
            suggestion(word, subcommands, app)};
  }
  return {exit_code::usage, fmt::format("{}one argument too many: {}", prefix(app), word),
          see_help(app)};
}

}  // namespace

failure explain(const CLI::App& root, const CLI::ParseError& error) {
  const CLI::App& app = innermost(root);
  const auto words = root.remaining(true);
  if (!words.empty()) return unplaced(app, words.front());
  if (!subcommand_names(app).empty()) {
    return {exit_code::usage, fmt::format("{}a command is missing", prefix(app)),
            fmt::format("one of {}; {}", fmt::join(subcommand_names(app), ", "), see_help(app))};
  }
  std::string what = error.what();
  if (const auto end = what.find('\n'); end != std::string::npos) what.resize(end);
  return {exit_code::usage, fmt::format("{}{}", prefix(app), what), see_help(app)};
}

}  // namespace staplelab::cli
