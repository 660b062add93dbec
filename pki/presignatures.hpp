// ECDSA in two halves. What needs no message, k⁻¹ and the x-coordinate r of k·G (FIPS 186-5 6.4.1,
// steps 3 to 7), is made for a batch at once: the batch shares the two inversions that are half of
// the price of a signature. The other half takes a digest and is next to nothing.
//
// Each pair signs once and is then gone; a process that forks must not use it on both sides, where
// one pair would sign twice and tell the key. The numbers k come from OpenSSL's private generator,
// as its own do, and the arithmetic is OpenSSL's as well.
#pragma once

#include <cstddef>
#include <memory>

#include "pki/bytes.hpp"
#include "pki/key.hpp"

namespace staplelab::pki {

// ECDSA over a prime curve, which all curves of certificates are.
bool can_presign(const key& signer);

class presignatures {
 public:
  static constexpr std::size_t batch = 64;

  // Only for a key that can_presign(). Not for two threads at once. Throws crypto_error.
  explicit presignatures(const key& signer);
  presignatures(presignatures&&) noexcept;
  ~presignatures();

  // DER of an ECDSA-Sig-Value (RFC 3279 2.2.3). Makes the next batch when none is left. Throws
  // crypto_error.
  bytes sign(bytes_view digest);
  std::size_t left() const;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace staplelab::pki
