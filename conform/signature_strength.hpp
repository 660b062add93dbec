// How much a signature algorithm is worth.
#pragma once

#include <optional>
#include <string>

#include "conform/der.hpp"

namespace staplelab::conform {

struct signature_strength {
  std::string name;
  int digest_bits;  // 0: not to be relied on any more
};
// Empty for algorithms whose identifier alone does not tell.
std::optional<signature_strength> strength_of(der::bytes_view algorithm);

}  // namespace staplelab::conform
