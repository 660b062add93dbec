// One question to a server's control socket, as `socat` would put it.
#pragma once

#include <filesystem>
#include <string>

#include "runtime/async.hpp"

namespace staplelab::scenarios {

// Says `text`, and gives what was answered until the server closed the connection, or has said
// nothing more for a second of real time. A socket that cannot be reached gives the reason.
runtime::awaitable<std::string> ask_socket(std::filesystem::path socket, std::string text);

}  // namespace staplelab::scenarios
