// The incidents among scenarios: as a list for people, as JSON, and as docs/incidents.md.
#pragma once

#include <span>
#include <string>

#include "scenarios/scenario.hpp"

namespace staplelab::scenarios {

// Those that replay a real event, the earliest first. They outlive the list.
std::vector<const scenario*> incidents_among(std::span<const scenario> all);

// "2017-05-18  incidents/ca-side/double-slash  A double slash ...", one line each.
std::string incident_list(std::span<const scenario* const> incidents);
// An array of objects, with the keys of the file beside name, title and file.
std::string incident_json(std::span<const scenario* const> incidents);
// The whole document, by folder and date, with its sources and the command that replays each.
std::string incident_markdown(std::span<const scenario* const> incidents);

}  // namespace staplelab::scenarios
