#include "pki/nonced_response.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "pki/asn1.hpp"
#include "pki/errors.hpp"
#include "pki/ocsp_parts.hpp"

namespace staplelab::pki {
namespace {

constexpr std::uint8_t bit_string = 0x03;

// id-pkix-ocsp-nonce and id-pkix-ocsp-basic, with identifier and length.
constexpr std::uint8_t nonce_oid[] = {0x06, 0x09, 0x2b, 0x06, 0x01, 0x05,
                                      0x05, 0x07, 0x30, 0x01, 0x02};
constexpr std::uint8_t basic_oid[] = {0x06, 0x09, 0x2b, 0x06, 0x01, 0x05,
                                      0x05, 0x07, 0x30, 0x01, 0x01};
constexpr std::uint8_t successful[] = {der_tag::enumerated, 1, 0};

// Writes DER from its end to its begin, where a length is known when it is to be written.
class backwards {
 public:
  explicit backwards(std::size_t room) : octets_(room), begin_(room) {}

  void put(bytes_view what) {
    begin_ -= what.size();
    std::copy(what.begin(), what.end(), octets_.begin() + static_cast<std::ptrdiff_t>(begin_));
  }
  void put(std::uint8_t octet) { octets_[--begin_] = octet; }
  std::size_t mark() const { return begin_; }
  // The identifier and length of what was put since the mark.
  void wrap(std::uint8_t tag, std::size_t since) {
    const std::size_t length = since - begin_;
    std::size_t count = 0;
    for (auto rest = length; rest > 0; rest >>= 8, ++count)
      if (length >= 0x80) put(static_cast<std::uint8_t>(rest & 0xff));
    put(static_cast<std::uint8_t>(length < 0x80 ? length : 0x80 | count));
    put(tag);
  }
  bytes_view written() const { return bytes_view(octets_).subspan(begin_); }

 private:
  bytes octets_;
  std::size_t begin_;
};

constexpr std::size_t room_for_heads = 96;  // of all identifiers and lengths around the parts

}  // namespace

nonced_responses::nonced_responses(const key& signer, const EVP_MD* digest)
    : key_(signer), hashing_(EVP_MD_CTX_new()) {
  if (digest == nullptr) return;
  digest_.reset(EVP_MD_fetch(nullptr, EVP_MD_get0_name(digest), nullptr));
  if (!digest_ || !hashing_) throw_openssl("preparing to hash responses");
  if (can_presign(key_)) {
    presigned_.emplace(key_);
    return;
  }
  context_.reset(EVP_PKEY_CTX_new(key_.get(), nullptr));
  if (!context_ || EVP_PKEY_sign_init(context_.get()) != 1 ||
      EVP_PKEY_CTX_set_signature_md(context_.get(), digest_.get()) != 1) {
    throw_openssl("preparing a key to sign");
  }
}

bytes nonced_responses::signature_of(bytes_view signed_part) {
  if (digest_) {
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest;
    unsigned int size = 0;
    if (EVP_DigestInit_ex2(hashing_.get(), digest_.get(), nullptr) != 1 ||
        EVP_DigestUpdate(hashing_.get(), signed_part.data(), signed_part.size()) != 1 ||
        EVP_DigestFinal_ex(hashing_.get(), digest.data(), &size) != 1) {
      throw_openssl("hashing a response");
    }
    return signature_of_digest(bytes_view(digest).first(size));
  }
  bytes signature(static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())));
  std::size_t size = signature.size();
  const evp_md_ctx_handle context{EVP_MD_CTX_new()};
  if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
      EVP_DigestSign(context.get(), signature.data(), &size, signed_part.data(),
                     signed_part.size()) != 1) {
    throw_openssl("signing a response");
  }
  signature.resize(size);
  return signature;
}

bytes nonced_responses::signature_of_digest(bytes_view digest) {
  if (presigned_) return presigned_->sign(digest);
  bytes signature(static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())));
  std::size_t size = signature.size();
  if (EVP_PKEY_sign(context_.get(), signature.data(), &size, digest.data(), digest.size()) != 1) {
    throw_openssl("signing a response");
  }
  signature.resize(size);
  return signature;
}

bytes nonced_responses::with_nonce(bytes_view plain, bytes_view nonce) {
  const error_queue_guard guard;
  const auto parts = parts_of_response(plain);
  if (!parts) throw crypto_error{"this is no response that a nonce could be added to"};

  backwards data(parts->response_data.size() + nonce.size() + room_for_heads);
  const auto data_end = data.mark();
  data.put(nonce);
  data.wrap(der_tag::octet_string, data_end);
  data.wrap(der_tag::octet_string, data_end);
  data.put(nonce_oid);
  data.wrap(der_tag::sequence, data_end);   // Extension
  data.wrap(der_tag::sequence, data_end);   // Extensions
  data.wrap(der_tag::context_1, data_end);  // responseExtensions
  data.put(parts->response_data);
  data.wrap(der_tag::sequence, data_end);
  const bytes signature = signature_of(data.written());

  backwards whole(data.written().size() + parts->algorithm.size() + signature.size() +
                  parts->certs.size() + room_for_heads);
  const auto end = whole.mark();
  whole.put(parts->certs);
  const auto signature_end = whole.mark();
  whole.put(signature);
  whole.put(std::uint8_t{0});  // unused bits
  whole.wrap(bit_string, signature_end);
  whole.put(parts->algorithm);
  whole.put(data.written());
  whole.wrap(der_tag::sequence, end);  // BasicOCSPResponse
  whole.wrap(der_tag::octet_string, end);
  whole.put(basic_oid);
  whole.wrap(der_tag::sequence, end);  // ResponseBytes
  whole.wrap(der_tag::context_0, end);
  whole.put(successful);
  whole.wrap(der_tag::sequence, end);
  const auto written = whole.written();
  return {written.begin(), written.end()};
}

}  // namespace staplelab::pki
