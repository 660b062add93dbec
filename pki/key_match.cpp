#include "pki/key_match.hpp"

#include <openssl/evp.h>
#include <openssl/x509.h>

namespace staplelab::pki {

bool holds_matching_key(const credential& who) {
  EVP_PKEY* named = X509_get0_pubkey(who.cert.get());  // borrowed from the certificate
  return named && EVP_PKEY_eq(named, who.key.get()) == 1;
}

}  // namespace staplelab::pki
