#include "conform/target.hpp"

#include "pki/digest.hpp"

namespace staplelab::conform {

std::string_view to_string(profile which) {
  switch (which) {
    case profile::rfc6960:
      return "rfc6960";
    case profile::rfc9919:
      return "rfc9919";
    case profile::webpki:
      return "webpki";
  }
  return {};
}

std::optional<profile> parse_profile(std::string_view name) {
  for (const auto which : {profile::rfc6960, profile::rfc9919, profile::webpki}) {
    if (to_string(which) == name) return which;
  }
  return std::nullopt;
}

pki::serial_number likely_unassigned_serial(const pki::certificate& leaf) {
  constexpr std::size_t octets = 16;
  pki::bytes magnitude = pki::sha256(leaf.der());
  magnitude.resize(octets);
  magnitude[0] = (magnitude[0] & 0x7f) | 0x40;  // positive, and all 16 octets long
  return pki::serial_number::from_magnitude(magnitude);
}

}  // namespace staplelab::conform
