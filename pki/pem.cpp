#include "pki/pem.hpp"

#include "pki/errors.hpp"

namespace staplelab::pki {

bio_handle reader_of(std::string_view text) {
  // OpenSSL takes a null pointer for a mistake, even with no octets behind it.
  bio_handle reader{
      BIO_new_mem_buf(text.empty() ? "" : text.data(), static_cast<int>(text.size()))};
  if (!reader) throw_openssl("reading text");
  return reader;
}

bio_handle make_writer() {
  bio_handle writer{BIO_new(BIO_s_mem())};
  if (!writer) throw_openssl("writing text");
  return writer;
}

std::string written_to(BIO* writer) {
  char* text = nullptr;
  const long size = BIO_get_mem_data(writer, &text);  // borrowed from `writer`
  return size > 0 ? std::string{text, static_cast<std::size_t>(size)} : std::string{};
}

int no_password(char*, int, int, void*) {
  return 0;
}

}  // namespace staplelab::pki
