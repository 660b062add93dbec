// Responses about the sample's leaf, and what verify_ocsp finds in them.
#pragma once

#include "pki/ocsp_verify.hpp"
#include "tests/pki/sample_pki.hpp"

namespace staplelab::tests {

// Fails the test when OpenSSL's error queue is not empty afterwards, or a refusal gives no reason.
pki::ocsp_judgement judged(const pki::bytes& response, const pki::verify_rules& rules = {},
                           pki::time_point now = noon);
pki::ocsp_verdict verdict_of(const pki::bytes& response, const pki::verify_rules& rules = {},
                             pki::time_point now = noon);

pki::bytes good_by(const pki::ocsp_signer& signer,
                   pki::responder_id_form form = pki::responder_id_form::by_key);

// Signs again what `response` says, with another digest. The responder must be named by name:
// signing again by key, OpenSSL loses the memory of the first key.
pki::bytes signed_again(const pki::bytes& response, const pki::credential& signer,
                        const EVP_MD* digest, bool pss);

}  // namespace staplelab::tests
