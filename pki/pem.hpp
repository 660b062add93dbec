// Text in and out of OpenSSL. Private to this folder.
#pragma once

#include <string>
#include <string_view>

#include "pki/handles.hpp"

namespace staplelab::pki {

// Reads from `text`, which must outlive it.
bio_handle reader_of(std::string_view text);

bio_handle make_writer();
std::string written_to(BIO* writer);

// For OpenSSL's PEM readers, which otherwise ask for a password on the terminal.
int no_password(char* buffer, int size, int for_writing, void* user);

}  // namespace staplelab::pki
