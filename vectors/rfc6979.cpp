#include "vectors/rfc6979.hpp"

#include <openssl/ec.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>

#include "pki/errors.hpp"
#include "pki/handles.hpp"

namespace staplelab::vectors {
namespace {

using pki::bignum_handle;
using pki::bytes;
using pki::bytes_view;
using group_handle = pki::handle<EC_GROUP, EC_GROUP_free>;
using point_handle = pki::handle<EC_POINT, EC_POINT_free>;
using bn_ctx_handle = pki::handle<BN_CTX, BN_CTX_free>;

constexpr int width = 32;  // octets of a number below n

void check(bool done) {
  if (!done) pki::throw_openssl("computing on P-256");
}

bignum_handle number(bytes_view octets) {
  bignum_handle made{BN_bin2bn(octets.data(), static_cast<int>(octets.size()), nullptr)};
  check(made != nullptr);
  return made;
}

bytes octets_of(const BIGNUM* number) {
  bytes out(width);
  check(BN_bn2binpad(number, out.data(), width) == width);
  return out;
}

class curve {
 public:
  curve() : group_(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1)), room_(BN_CTX_new()) {
    check(group_ && room_);
  }
  const BIGNUM* order() const { return EC_GROUP_get0_order(group_.get()); }  // borrowed
  BN_CTX* room() const { return room_.get(); }
  const EC_GROUP* group() const { return group_.get(); }
  point_handle times_base(const BIGNUM* factor) const {
    point_handle point{EC_POINT_new(group_.get())};
    check(point && EC_POINT_mul(group_.get(), point.get(), factor, nullptr, nullptr, room()) == 1);
    return point;
  }

 private:
  group_handle group_;
  bn_ctx_handle room_;
};

bytes hash(bytes_view message, const EVP_MD* digest) {
  bytes out(EVP_MAX_MD_SIZE);
  unsigned int size = 0;
  check(EVP_Digest(message.data(), message.size(), out.data(), &size, digest, nullptr) == 1);
  out.resize(size);
  return out;
}

// HMAC_DRBG as RFC 6979 3.2 runs it.
class nonces {
 public:
  nonces(const EVP_MD* digest, const bytes& key, const bytes& hashed)
      : digest_(digest),
        key_(static_cast<std::size_t>(EVP_MD_get_size(digest)), 0x00),
        value_(key_.size(), 0x01) {
    for (const std::uint8_t round : {0x00, 0x01}) {
      bytes input = value_;
      input.push_back(round);
      input.insert(input.end(), key.begin(), key.end());
      input.insert(input.end(), hashed.begin(), hashed.end());
      key_ = hmac(input);
      value_ = hmac(value_);
    }
  }

  bytes next() {
    bytes octets;
    while (octets.size() < width) {
      value_ = hmac(value_);
      octets.insert(octets.end(), value_.begin(), value_.end());
    }
    octets.resize(width);
    bytes input = value_;  // for the next candidate, if there must be one
    input.push_back(0x00);
    key_ = hmac(input);
    value_ = hmac(value_);
    return octets;
  }

 private:
  bytes hmac(const bytes& input) const {
    bytes out(EVP_MAX_MD_SIZE);
    unsigned int size = 0;
    check(HMAC(digest_, key_.data(), static_cast<int>(key_.size()), input.data(), input.size(),
               out.data(), &size) != nullptr);
    out.resize(size);
    return out;
  }

  const EVP_MD* digest_;
  bytes key_;
  bytes value_;
};

}  // namespace

bytes p256_private_key(bytes_view octets) {
  const curve p256;
  const bignum_handle range{BN_dup(p256.order())};
  const bignum_handle key = number(octets);
  check(range && BN_sub_word(range.get(), 1) == 1 &&
        BN_nnmod(key.get(), key.get(), range.get(), p256.room()) == 1 &&
        BN_add_word(key.get(), 1) == 1);
  return octets_of(key.get());
}

bytes p256_public_key(bytes_view private_key) {
  const curve p256;
  const point_handle point = p256.times_base(number(private_key).get());
  bytes out(1 + 2 * width);
  check(EC_POINT_point2oct(p256.group(), point.get(), POINT_CONVERSION_UNCOMPRESSED, out.data(),
                           out.size(), p256.room()) == out.size());
  return out;
}

p256_signature p256_sign(bytes_view private_key, bytes_view message, const EVP_MD* digest) {
  const curve p256;
  const BIGNUM* n = p256.order();
  bytes hashed = hash(message, digest);
  hashed.resize(std::min<std::size_t>(hashed.size(), width));  // the leftmost 256 bits
  const bignum_handle d = number(private_key);
  const bignum_handle z = number(hashed);
  const bignum_handle z_reduced{BN_new()};
  const bignum_handle r{BN_new()};
  const bignum_handle s{BN_new()};
  check(z_reduced && r && s && BN_nnmod(z_reduced.get(), z.get(), n, p256.room()) == 1);
  nonces candidates(digest, octets_of(d.get()), octets_of(z_reduced.get()));
  while (true) {
    const bignum_handle k = number(candidates.next());
    if (BN_is_zero(k.get()) || BN_cmp(k.get(), n) >= 0) continue;
    const point_handle point = p256.times_base(k.get());
    check(EC_POINT_get_affine_coordinates(p256.group(), point.get(), r.get(), nullptr,
                                          p256.room()) == 1 &&
          BN_nnmod(r.get(), r.get(), n, p256.room()) == 1);
    const bignum_handle inverse{BN_mod_inverse(nullptr, k.get(), n, p256.room())};
    check(inverse && BN_mod_mul(s.get(), r.get(), d.get(), n, p256.room()) == 1 &&
          BN_mod_add(s.get(), s.get(), z.get(), n, p256.room()) == 1 &&
          BN_mod_mul(s.get(), s.get(), inverse.get(), n, p256.room()) == 1);
    if (!BN_is_zero(r.get()) && !BN_is_zero(s.get())) break;
  }
  return {octets_of(r.get()), octets_of(s.get())};
}

}  // namespace staplelab::vectors
