// What the program says about itself.
#pragma once

namespace staplelab::cli {

inline constexpr const char* program_name = "staplelab";
extern const char* const program_version;
extern const char* const program_summary;
extern const char* const program_footer;
extern const char* const ca_footer;

}  // namespace staplelab::cli
