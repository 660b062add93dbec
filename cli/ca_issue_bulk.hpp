// `ca issue --count` and `--csv`: many certificates in one act, without files of their own.
#pragma once

#include <cstddef>
#include <string>

#include "cli/failure.hpp"
#include "pki/mini_ca.hpp"

namespace staplelab::cli {

// NAME-1 to NAME-`count`.
exit_code issue_count(const std::string& directory, const pki::issue_description& alike,
                      std::size_t count);
// A line for each: its name, and perhaps more names for subjectAltName, separated by commas; empty
// lines and what follows a # do not count. Throws failure with code 2, and the line, for a mistake.
exit_code issue_csv(const std::string& directory, const pki::issue_description& alike,
                    const std::string& file);

}  // namespace staplelab::cli
