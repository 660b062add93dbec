// Scenario files read whole, or a failure that has told every mistake on stderr.
#pragma once

#include <filesystem>
#include <vector>

#include "scenarios/parse.hpp"

namespace staplelab::cli {

// A path where nothing is may be the name of a bundled scenario, or of a folder of them, as the
// reports have it: "incidents/ca-side/double-slash"; the last part will do where it is the only
// one. Throws a failure with exit code 2.
std::vector<scenarios::scenario> load_or_fail(const std::vector<std::filesystem::path>& paths,
                                              const scenarios::overrides& vars);

}  // namespace staplelab::cli
