#include "tests/pki/sample_ca.hpp"

namespace staplelab::tests {

using namespace pki;

authority_description authority(std::string_view name, std::string_view issuer) {
  authority_description what;
  what.name = name;
  what.issuer = issuer;
  what.not_before = noon - std::chrono::days{100};
  what.not_after = noon + std::chrono::days{1000};
  return what;
}

issue_description leaf(std::string_view name, std::string_view issuer) {
  issue_description what;
  what.name = name;
  what.issuer = issuer;
  what.not_before = noon - std::chrono::days{1};
  what.not_after = noon + std::chrono::days{90};
  return what;
}

namespace {

mini_ca::serial_source counting_from(int first) {
  return [next = first]() mutable {
    return serial_number::from_decimal(std::to_string(next++)).value();
  };
}

}  // namespace

mini_ca with_root() {
  mini_ca ca = mini_ca::in_memory(counting_from(1000));
  ca.add_authority(authority("root"));
  return ca;
}

answer look_up(const mini_ca& ca, std::string_view name, time_point now, hash_algorithm hash) {
  const certificate root = ca.authority("root").cert;
  return ca.look_up(cert_id::of(ca.issued(name).cert, root, hash), now);
}
answer good() {
  return cert_status{good_status{}};
}
answer unknown() {
  return cert_status{unknown_status{}};
}
answer revoked(time_point when, std::optional<crl_reason> reason) {
  return cert_status{revoked_status{when, reason}};
}

}  // namespace staplelab::tests
