// OpenSSL 3.0 has no other way to sign with a pair that was made before.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#include "pki/presignatures.hpp"

#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/rand.h>

#include <vector>

#include "pki/asn1.hpp"
#include "pki/errors.hpp"
#include "pki/handles.hpp"

namespace staplelab::pki {
namespace {

using ec_key_handle = handle<EC_KEY, EC_KEY_free>;
using ec_point_handle = handle<EC_POINT, EC_POINT_free>;
using secret_bignum_handle = handle<BIGNUM, BN_clear_free>;
using bn_ctx_handle = handle<BN_CTX, BN_CTX_free>;
using bn_mont_handle = handle<BN_MONT_CTX, BN_MONT_CTX_free>;

constexpr const char* presigning = "preparing signatures";

void require(int result) {
  if (result != 1) throw_openssl(presigning);
}

template <class Handle>
Handle made(Handle object) {
  if (!object) throw_openssl(presigning);
  return object;
}

secret_bignum_handle secret_bignum() {
  auto number = made(secret_bignum_handle(BN_new()));
  BN_set_flags(number.get(), BN_FLG_CONSTTIME);
  return number;
}

}  // namespace

bool can_presign(const key& signer) {
  if (EVP_PKEY_is_a(signer.get(), "EC") != 1) return false;
  const error_queue_guard guard;
  const ec_key_handle own(EVP_PKEY_get1_EC_KEY(signer.get()));    // owned
  return own && EC_KEY_get0_private_key(own.get()) != nullptr &&  // borrowed
         EC_GROUP_get_field_type(EC_KEY_get0_group(own.get())) == NID_X9_62_prime_field;
}

// What a batch needs is made once and used by every batch.
struct presignatures::state {
  explicit state(const pki::key& signer);
  void make_batch();
  void draw_multipliers();
  void multiply();
  // Of every k, for the price of one inversion and three multiplications each (Montgomery 1987).
  void invert();
  const EC_GROUP* group() const { return EC_KEY_get0_group(key.get()); }  // borrowed
  const BIGNUM* order() const { return EC_GROUP_get0_order(group()); }    // n; borrowed
  void times(BIGNUM* to, const BIGNUM* a, const BIGNUM* b) {
    require(BN_mod_mul_montgomery(to, a, b, modulo_order.get(), context.get()));
  }

  struct pair {
    secret_bignum_handle k = secret_bignum();        // then k⁻¹ mod n
    secret_bignum_handle product = secret_bignum();  // of all k up to this one
    bignum_handle r = made(bignum_handle(BN_new()));
  };
  ec_key_handle key;
  bn_ctx_handle context;
  bn_mont_handle modulo_order;
  std::vector<ec_point_handle> points;
  std::vector<pair> pairs;
  secret_bignum_handle inverse = secret_bignum(), own = secret_bignum();
  std::size_t left = 0;  // the first ones
};

presignatures::presignatures(const key& signer) : state_(std::make_unique<state>(signer)) {}
presignatures::presignatures(presignatures&&) noexcept = default;
presignatures::~presignatures() = default;

std::size_t presignatures::left() const {
  return state_->left;
}

bytes presignatures::sign(bytes_view digest) {
  const error_queue_guard guard;
  auto& my = *state_;
  if (my.left == 0) my.make_batch();
  const auto& once = my.pairs[--my.left];
  bytes signature(static_cast<std::size_t>(ECDSA_size(my.key.get())));
  unsigned int size = 0;
  const int result =
      ECDSA_sign_ex(0, digest.data(), static_cast<int>(digest.size()), signature.data(), &size,
                    once.k.get(), once.r.get(), my.key.get());
  BN_clear(once.k.get());
  if (result != 1) throw_openssl("signing with a prepared pair");
  signature.resize(size);
  return signature;
}

presignatures::state::state(const pki::key& signer)
    : key(made(ec_key_handle(EVP_PKEY_get1_EC_KEY(signer.get())))),
      context(made(bn_ctx_handle(BN_CTX_secure_new()))),
      modulo_order(made(bn_mont_handle(BN_MONT_CTX_new()))),
      pairs(batch) {
  const error_queue_guard guard;
  require(BN_MONT_CTX_set(modulo_order.get(), order(), context.get()));
  for (std::size_t i = 0; i < batch; ++i)
    points.push_back(made(ec_point_handle(EC_POINT_new(group()))));
}

void presignatures::state::make_batch() {
  draw_multipliers();
  multiply();
  invert();
  left = batch;
}

// FIPS 186-5 A.3.2, by rejection. All octets of a batch are drawn at once: asking the generator is
// dearer than what it gives.
void presignatures::state::draw_multipliers() {
  const auto size = static_cast<std::size_t>(BN_num_bytes(order()));
  std::vector<std::uint8_t> octets(batch * size);
  require(RAND_priv_bytes(octets.data(), static_cast<int>(octets.size())));
  for (std::size_t i = 0; i < batch; ++i) {
    auto* k = pairs[i].k.get();
    if (BN_bin2bn(octets.data() + i * size, static_cast<int>(size), k) == nullptr) {
      throw_openssl(presigning);
    }
    if (BN_num_bits(k) > BN_num_bits(order())) require(BN_mask_bits(k, BN_num_bits(order())));
    while (BN_is_zero(k) || BN_cmp(k, order()) >= 0)
      require(BN_priv_rand_range(k, order()));
  }
  OPENSSL_cleanse(octets.data(), octets.size());
}

void presignatures::state::multiply() {
  std::vector<EC_POINT*> borrowed;
  for (std::size_t i = 0; i < batch; ++i) {
    borrowed.push_back(points[i].get());
    require(
        EC_POINT_mul(group(), borrowed.back(), pairs[i].k.get(), nullptr, nullptr, context.get()));
  }
  require(EC_POINTs_make_affine(group(), borrowed.size(), borrowed.data(), context.get()));
  // Their third coordinate is one now, so that the first is x; EC_POINT_get_affine_coordinates
  // would invert once more for each.
  for (std::size_t i = 0; i < batch; ++i) {
    auto* r = pairs[i].r.get();
    require(EC_POINT_get_Jprojective_coordinates_GFp(group(), borrowed[i], r, nullptr, nullptr,
                                                     context.get()));
    require(BN_nnmod(r, r, order(), context.get()));
    if (BN_is_zero(r)) throw crypto_error{"a signature came out as zero"};  // once in 2²⁵⁶
  }
}

void presignatures::state::invert() {
  for (std::size_t i = 0; i < batch; ++i) {
    auto* k = pairs[i].k.get();
    require(BN_to_montgomery(k, k, modulo_order.get(), context.get()));
    auto* product = pairs[i].product.get();
    if (i == 0) {
      if (BN_copy(product, k) == nullptr) throw_openssl(presigning);
    } else {
      times(product, pairs[i - 1].product.get(), k);
    }
  }
  auto* rest = inverse.get();  // of the product of all that are not done
  require(BN_from_montgomery(rest, pairs.back().product.get(), modulo_order.get(), context.get()));
  if (BN_mod_inverse(rest, rest, order(), context.get()) == nullptr) throw_openssl(presigning);
  require(BN_to_montgomery(rest, rest, modulo_order.get(), context.get()));
  for (std::size_t i = batch; i-- > 1;) {
    auto* k = pairs[i].k.get();
    times(own.get(), rest, pairs[i - 1].product.get());
    times(rest, rest, k);
    require(BN_from_montgomery(k, own.get(), modulo_order.get(), context.get()));
  }
  require(BN_from_montgomery(pairs[0].k.get(), rest, modulo_order.get(), context.get()));
  // Each would tell a multiplier that has signed, and so the key.
  for (auto& each : pairs)
    BN_clear(each.product.get());
  BN_clear(rest);
  BN_clear(own.get());
}

}  // namespace staplelab::pki
