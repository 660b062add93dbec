// What `--target` names: our own endpoint, a bundled server, or a description of somebody's own.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "scenarios/target.hpp"

namespace staplelab::cli {

struct builtin_target {
  std::string profile;
};
using target_choice = std::variant<builtin_target, scenarios::target>;

// "builtin:nats", "nats-server", "./my-server.json". Throws failure: code 5 for a name that nobody
// knows, with what was most likely meant; code 2 for a description with mistakes, which are printed
// on stderr.
target_choice choose_target(const std::string& text);

// All that are bundled, by name. Throws failure as above.
std::vector<scenarios::target> bundled_targets();

// Throws failure with code 5 when its program or its user is not on this machine, with the line
// that installs it where that would help.
void require_installed(const scenarios::target& what);
bool is_installed(const scenarios::target& what);

}  // namespace staplelab::cli
