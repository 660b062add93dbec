#include "scenarios/world_store.hpp"

#include <stdlib.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

#include "stapler/staple_store.hpp"

namespace staplelab::scenarios {

namespace fs = std::filesystem;

namespace {

fs::path make_directory() {
  std::string pattern = (fs::temp_directory_path() / "staplelab-XXXXXX").string();
  if (!::mkdtemp(pattern.data())) {
    throw fs::filesystem_error("cannot make a directory for staples", pattern,
                               std::error_code(errno, std::generic_category()));
  }
  return pattern;
}

std::string read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write(const fs::path& file, std::string_view octets) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out.write(octets.data(), static_cast<std::streamsize>(octets.size()));
  out.close();
  if (!out) {
    throw fs::filesystem_error("cannot write", file, std::make_error_code(std::errc::io_error));
  }
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
}

fs::path aside_from(fs::path folder) {
  return folder += "-aside";
}

}  // namespace

world_store::world_store() : directory_(make_directory()) {}

world_store::~world_store() {
  std::error_code nothing_more_to_do;
  fs::remove_all(directory_, nothing_more_to_do);
}

bool world_store::corrupt(const pki::certificate& leaf) {
  const auto file = file_of(leaf);
  std::string octets = read(file);
  if (octets.empty()) return false;
  octets[octets.size() / 2] ^= 1;
  write(file, octets);
  return true;
}

bool world_store::truncate(const pki::certificate& leaf) {
  const auto file = file_of(leaf);
  if (!fs::exists(file)) return false;
  fs::resize_file(file, fs::file_size(file) / 2);
  return true;
}

bool world_store::remove(const pki::certificate& leaf) {
  return fs::remove(file_of(leaf));
}

void world_store::replace(const pki::certificate& leaf, pki::bytes_view der) {
  const auto file = file_of(leaf);
  fs::create_directories(file.parent_path());
  write(file, {reinterpret_cast<const char*>(der.data()), der.size()});
}

void world_store::block(const pki::certificate& leaf) {
  const auto folder = file_of(leaf).parent_path();
  if (fs::is_regular_file(folder)) return;
  if (fs::exists(folder)) fs::rename(folder, aside_from(folder));
  write(folder, {});
}

void world_store::unblock(const pki::certificate& leaf) {
  const auto folder = file_of(leaf).parent_path();
  if (!fs::is_regular_file(folder)) return;
  fs::remove(folder);
  if (fs::exists(aside_from(folder))) fs::rename(aside_from(folder), folder);
}

fs::path world_store::file_of(const pki::certificate& leaf) const {
  return *stapler::staple_store(directory_).path_of(leaf);
}

}  // namespace staplelab::scenarios
