// Delegated OCSP signers of a mini-CA (RFC 6960 4.2.2.2), made when they are needed.
#pragma once

#include <optional>
#include <string_view>

#include "pki/key.hpp"
#include "pki/mini_ca.hpp"

namespace staplelab::cli {

inline constexpr pki::duration delegate_lifetime = std::chrono::days(30);

// The authority's newest signer that needs no renewal yet and has a key of this type, or a new one,
// which the CA then has. Without a type any will do, and a new one is p256.
pki::credential delegate_of(pki::mini_ca& ca, std::string_view authority,
                            std::optional<pki::key_type> type, pki::time_point now);

}  // namespace staplelab::cli
