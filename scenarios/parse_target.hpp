// Reads descriptions of servers under test. Like scenario files: whatever is wrong is told with its
// position, all at once, before anything starts.
#pragma once

#include <boost/system/result.hpp>
#include <filesystem>

#include "scenarios/parse.hpp"
#include "scenarios/target.hpp"

namespace staplelab::scenarios {

// Nothing throws for what a file holds. Programs with a slash in their names are those below the
// file's folder.
boost::system::result<target, parse_errors> parse_target(const std::filesystem::path& file);

}  // namespace staplelab::scenarios
