// Files that a person names on the command line, read up to a limit. What cannot be read, is a
// directory, is too large or holds something else is a failure with code 2 that names the file.
#pragma once

#include <string>
#include <vector>

#include "pki/bytes.hpp"
#include "pki/certificate.hpp"

namespace staplelab::cli {

inline constexpr std::size_t max_ocsp_file_octets = 1024 * 1024;
inline constexpr std::size_t max_certificate_file_octets = 4 * 1024 * 1024;

// "-" is standard input.
std::string read_input(const std::string& file, std::size_t limit);

// The DER of an OCSP message that was saved as DER, as base64, with PEM armour, or as the URL of a
// GET request. Octets that are none of these come back as they are: judging them is not done here.
pki::bytes read_ocsp(const std::string& file);
pki::bytes ocsp_octets(const std::string& content);

// PEM or DER; at least one certificate.
std::vector<pki::certificate> read_certificates(const std::string& file);

// Of several candidates (a file with a whole chain) the one that signed `leaf`; else the first.
pki::certificate issuer_among(const std::vector<pki::certificate>& candidates,
                              const pki::certificate& leaf);

}  // namespace staplelab::cli
