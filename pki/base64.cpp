#include "pki/base64.hpp"

#include <openssl/evp.h>

namespace staplelab::pki {

std::string to_base64(bytes_view octets) {
  std::string text(4 * ((octets.size() + 2) / 3) + 1, '\0');  // and the NUL that OpenSSL writes
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), octets.data(),
                                     static_cast<int>(octets.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

}  // namespace staplelab::pki
