// The options of `staplelab responder` that say what is answered, and the policy they come to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "responder/policy.hpp"

namespace CLI {
class App;
}

namespace staplelab::cli {

class responder_policy_options {
 public:
  void describe(CLI::App& app);  // once; `this` must stay where it is
  // Throws failure: code 1 for what makes no sense or is refused by the profile, 2 for a file.
  responder::answer_policy read() const;

 private:
  std::string validity_ = "7d", profile_ = "rfc9919", non_issued_, responder_id_ = "by-key";
  std::string archive_cutoff_, crl_url_, crl_time_, client_ca_;
  std::optional<std::uint64_t> crl_number_;
  std::vector<std::string> single_extensions_;
  bool require_signed_ = false;
};

}  // namespace staplelab::cli
