// The page on servers: tables, one row a server, and a sentence for each cell that surprises, with
// the command that shows it. Markdown.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "fingerprint/row.hpp"

namespace staplelab::fingerprint {

struct page_options {
  // It stands beside the documentation, which it links to, and is written by `./do matrix`.
  bool of_documentation = false;
  // How a command names a target, where that is not its name: "./my-server.json".
  std::map<std::string, std::string> commands = {};
};
std::string page(const std::vector<row>& rows, const page_options& how = {});

// The columns of the table of web servers in "Is the Web Ready for OCSP Must-Staple?" (IMC 2018).
struct readiness {
  std::string prefetches;
  std::string caches;
  std::string respects_next_update;
  std::string retains_on_error;
};
readiness readiness_of(const row& of);

}  // namespace staplelab::fingerprint
