#include "scenarios/parse.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "runtime/did_you_mean.hpp"
#include "scenarios/include.hpp"
#include "scenarios/json_document.hpp"
#include "scenarios/parse_decoder.hpp"
#include "scenarios/parse_diagnostics.hpp"
#include "scenarios/parse_sections.hpp"
#include "scenarios/parse_values.hpp"

namespace staplelab::scenarios {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view fragment_folder = "fragments";

constexpr time_point default_start = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1);

std::optional<std::uint64_t> read_seed(decoder& d, const json_value& value) {
  const auto seed = read_integer(d, value);
  if (!seed || *seed >= 0) return seed;
  d.error(value.at, "a seed cannot be negative");
  return {};
}

std::optional<std::string> read_tag(decoder& d, const json_value& value) {
  const auto tag = read_text(d, value);
  return tag && check_new_name(d, *tag, value.at) ? tag : std::nullopt;
}

// `$schema` is for editors. What refers to other parts is read after this table, in order.
constexpr key_row<scenario> scenario_rows[] = {
    {"$schema", elsewhere<scenario>},
    {"title", into<&scenario::title, read_text>, presence::required},
    {"about", into<&scenario::about, read_prose>},
    {"date", elsewhere<scenario>},
    {"happened", elsewhere<scenario>},
    {"sources", elsewhere<scenario>},
    {"discriminates", elsewhere<scenario>},
    {"good_server", elsewhere<scenario>},
    {"tags", into<&scenario::tags, list_of<read_tag>>},
    {"seed", into<&scenario::seed, read_seed>},
    {"start", into<&scenario::start, read_time>},
    {"include", elsewhere<scenario>},
    {"vars", elsewhere<scenario>},
    {"matrix", elsewhere<scenario>},
    {"pki", elsewhere<scenario>},
    {"responder", elsewhere<scenario>},
    {"endpoint", elsewhere<scenario>},
    {"steps", elsewhere<scenario>, presence::required},
};

// An incident begins on its day, or on the first of its month.
time_point start_of(const scenario& one) {
  if (!one.replays) return one.start;
  const auto& date = one.replays->date;
  const auto day = std::max(date.day(), std::chrono::day(1));
  const time_point start = std::chrono::sys_days(date.year() / date.month() / day);
  return start < earliest_start ? one.start : start;
}

scenario decode(decoder& d, const json_value& root) {
  scenario result;
  result.start = default_start;
  read_object(d, root, "a scenario", scenario_rows, result);
  read_incident(d, root, result.replays);
  if (root.find("start") == nullptr) result.start = start_of(result);
  d.start = result.start;
  read_matrix(d, root.find("matrix"), result.over);
  read_pki(d, root.find("pki"), result);
  read_responder(d, root.find("responder"), root.at, result.responder);
  read_endpoint(d, root.find("endpoint"), root.at, result.endpoint);
  for (const auto& each : expand(result)) {
    const auto choice = d.names.must_staple.find(d.default_certificate);
    const bool must_staple =
        choice != d.names.must_staple.end() && is_must_staple(choice->second, each.must_staple);
    d.cases.push_back({each, {{each.mode, must_staple}}});
  }
  if (const json_value* steps = root.find("steps")) read_steps(d, *steps, result);
  return result;
}

struct parsed {
  scenario what;
  parse_errors errors;
  std::set<std::string, std::less<>> used_overrides;
};

parsed parse_one(const fs::path& file, const overrides& vars, const fs::path& library) {
  diagnostics errors;
  includer files(vars, errors, library);
  parsed result;
  if (const auto root = files.assemble(file)) {
    decoder d(errors);
    result.what = decode(d, *root);
  }
  result.what.file = file.string();
  result.what.name = file.stem().string();
  result.errors = errors.take();
  result.used_overrides = files.variables().used_overrides();
  std::ranges::sort(result.errors, {}, [&](const diagnostic& e) {
    return std::tuple(e.file != result.what.file, e.file, e.where.line, e.where.column);
  });
  return result;
}

struct found_file {
  fs::path file;
  std::string name;
};

diagnostic cannot(const fs::path& path, std::string message) {
  return {
      .file = path.string(), .where = {}, .message = std::move(message), .hint = {}, .excerpt = {}};
}

// The scenarios below a folder, sorted by name.
std::vector<found_file> find_below(const fs::path& folder, parse_errors& errors) {
  std::vector<found_file> found;
  std::error_code failed;
  fs::recursive_directory_iterator each(folder, failed);
  for (; !failed && each != fs::recursive_directory_iterator(); each.increment(failed)) {
    if (each->path().filename() == fragment_folder) {
      each.disable_recursion_pending();
      continue;
    }
    if (each->path().extension() != ".json") continue;
    fs::path name = each->path().lexically_relative(folder);
    found.push_back({each->path(), name.replace_extension().generic_string()});
  }
  if (failed) errors.push_back(cannot(folder, "cannot be read: " + failed.message()));
  if (!failed && found.empty()) {
    errors.push_back(cannot(folder, "holds no scenario, which is a file that ends in .json"));
  }
  std::ranges::sort(found, {}, &found_file::name);
  return found;
}

std::vector<found_file> find_files(std::span<const fs::path> paths, parse_errors& errors) {
  std::vector<found_file> all;
  for (const auto& path : paths) {
    std::error_code failed;
    if (fs::is_directory(path, failed)) {
      auto below = find_below(path, errors);
      std::ranges::move(below, std::back_inserter(all));
    } else {
      all.push_back({path, path.stem().string()});
    }
    if (all.size() > max_scenario_files) {
      errors.push_back(cannot(path, fmt::format("more than {} scenarios", max_scenario_files)));
      return {};
    }
  }
  return all;
}

// A variable that no file knows was most likely meant for one that some file does.
void report_unused(const overrides& vars, const std::set<std::string, std::less<>>& used,
                   parse_errors& errors) {
  for (const auto& [name, value] : vars) {
    if (used.contains(name)) continue;
    errors.push_back({.file = "--var",
                      .where = {},
                      .message = fmt::format("no scenario has a variable '{}'", name),
                      .hint = {},
                      .excerpt = fmt::format("{}={}", name, value)});
  }
}

}  // namespace

boost::system::result<scenario, parse_errors> parse_file(const fs::path& file,
                                                         const overrides& vars,
                                                         const fs::path& library) {
  parsed read = parse_one(file, vars, library);
  if (!read.errors.empty()) return std::move(read.errors);
  return std::move(read.what);
}

boost::system::result<std::vector<scenario>, parse_errors> load(std::span<const fs::path> paths,
                                                                const overrides& vars,
                                                                const fs::path& library) {
  parse_errors errors;
  std::vector<scenario> scenarios;
  std::set<std::string, std::less<>> used;
  for (auto& [file, name] : find_files(paths, errors)) {
    parsed read = parse_one(file, vars, library);
    std::ranges::move(read.errors, std::back_inserter(errors));
    read.what.name = std::move(name);
    scenarios.push_back(std::move(read.what));
    used.merge(read.used_overrides);
  }
  if (errors.empty()) report_unused(vars, used, errors);
  if (!errors.empty()) return errors;
  return scenarios;
}

}  // namespace staplelab::scenarios
