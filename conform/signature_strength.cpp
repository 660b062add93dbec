#include "conform/signature_strength.hpp"

#include <algorithm>
#include <array>

#include "conform/identifiers.hpp"

namespace staplelab::conform {
namespace {

struct known_algorithm {
  der::bytes_view identifier;
  const char* name;
  int digest_bits;
};

constexpr std::array known{
    known_algorithm{identifier::md5_rsa, "md5WithRSAEncryption", 0},
    known_algorithm{identifier::sha1_rsa, "sha1WithRSAEncryption", 0},
    known_algorithm{identifier::sha1_dsa, "dsa-with-SHA1", 0},
    known_algorithm{identifier::sha1_ecdsa, "ecdsa-with-SHA1", 0},
    known_algorithm{identifier::sha256_rsa, "sha256WithRSAEncryption", 256},
    known_algorithm{identifier::sha384_rsa, "sha384WithRSAEncryption", 384},
    known_algorithm{identifier::sha512_rsa, "sha512WithRSAEncryption", 512},
    known_algorithm{identifier::sha256_ecdsa, "ecdsa-with-SHA256", 256},
    known_algorithm{identifier::sha384_ecdsa, "ecdsa-with-SHA384", 384},
    known_algorithm{identifier::sha512_ecdsa, "ecdsa-with-SHA512", 512},
    known_algorithm{identifier::ed25519, "Ed25519", 512},
    known_algorithm{identifier::ed448, "Ed448", 512},
};

}  // namespace

std::optional<signature_strength> strength_of(der::bytes_view algorithm) {
  const auto found = std::ranges::find_if(
      known, [&](const known_algorithm& each) { return der::same(each.identifier, algorithm); });
  if (found == known.end()) return std::nullopt;
  return signature_strength{found->name, found->digest_bits};
}

}  // namespace staplelab::conform
