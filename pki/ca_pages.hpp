// Everything that a CA on disk has issued, a page at a time, so that a million certificates need no
// more memory than a thousand. A connection of its own, for one thread at a time.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <vector>

#include "pki/bytes.hpp"

namespace staplelab::pki {

class ca_pages {
 public:
  // Throws store_error.
  explicit ca_pages(const std::filesystem::path& directory);
  ca_pages(ca_pages&&) noexcept;
  ~ca_pages();

  std::size_t certificates() const;  // that there are now, authorities among them
  // The CertIDs, with SHA-1, of the next ones in the order issued; none: that was the last page.
  std::vector<bytes> next(std::size_t at_most);

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace staplelab::pki
