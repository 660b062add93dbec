// Events as the console's page reads them: console/src/stream.ts says what each field means.
#pragma once

#include <cstddef>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "pki/bytes.hpp"
#include "scenarios/event.hpp"

namespace staplelab::scenarios {

// The answers and staples of one case, each once.
class octet_table {
 public:
  // Index of these octets. Empty for none, and for more than a person would read in hex.
  std::optional<std::size_t> add(pki::bytes_view der);
  std::vector<std::string> as_base64() const;

 private:
  std::map<pki::bytes, std::size_t> known_;
};

nlohmann::ordered_json message_of(const event& e, time_point start, octet_table& octets);

}  // namespace staplelab::scenarios
