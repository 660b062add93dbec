#include "cli/loaded_scenarios.hpp"

#include <fmt/format.h>

#include "cli/failure.hpp"
#include "cli/library_folder.hpp"
#include "cli/program.hpp"
#include "runtime/source_position.hpp"

namespace staplelab::cli {

std::vector<scenarios::scenario> load_or_fail(const std::vector<std::filesystem::path>& paths,
                                              const scenarios::overrides& vars) {
  auto loaded = scenarios::load(paths, vars);
  if (loaded) return *std::move(loaded);
  for (const auto& error : loaded.error())
    fmt::print(stderr, "{}", runtime::render(error));
  const std::size_t count = loaded.error().size();
  std::string hint;
  for (const auto& path : paths) {
    std::error_code ignored;
    const auto bundled = library_folder(this_program()) / (path.string() + ".json");
    if (std::filesystem::exists(path, ignored) || !std::filesystem::exists(bundled, ignored))
      continue;
    hint = fmt::format("for a bundled scenario: staplelab run --filter '{}'", path.string());
  }
  throw failure(
      exit_code::bad_input,
      fmt::format("{} error{} in scenarios; nothing was run", count, count == 1 ? "" : "s"), hint);
}

}  // namespace staplelab::cli
