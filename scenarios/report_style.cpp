#include "scenarios/report_style.hpp"

namespace staplelab::scenarios {
namespace {

std::string_view escape_of(ink colour) {
  switch (colour) {
    case ink::green:
      return "\x1b[32m";
    case ink::red:
      return "\x1b[31m";
    case ink::yellow:
      return "\x1b[33m";
    case ink::bold:
      return "\x1b[1m";
    case ink::faint:
      return "\x1b[2m";
  }
  return "";
}

}  // namespace

std::string painted(std::string_view text, ink colour, const text_style& style) {
  if (!style.colour) return std::string(text);
  return std::string(escape_of(colour)) + std::string(text) + "\x1b[0m";
}

}  // namespace staplelab::scenarios
