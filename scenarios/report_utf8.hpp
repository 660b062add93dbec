// Text that came from anywhere, character by character: what is no UTF-8 becomes U+FFFD.
#pragma once

#include <functional>
#include <string_view>

namespace staplelab::scenarios {

inline constexpr std::string_view replacement_character = "\xef\xbf\xbd";

// The octets of an octet that belongs to no character are `replacement_character`. Overlong forms,
// surrogates and what lies beyond U+10FFFF are no characters.
void for_each_character(std::string_view text,
                        const std::function<void(char32_t, std::string_view octets)>& use);

}  // namespace staplelab::scenarios
