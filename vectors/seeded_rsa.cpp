#include "vectors/seeded_rsa.hpp"

#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include <utility>

#include "pki/errors.hpp"

namespace staplelab::vectors {
namespace {

using pki::bignum_handle;
using bn_ctx_handle = pki::handle<BN_CTX, BN_CTX_free>;
using builder_handle = pki::handle<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using params_handle = pki::handle<OSSL_PARAM, OSSL_PARAM_free>;

constexpr unsigned long public_exponent = 65537;

void check(bool done) {
  if (!done) pki::throw_openssl("making an RSA key from a seed");
}

bignum_handle fresh() {
  bignum_handle made{BN_new()};
  check(made != nullptr);
  return made;
}

// The first prime from a seeded point on that RSA can use. With its two highest bits set, two of
// them have a product of the full length.
bignum_handle prime(seeded_octets& octets, int bits, BN_CTX* room) {
  const auto start = octets.take(static_cast<std::size_t>(bits) / 8);
  bignum_handle candidate{BN_bin2bn(start.data(), static_cast<int>(start.size()), nullptr)};
  check(candidate && BN_set_bit(candidate.get(), bits - 1) == 1 &&
        BN_set_bit(candidate.get(), bits - 2) == 1 && BN_set_bit(candidate.get(), 0) == 1);
  while (true) {
    const int is_prime = BN_check_prime(candidate.get(), room, nullptr);
    check(is_prime >= 0);
    if (is_prime == 1 && BN_mod_word(candidate.get(), public_exponent) != 1) return candidate;
    check(BN_add_word(candidate.get(), 2) == 1);
  }
}

struct numbers {
  bignum_handle n = fresh(), e = fresh(), d, p, q, d_p = fresh(), d_q = fresh(), q_inverse;
};

numbers compute(seeded_octets& octets, int bits) {
  const bn_ctx_handle room{BN_CTX_new()};
  check(room != nullptr);
  numbers key;
  key.p = prime(octets, bits / 2, room.get());
  key.q = prime(octets, bits / 2, room.get());
  if (BN_cmp(key.p.get(), key.q.get()) < 0) std::swap(key.p, key.q);
  const bignum_handle p_1{BN_dup(key.p.get())};
  const bignum_handle q_1{BN_dup(key.q.get())};
  const bignum_handle phi = fresh();
  check(p_1 && q_1 && BN_set_word(key.e.get(), public_exponent) == 1 &&
        BN_mul(key.n.get(), key.p.get(), key.q.get(), room.get()) == 1 &&
        BN_sub_word(p_1.get(), 1) == 1 && BN_sub_word(q_1.get(), 1) == 1 &&
        BN_mul(phi.get(), p_1.get(), q_1.get(), room.get()) == 1);
  key.d.reset(BN_mod_inverse(nullptr, key.e.get(), phi.get(), room.get()));
  key.q_inverse.reset(BN_mod_inverse(nullptr, key.q.get(), key.p.get(), room.get()));
  check(key.d && key.q_inverse && BN_mod(key.d_p.get(), key.d.get(), p_1.get(), room.get()) == 1 &&
        BN_mod(key.d_q.get(), key.d.get(), q_1.get(), room.get()) == 1);
  return key;
}

}  // namespace

pki::evp_pkey_handle seeded_rsa(seeded_octets octets, int bits) {
  const numbers key = compute(octets, bits);
  const std::pair<const char*, const BIGNUM*> parts[]{
      {OSSL_PKEY_PARAM_RSA_N, key.n.get()},
      {OSSL_PKEY_PARAM_RSA_E, key.e.get()},
      {OSSL_PKEY_PARAM_RSA_D, key.d.get()},
      {OSSL_PKEY_PARAM_RSA_FACTOR1, key.p.get()},
      {OSSL_PKEY_PARAM_RSA_FACTOR2, key.q.get()},
      {OSSL_PKEY_PARAM_RSA_EXPONENT1, key.d_p.get()},
      {OSSL_PKEY_PARAM_RSA_EXPONENT2, key.d_q.get()},
      {OSSL_PKEY_PARAM_RSA_COEFFICIENT1, key.q_inverse.get()}};
  const builder_handle builder{OSSL_PARAM_BLD_new()};
  check(builder != nullptr);
  for (const auto& [name, number] : parts)
    check(OSSL_PARAM_BLD_push_BN(builder.get(), name, number) == 1);
  const params_handle params{OSSL_PARAM_BLD_to_param(builder.get())};
  const pki::evp_pkey_ctx_handle context{EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr)};
  EVP_PKEY* made = nullptr;
  check(params && context && EVP_PKEY_fromdata_init(context.get()) == 1 &&
        EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_KEYPAIR, params.get()) == 1);
  return pki::evp_pkey_handle{made};
}

}  // namespace staplelab::vectors
