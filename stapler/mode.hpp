// The four stapling modes of the NATS documentation, and what a mode makes of a certificate.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace staplelab::stapler {

enum class mode { auto_, must, always, never };

inline constexpr std::array all_modes{mode::auto_, mode::must, mode::always, mode::never};

std::string_view to_string(mode m);  // "auto", "must", ...

// Also "true", which is auto, and "false", which is never.
std::optional<mode> parse_mode(std::string_view name);

enum class staple_class {
  off,      // no staple, no fetch
  staple,   // staples, and stays up whatever the responder says
  enforce,  // staples, and would rather not serve than serve revoked
};
std::string_view to_string(staple_class c);

staple_class classify(mode m, bool must_staple);

}  // namespace staplelab::stapler
