#include "stapler/staple_store.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "runtime/file.hpp"

namespace staplelab::stapler {

std::optional<std::filesystem::path> staple_store::path_of(const pki::certificate& leaf) const {
  if (!store_dir_) return {};
  return *store_dir_ / "ocsp" / pki::to_hex(leaf.sha256());
}

std::optional<pki::bytes> staple_store::load(const pki::certificate& leaf) const {
  const auto path = path_of(leaf);
  if (!path) return {};
  auto octets = runtime::read_whole(path->string(), max_octets);
  if (!octets) return {};
  return std::move(*octets);
}

std::optional<std::string> staple_store::save(const pki::certificate& leaf,
                                              pki::bytes_view der) const {
  const auto path = path_of(leaf);
  if (!path) return {};
  std::error_code error;
  std::filesystem::create_directories(*store_dir_, error);
  const std::string directory = path->parent_path().string();
  if (::mkdir(directory.c_str(), 0750) != 0 && errno != EEXIST) {
    return "cannot make " + directory + ": " + std::generic_category().message(errno);
  }
  if (const auto failure = runtime::write_durably(path->string(), der, 0600)) {
    return "cannot write " + path->string() + ": " + failure.message();
  }
  return {};
}

}  // namespace staplelab::stapler
