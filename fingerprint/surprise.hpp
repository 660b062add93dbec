// What is worth a sentence in a row: where a server does not do what a good one does. Pure.
#pragma once

#include <string>
#include <vector>

#include "fingerprint/row.hpp"

namespace staplelab::fingerprint {

struct surprise {
  cell which;
  std::string sentence;
};

// Nobody ever saw a staple of it, nor a request.
bool never_staples(const row& of);

// In the order of the row.
std::vector<surprise> surprises(const row& of);

}  // namespace staplelab::fingerprint
