// Where a server is, from what a person typed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/async.hpp"

namespace staplelab::cli {

struct host_port {
  std::string host;  // without brackets
  std::uint16_t port;
};

// "www.example:443", "127.0.0.1:8443", "[::1]:8443". Throws a usage failure.
host_port parse_host_port(std::string_view option, std::string_view text);

// Block. Throw failure with code 5 when the name has no address.
std::vector<runtime::tcp::endpoint> resolve_all(const host_port& server);  // at least one
runtime::tcp::endpoint resolve(const host_port& server);                   // the first

}  // namespace staplelab::cli
