// Whether a request comes from a program on this machine, rather than from a web page that drives a
// visitor's browser (cross-site requests, DNS rebinding).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "runtime/http.hpp"

namespace staplelab::responder {

// "localhost", "127.x.y.z" or "[::1]", with or without a port.
bool names_loopback(std::string_view host_field);

// What is wrong with the Host and Origin fields; empty for nothing. HTTP/1.0 needs no Host.
std::optional<std::string> foreign_field(const runtime::http_request& request);

}  // namespace staplelab::responder
