#include "cli/base64.hpp"

#include <cstdint>

namespace staplelab::cli {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

std::string to_base64(pki::bytes_view octets) {
  std::string text;
  for (std::size_t i = 0; i < octets.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8 | (i + k < octets.size() ? octets[i + k] : 0);
    }
    const std::size_t digits = std::min<std::size_t>(octets.size() - i, 3) + 1;
    for (std::size_t k = 0; k < 4; ++k) {
      text += k < digits ? alphabet[group >> (18 - 6 * k) & 63] : '=';
    }
  }
  return text;
}

}  // namespace

std::optional<pki::bytes> from_base64(std::string_view text) {
  pki::bytes octets;
  std::uint32_t group = 0;
  std::size_t digits = 0;
  bool padded = false;
  for (const char c : text) {
    if (is_space(c)) continue;
    if (c == '=') {
      padded = true;
      continue;
    }
    const auto value = alphabet.find(c);
    if (padded || value == std::string_view::npos) return std::nullopt;
    group = group << 6 | static_cast<std::uint32_t>(value);
    if (++digits % 4 == 0) {
      octets.insert(octets.end(),
                    {static_cast<std::uint8_t>(group >> 16), static_cast<std::uint8_t>(group >> 8),
                     static_cast<std::uint8_t>(group)});
      group = 0;
    }
  }
  if (digits % 4 == 1) return std::nullopt;
  if (digits % 4 == 2) octets.push_back(static_cast<std::uint8_t>(group >> 4));
  if (digits % 4 == 3) {
    octets.push_back(static_cast<std::uint8_t>(group >> 10));
    octets.push_back(static_cast<std::uint8_t>(group >> 2));
  }
  return octets;
}

std::string to_pem(std::string_view label, pki::bytes_view der) {
  const std::string text = to_base64(der);
  std::string pem = "-----BEGIN " + std::string(label) + "-----\n";
  for (std::size_t i = 0; i < text.size(); i += 64)
    pem += text.substr(i, 64) + "\n";
  return pem + "-----END " + std::string(label) + "-----\n";
}

}  // namespace staplelab::cli
