// One test case: a response, what a verifier knows, and what it must find.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pki/ocsp_verify.hpp"
#include "vectors/response_plan.hpp"

namespace staplelab::vectors {

using pki::ocsp_verdict;
using pki::verify_profile;

// A case under construction: it begins as a good response by the CA itself about `leaf`, from an
// hour before the time of judging to seven days after it.
struct draft {
  explicit draft(const cast& who);

  const cast& parties;
  const party* certificate;
  const party* issuer;
  response_plan response;
  std::optional<bytes> whole;  // instead of `response`
  bytes (*reshape)(bytes der) = nullptr;
  time_point now = judging_time();
  verify_profile profile = verify_profile::rfc6960;
  duration skew{};
  std::optional<duration> max_age;
  std::optional<bytes> nonce;
  bool require_nonce = false;
  std::vector<const party*> trusted_signers;

  single_plan& single() { return response.singles.front(); }
  // The usual shapes of a change.
  void sign_as(std::string_view name);  // a delegate, its certificate sent along
  void about(std::string_view leaf, std::string_view authority);
  void valid(duration from, std::optional<duration> to);  // from the time of judging
  single_plan another(bytes serial) const;                // about another certificate of the CA

  bytes der() const;
};

// One line of a table.
struct recipe {
  const char* name;
  const char* checks;  // numbers of docs/conformance.md, "C4" or "C9 C10"; may be empty
  const char* clause;
  ocsp_verdict verdict;
  const char* why;
  void (*change)(draft&);
  std::vector<ocsp_verdict> acceptable = {};  // what a careful verifier may say as well
};

struct recipe_table {
  const char* group;
  std::vector<recipe> recipes;
};
recipe_table status_recipes();
recipe_table cert_id_recipes();
recipe_table form_recipes();
recipe_table error_recipes();
recipe_table signer_recipes();
recipe_table delegate_recipes();
recipe_table signature_recipes();
recipe_table extension_recipes();
recipe_table nonce_recipes();
recipe_table time_recipes();

}  // namespace staplelab::vectors
