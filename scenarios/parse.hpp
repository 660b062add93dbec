// Reads scenario files. Whatever is wrong with one is told here, with its position, before anything
// starts: after parsing no text is left that still means something, and every name has been found.
//
// The format is described in docs/scenarios.md. Nothing here throws for what a file holds, looks at
// a clock, or writes anything.
#pragma once

#include <boost/system/result.hpp>
#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "runtime/source_position.hpp"
#include "scenarios/scenario.hpp"

namespace staplelab::scenarios {

// Beside the limits of json_document.hpp and include.hpp.
inline constexpr std::size_t max_steps = 10'000;           // of a scenario, includes counted
inline constexpr std::size_t max_name_length = 64;         // RFC 5280 A.1, ub-common-name
inline constexpr std::size_t max_names = 1'000;            // authorities, signers and certificates
inline constexpr std::size_t max_handshakes = 100'000;     // of one step
inline constexpr std::size_t max_batch = 10'000;           // certificates issued by one step
inline constexpr std::size_t max_responder_ids = 2'500;    // that fit into a status_request
inline constexpr std::size_t max_parallel = 1'000;         // handshakes at the same time
inline constexpr std::size_t max_scenario_files = 10'000;  // of one load
inline constexpr time_point earliest_start = std::chrono::sys_days(std::chrono::year(2000) / 1 / 1);
inline constexpr time_point latest_time = std::chrono::sys_days(std::chrono::year(2200) / 1 / 1);

using diagnostic = runtime::source_error;
using parse_errors = std::vector<diagnostic>;  // never empty, in the order of the file

// Variables given from outside, name to text; they replace the file's own and take their type.
using overrides = std::map<std::string, std::string, std::less<>>;

// The scenario's name is the file's stem. An include "library:fragments/x.json" is looked for below
// `library`; without one there is no such file.
boost::system::result<scenario, parse_errors> parse_file(const std::filesystem::path& file,
                                                         const overrides& vars,
                                                         const std::filesystem::path& library = {});

// Every scenario in `paths`: files as they are, folders with everything below them that ends in
// ".json", sorted, except what lies in a folder named "fragments", which are for others to
// include. A scenario found in a folder is named by its path below it, "revocation/turns-revoked".
// The mistakes of all files are told together; a variable that no file knows is one, too.
boost::system::result<std::vector<scenario>, parse_errors> load(
    std::span<const std::filesystem::path> paths, const overrides& vars,
    const std::filesystem::path& library = {});

}  // namespace staplelab::scenarios
