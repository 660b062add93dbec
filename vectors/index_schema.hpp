// The JSON Schema (draft 2020-12) of index.json.
#pragma once

#include <string_view>

namespace staplelab::vectors {

std::string_view index_schema();

}  // namespace staplelab::vectors
