#include "vectors/vector_case.hpp"

namespace staplelab::vectors {

draft::draft(const cast& who) : parties(who), certificate(&who["leaf"]), issuer(&who["ca"]) {
  const time_point from = judging_time() - std::chrono::hours{1};
  response.signer = issuer;
  response.produced_at = generalized_time(from);
  response.singles.push_back({.id = {.certificate = certificate, .issuer = issuer},
                              .this_update = generalized_time(from),
                              .next_update = std::nullopt});
  valid(std::chrono::hours{-1}, std::chrono::days{7});
}

void draft::sign_as(std::string_view name) {
  response.signer = &parties[name];
  response.certs = {response.signer->der};
}

void draft::about(std::string_view leaf, std::string_view authority) {
  certificate = &parties[leaf];
  issuer = &parties[authority];
  response.signer = issuer;
  single().id.certificate = certificate;
  single().id.issuer = issuer;
}

void draft::valid(duration from, std::optional<duration> to) {
  single().this_update = generalized_time(judging_time() + from);
  single().next_update.reset();
  if (to) single().next_update = generalized_time(judging_time() + *to);
}

single_plan draft::another(bytes serial) const {
  single_plan other = response.singles.front();
  other.id.serial = integer(bytes_view(serial));
  return other;
}

bytes draft::der() const {
  bytes out = whole ? *whole : write_response(response);
  return reshape ? reshape(std::move(out)) : out;
}

}  // namespace staplelab::vectors
