// scenarios/schema.json, as it was when the program was built.
#pragma once

#include <string_view>

namespace staplelab::cli {

extern const std::string_view scenario_schema;

}  // namespace staplelab::cli
