// One page that holds a whole run: the stream of messages of console/src/stream.ts, frozen into
// the console's page.
#pragma once

#include <string>
#include <string_view>

#include "scenarios/result.hpp"

namespace staplelab::scenarios {

// Where the stream goes in the page.
inline constexpr std::string_view stream_place = "@STREAM@";

// One JSON object a line.
std::string message_stream(const run_result& run, std::string_view version);

// `page` has stream_place in it, once. The stream is compressed and in base64: no text of a
// scenario can be taken for markup.
std::string html_report(const run_result& run, std::string_view version, std::string_view page);

}  // namespace staplelab::scenarios
