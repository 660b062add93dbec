// scenarios/schema.json and scenarios/targets/target.schema.json, as they were when the program was
// built.
#pragma once

#include <string_view>

namespace staplelab::cli {

extern const std::string_view scenario_schema;
extern const std::string_view target_schema;

}  // namespace staplelab::cli
