// Option values that mean something: from the text a person typed to a typed value, or a usage
// failure that names the option, the text, and what was most likely meant.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pki/cert_status.hpp"
#include "pki/key.hpp"
#include "pki/time.hpp"
#include "runtime/async.hpp"

namespace staplelab::cli {

[[noreturn]] void refuse_value(std::string_view option, std::string_view text,
                               const std::string& hint);
[[noreturn]] void refuse_choice(std::string_view option, std::string_view text,
                                std::span<const std::string_view> known);

// `parse` gives an optional; `known` are the words it accepts, for the hint.
template <class Parse>
auto choice(std::string_view option, std::string_view text, Parse parse,
            std::span<const std::string_view> known) {
  const auto value = parse(text);
  if (!value) refuse_choice(option, text, known);
  return *value;
}

// "a,b" and repeated options alike; empty parts do not count.
std::vector<std::string> split_list(const std::vector<std::string>& values);

// RFC 3339; empty text: the wall clock's now.
pki::time_point time_option(std::string_view option, const std::string& text);
// "7d", "90m", "36h", "1500ms"; never negative.
pki::duration duration_option(std::string_view option, std::string_view text);
pki::key_type key_type_option(std::string_view option, std::string_view text);
// Reasons a person may give; removeFromCRL is none.
pki::crl_reason reason_option(std::string_view option, std::string_view text);
// "127.0.0.1:8888", "[::1]:0", "localhost:0", ":8888" (loopback).
runtime::tcp::endpoint listen_option(std::string_view option, std::string_view text);

pki::time_point wall_clock_now();

}  // namespace staplelab::cli
