// A mini-CA to start from, and short names for what it is told and what it answers.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "pki/errors.hpp"
#include "pki/mini_ca.hpp"
#include "tests/pki/sample_pki.hpp"

namespace staplelab::tests {

// Valid around noon.
pki::authority_description authority(std::string_view name, std::string_view issuer = "");
pki::issue_description leaf(std::string_view name, std::string_view issuer = "root");

// In memory, with the authority "root"; what it issues gets the serial numbers 1001, 1002, ...
pki::mini_ca with_root();

using answer = std::variant<pki::cert_status, pki::no_status>;
// Of a certificate that "root" issued.
answer look_up(const pki::mini_ca& ca, std::string_view name, pki::time_point now = noon,
               pki::hash_algorithm hash = pki::hash_algorithm::sha1);
answer good();
answer unknown();
answer revoked(pki::time_point when, std::optional<pki::crl_reason> reason);

// What the input_error says that the act throws.
std::string message_of(const auto& act) {
  try {
    act();
  } catch (const pki::input_error& refusal) {
    return refusal.what();
  }
  return "(accepted)";
}

}  // namespace staplelab::tests
