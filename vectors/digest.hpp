// Digests for CertIDs and key identifiers.
#pragma once

#include "vectors/der.hpp"

namespace staplelab::vectors {

enum class digest { sha1, sha256, sha384, sha512 };

bytes hashed(digest with, bytes_view octets);
bytes identifier_of(digest with);  // AlgorithmIdentifier, its parameters NULL
const char* oid_of(digest with);

}  // namespace staplelab::vectors
