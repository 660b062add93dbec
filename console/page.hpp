// The web page of console/src, built by npm and carried by the program.
#pragma once

#include <string_view>

namespace staplelab::console {

// One HTML file that asks nothing of any other host; the stream of messages goes where @STREAM@
// stands. Empty when the program was built without node and npm.
std::string_view page();

}  // namespace staplelab::console
