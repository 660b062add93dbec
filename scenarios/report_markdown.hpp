// The report as a page of documentation: scenarios against servers, and what each server did where
// it did not do what was expected.
#pragma once

#include <string>

#include "scenarios/result.hpp"

namespace staplelab::scenarios {

// Of several cases in a cell (modes, kinds of certificate) the worst one shows. A scenario that no
// server could play is left out.
std::string markdown_report(const run_result& run);

}  // namespace staplelab::scenarios
