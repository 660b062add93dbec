// Any text as a configuration: a typed result or errors with a position inside the text.
#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "stapler/config.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace staplelab;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parsed = stapler::parse_config(text, "fuzz.conf");
  if (parsed) return 0;
  if (parsed.error().list.empty()) std::abort();
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  for (const auto& error : parsed.error().list) {
    if (error.where.line < 1 || error.where.line > lines + 1) std::abort();
  }
  return 0;
}
