#include "scenarios/report_incidents.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>

namespace staplelab::scenarios {
namespace {

constexpr std::string_view preamble = R"(# Incidents

Real events, replayed in simulated time. Each is a scenario of the library: what happened to the CA,
the responder or the server happens again, at the intervals at which it happened, to the endpoint
under test. `staplelab incidents` lists them, `staplelab run --explain NAME` tells one while it
runs. This page is made from their files by `staplelab incidents --markdown`; change the files, not
the page.

Only what is publicly documented is told, and each incident tells servers apart: a good server
passes, and at least one [policy](endpoint.md#profiles) of ours fails. To see which:

```sh
staplelab run incidents --profile resilient,nginx-like,apache-like,caddy-like
```

What servers of Debian 12 did in them is in [incidents-on-servers.md](incidents-on-servers.md).
)";

struct chapter {
  std::string_view folder;
  std::string_view heading;
  std::string_view about;
};
constexpr chapter chapters[] = {
    {"ca-side", "What CAs and their responders did", "The answer was wrong, late, or not there."},
    {"mass-revocation", "Mass revocation", "Thousands of certificates within hours."},
    {"servers", "What servers did",
     "The responder was right, or as wrong as ever; the server made it worse."},
    {"clients", "What clients saw", "The server stapled, and its clients did not like it."},
};

std::string chapter_of(const scenario& one) {
  const auto behind = one.name.rfind('/');
  if (behind == std::string::npos) return {};
  const auto before = one.name.rfind('/', behind - 1);
  const auto from = before == std::string::npos ? 0 : before + 1;
  return one.name.substr(from, behind - from);
}

// What Markdown would take for markup of its own.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') {
      out += ' ';
      continue;
    }
    if (std::string_view("\\`*_[]<>#|").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string section_of(const scenario& one) {
  const incident& story = *one.replays;
  std::string text = fmt::format("### {}\n\n*{}* · `{}`\n\n{}\n\n", escaped(one.title),
                                 spoken_date(story.date), one.name, escaped(story.happened));
  text += fmt::format("- **Tells apart:** {}\n- **A good server:** {}\n- **Sources:** ",
                      escaped(story.discriminates), escaped(story.good_server));
  for (std::size_t i = 0; i < story.sources.size(); ++i)
    text += fmt::format("{}<{}>", i == 0 ? "" : ", ", story.sources[i]);
  return text + "\n\n";
}

std::string chapter_text(std::string_view heading, std::string_view about,
                         std::span<const scenario* const> of) {
  std::string text = fmt::format("\n## {}\n\n{}\n\n", heading, about);
  for (const scenario* one : of)
    text += section_of(*one);
  text.pop_back();
  return text;
}

}  // namespace

std::vector<const scenario*> incidents_among(std::span<const scenario> all) {
  std::vector<const scenario*> found;
  for (const scenario& one : all) {
    if (one.replays) found.push_back(&one);
  }
  std::ranges::sort(found, {}, [](const scenario* one) {
    return std::tuple(one->replays->date, std::cref(one->name).get());
  });
  return found;
}

std::string incident_list(std::span<const scenario* const> incidents) {
  std::size_t longest = 0;
  for (const scenario* one : incidents)
    longest = std::max(longest, one->name.size());
  std::string text;
  for (const scenario* one : incidents) {
    text += fmt::format("{:<10}  {:<{}}  {}\n", iso_date(one->replays->date), one->name, longest,
                        one->title);
  }
  return text;
}

std::string incident_json(std::span<const scenario* const> incidents) {
  auto array = nlohmann::ordered_json::array();
  for (const scenario* one : incidents) {
    const incident& story = *one->replays;
    nlohmann::ordered_json object;
    object["name"] = one->name;
    object["file"] = one->file;
    object["title"] = one->title;
    object["date"] = iso_date(story.date);
    object["happened"] = story.happened;
    object["sources"] = story.sources;
    object["discriminates"] = story.discriminates;
    object["good_server"] = story.good_server;
    array.push_back(std::move(object));
  }
  return array.dump(2) + "\n";
}

std::string incident_markdown(std::span<const scenario* const> incidents) {
  std::map<std::string, std::vector<const scenario*>, std::less<>> by_chapter;
  for (const scenario* one : incidents)
    by_chapter[chapter_of(*one)].push_back(one);
  std::string text(preamble);
  for (const auto& [folder, heading, about] : chapters) {
    const auto found = by_chapter.find(folder);
    if (found == by_chapter.end()) continue;
    text += chapter_text(heading, about, found->second);
    by_chapter.erase(found);
  }
  for (const auto& [folder, rest] : by_chapter)
    text += chapter_text(folder.empty() ? "Others" : folder, "Incidents of a library of your own.",
                         rest);
  return text;
}

}  // namespace staplelab::scenarios
