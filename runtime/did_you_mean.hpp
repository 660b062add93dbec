// The known word that a person most likely meant.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace staplelab::runtime {

// The nearest by edit distance (a swap of neighbours is one edit), case ignored; empty when none is
// near: more edits than a third of the written word, and at least one.
std::optional<std::string_view> nearest_word(std::string_view written,
                                             std::span<const std::string_view> known);

// "did you mean 'x'?", or the list of what is known when nothing is near; empty for an empty list.
std::string did_you_mean(std::string_view written, std::span<const std::string_view> known);

}  // namespace staplelab::runtime
