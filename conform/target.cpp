#include "conform/target.hpp"

#include "pki/digest.hpp"

namespace staplelab::conform {

pki::serial_number likely_unassigned_serial(const pki::certificate& leaf) {
  constexpr std::size_t octets = 16;
  pki::bytes magnitude = pki::sha256(leaf.der());
  magnitude.resize(octets);
  magnitude[0] = (magnitude[0] & 0x7f) | 0x40;  // positive, and all 16 octets long
  return pki::serial_number::from_magnitude(magnitude);
}

}  // namespace staplelab::conform
