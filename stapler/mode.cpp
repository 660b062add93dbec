#include "stapler/mode.hpp"

#include <cassert>

namespace staplelab::stapler {

std::string_view to_string(mode m) {
  switch (m) {
    case mode::auto_:
      return "auto";
    case mode::must:
      return "must";
    case mode::always:
      return "always";
    case mode::never:
      return "never";
  }
  assert(false);
  return {};
}

std::optional<mode> parse_mode(std::string_view name) {
  for (const mode m : all_modes) {
    if (to_string(m) == name) return m;
  }
  if (name == "true") return mode::auto_;
  if (name == "false") return mode::never;
  return {};
}

std::string_view to_string(staple_class c) {
  switch (c) {
    case staple_class::off:
      return "off";
    case staple_class::staple:
      return "staple";
    case staple_class::enforce:
      return "enforce";
  }
  assert(false);
  return {};
}

staple_class classify(mode m, bool must_staple) {
  switch (m) {
    case mode::auto_:
      return must_staple ? staple_class::staple : staple_class::off;
    case mode::must:
      return must_staple ? staple_class::enforce : staple_class::off;
    case mode::always:
      return staple_class::enforce;
    case mode::never:
      return staple_class::off;
  }
  assert(false);
  return staple_class::off;
}

}  // namespace staplelab::stapler
