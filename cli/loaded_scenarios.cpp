#include "cli/loaded_scenarios.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>

#include "cli/failure.hpp"
#include "cli/library_folder.hpp"
#include "cli/program.hpp"
#include "runtime/did_you_mean.hpp"
#include "runtime/source_position.hpp"

namespace staplelab::cli {
namespace {

namespace fs = std::filesystem;

// A program without its library runs files all the same.
fs::path library_or_nothing() {
  try {
    return below_here(library_folder(this_program()));
  } catch (const failure&) {
    return {};
  }
}

// The names of what is bundled, scenarios and folders, each with where it is.
using bundled_names = std::map<std::string, fs::path, std::less<>>;

bundled_names names_in(const fs::path& library) {
  bundled_names names;
  std::error_code failed;
  for (fs::recursive_directory_iterator each(library, failed), end; !failed && each != end;
       each.increment(failed)) {
    if (each->path().filename() == "fragments") {
      each.disable_recursion_pending();
      continue;
    }
    auto name = each->path().lexically_relative(library);
    if (each->is_directory()) {
      names.emplace(name.generic_string(), each->path());
    } else if (name.extension() == ".json") {
      names.emplace(name.replace_extension().generic_string(), each->path());
    }
  }
  return names;
}

std::vector<std::string_view> ending_with(const bundled_names& names, std::string_view text) {
  std::vector<std::string_view> found;
  for (const auto& [name, path] : names) {
    if (name == text) return {name};
    if (name.ends_with("/" + std::string(text))) found.push_back(name);
  }
  return found;
}

std::string nearest(const bundled_names& names, std::string_view text) {
  std::vector<std::string_view> known;
  for (const auto& [name, path] : names) {
    known.push_back(name);
    known.push_back(std::string_view(name).substr(name.rfind('/') + 1));
  }
  const auto near = runtime::nearest_word(text, known);
  return near ? fmt::format("did you mean '{}'?", *near) : std::string();
}

class path_finder {
 public:
  // Bundled ones become paths below the library.
  std::vector<fs::path> files_of(const std::vector<fs::path>& paths) {
    std::vector<fs::path> files;
    for (const auto& path : paths) {
      std::error_code ignored;
      files.push_back(fs::exists(path, ignored) ? path : bundled(path));
    }
    return files;
  }
  // A scenario of the library has its name from there, however it was asked for.
  void rename(scenarios::scenario& one) const {
    for (const auto& [file, name] : found_) {
      const fs::path own(one.file);
      if (own == file) one.name = name;
      const auto below = own.lexically_relative(file);
      if (own != file && !below.empty() && *below.begin() != "..") one.name = name + "/" + one.name;
    }
  }
  const std::string& hint() const { return hint_; }

 private:
  fs::path bundled(const fs::path& path) {
    std::string text = path.generic_string();
    if (text.ends_with('/')) text.pop_back();
    const bool is_file = text.ends_with(".json");  // of somebody's own, most likely
    if (is_file) text.resize(text.size() - 5);
    const auto names = names_in(library_or_nothing());
    const auto named = ending_with(names, text);
    if (named.size() == 1 && (!is_file || named.front() == text)) {
      const auto one = names.find(named.front());
      found_.emplace_back(one->second, one->first);
      return one->second;
    }
    hint_ =
        named.empty() ? nearest(names, text) : fmt::format("bundled: {}", fmt::join(named, ", "));
    return path;
  }

  std::vector<std::pair<fs::path, std::string>> found_;
  std::string hint_;
};

}  // namespace

std::vector<scenarios::scenario> load_or_fail(const std::vector<fs::path>& paths,
                                              const scenarios::overrides& vars) {
  path_finder finder;
  auto loaded = scenarios::load(finder.files_of(paths), vars, library_or_nothing());
  if (loaded) {
    std::ranges::for_each(*loaded, [&](auto& one) { finder.rename(one); });
    return *std::move(loaded);
  }
  for (const auto& error : loaded.error())
    fmt::print(stderr, "{}", runtime::render(error));
  const std::size_t count = loaded.error().size();
  throw failure(
      exit_code::bad_input,
      fmt::format("{} error{} in scenarios; nothing was run", count, count == 1 ? "" : "s"),
      finder.hint());
}

}  // namespace staplelab::cli
