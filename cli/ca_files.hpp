// The files a mini-CA leaves beside its database for servers and clients to use. Each is written
// whole or not at all; keys are readable by their owner only.
#pragma once

#include <filesystem>
#include <string_view>

#include "pki/mini_ca.hpp"

namespace staplelab::cli {

// Throws failure with code 2 when there is none.
pki::mini_ca open_ca(const std::filesystem::path& directory);

// Throws failure for a name that is no file name, or that the CA's own files have.
void check_file_name(std::string_view name);

// Throws failure when an authority's file has the name already.
void refuse_authority_name(std::string_view name, const pki::mini_ca& ca);

// DIR/ca.pem: every authority, the roots first, in the order added. DIR/AUTHORITY.pem: one of them,
// unless a certificate has the name, or it is no file name.
void write_ca_files(const std::filesystem::path& directory, const pki::mini_ca& ca);

// DIR/NAME.pem: the leaf, then its chain without the root. DIR/NAME.key: the key, before it, if the
// CA has it.
void write_issued_files(const std::filesystem::path& directory, const pki::mini_ca& ca,
                        const pki::issued_certificate& leaf);

bool issued_files_exist(const std::filesystem::path& directory,
                        const pki::issued_certificate& leaf);

}  // namespace staplelab::cli
