// DNS names as TLS compares them: without regard to the case of ASCII letters (RFC 4343).
#pragma once

#include <string>
#include <string_view>

namespace staplelab::stapler {

std::string lower_case(std::string name);

// Both in lower case. A wildcard stands for one whole label, the first (RFC 6125 6.4.3).
bool matches(std::string_view pattern, std::string_view name);

}  // namespace staplelab::stapler
