#include "cli/ca_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "cli/failure.hpp"
#include "cli/output_file.hpp"

namespace staplelab::cli {
namespace {

std::filesystem::path file_of(const std::filesystem::path& directory, std::string_view name,
                              std::string_view extension) {
  return directory / fmt::format("{}{}", name, extension);
}

bool is_file_name(std::string_view name) {
  return !name.empty() && name.size() <= 200 && name.front() != '.' && name.front() != '-' &&
         std::all_of(name.begin(), name.end(),
                     [](unsigned char c) { return c > ' ' && c != '/' && c != 0x7f; });
}

}  // namespace

pki::mini_ca open_ca(const std::filesystem::path& directory) {
  std::error_code ignored;
  if (!std::filesystem::exists(directory / "ca.db", ignored)) {
    throw failure(exit_code::bad_input, fmt::format("no CA in {}", directory.string()),
                  fmt::format("make one with: staplelab ca init {}", directory.string()));
  }
  return pki::mini_ca::open(directory, pki::mini_ca::random_serials());
}

void check_file_name(std::string_view name) {
  if (!is_file_name(name)) {
    throw failure(exit_code::usage, fmt::format("no name for a certificate: '{}'", name),
                  "it becomes a file name: no slash, no space, no dot or dash in front");
  }
  if (name == "ca") {
    throw failure(exit_code::usage, "the name ca is taken by the CA's own files");
  }
}

void refuse_authority_name(std::string_view name, const pki::mini_ca& ca) {
  const auto authorities = ca.authority_names();
  if (std::ranges::find(authorities, name) == authorities.end()) return;
  throw failure(exit_code::usage, fmt::format("the name {} is taken by an authority", name));
}

void write_ca_files(const std::filesystem::path& directory, const pki::mini_ca& ca) {
  std::string all;
  for (const std::string& name : ca.authority_names()) {
    const std::string pem = ca.authority(name).cert.to_pem();
    all += pem;
    // An imported CA may have names of any kind.
    if (!ca.find(name) && is_file_name(name)) write_output(file_of(directory, name, ".pem"), pem);
  }
  write_output(directory / "ca.pem", all);
}

void write_issued_files(const std::filesystem::path& directory, const pki::mini_ca& ca,
                        const pki::issued_certificate& leaf) {
  std::string pem = leaf.cert.to_pem();
  for (const auto& authority : ca.chain(leaf.issuer)) {
    if (authority.subject() != authority.issuer()) pem += authority.to_pem();
  }
  if (leaf.has_key) {
    write_output(file_of(directory, leaf.name, ".key"), ca.issued(leaf.name).key.to_pem(), 0600);
  }
  write_output(file_of(directory, leaf.name, ".pem"), pem);
}

bool issued_files_exist(const std::filesystem::path& directory,
                        const pki::issued_certificate& leaf) {
  return (!leaf.has_key || std::filesystem::exists(file_of(directory, leaf.name, ".key"))) &&
         std::filesystem::exists(file_of(directory, leaf.name, ".pem"));
}

}  // namespace staplelab::cli
