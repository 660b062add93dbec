// The page on servers: tables, one row a server, and a sentence for each cell that surprises, with
// the command that shows it. Markdown.
#pragma once

#include <string>
#include <vector>

#include "fingerprint/row.hpp"

namespace staplelab::fingerprint {

std::string page(const std::vector<row>& rows);

// The columns of the table of web servers in "Is the Web Ready for OCSP Must-Staple?" (IMC 2018).
struct readiness {
  std::string prefetches;
  std::string caches;
  std::string respects_next_update;
  std::string retains_on_error;
};
readiness readiness_of(const row& of);

}  // namespace staplelab::fingerprint
