#include "tests/pki/sample_verdicts.hpp"

#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

namespace staplelab::tests {

using namespace pki;

ocsp_judgement judged(const bytes& response, const verify_rules& rules, time_point now) {
  ocsp_judgement judgement =
      verify_ocsp(response, sample().leaf.cert, sample().root.cert, rules, now);
  EXPECT_EQ(ERR_peek_error(), 0U) << "left in the error queue";
  EXPECT_EQ(judgement.why.empty(), judgement.verdict == ocsp_verdict::good);
  return judgement;
}
ocsp_verdict verdict_of(const bytes& response, const verify_rules& rules, time_point now) {
  return judged(response, rules, now).verdict;
}

bytes good_by(const ocsp_signer& signer, responder_id_form form) {
  response_content content = content_of(good_status{});
  content.responder_id = form;
  return build_ocsp_response(content, signer);
}

bytes signed_again(const bytes& response, const credential& signer, const EVP_MD* digest,
                   bool pss) {
  const bytes_view basic_der = tests::basic_of(response);
  const auto basic = from_der<ocsp_basicresp_handle, d2i_OCSP_BASICRESP>(basic_der);
  const evp_md_ctx_handle context{EVP_MD_CTX_new()};
  EVP_PKEY_CTX* key_context = nullptr;  // the digest context owns it
  EXPECT_EQ(EVP_DigestSignInit(context.get(), &key_context, digest, nullptr, signer.key.get()), 1);
  if (pss) {
    EXPECT_EQ(EVP_PKEY_CTX_set_rsa_padding(key_context, RSA_PKCS1_PSS_PADDING), 1);
    EXPECT_EQ(EVP_PKEY_CTX_set_rsa_pss_saltlen(key_context, RSA_PSS_SALTLEN_DIGEST), 1);
  }
  EXPECT_EQ(OCSP_basic_sign_ctx(basic.get(), signer.cert.get(), context.get(), nullptr,
                                OCSP_NOCERTS | OCSP_NOTIME),
            1);
  const ocsp_response_handle wrapped{OCSP_response_create(0, basic.get())};
  return to_der<i2d_OCSP_RESPONSE>(wrapped.get());
}

}  // namespace staplelab::tests
