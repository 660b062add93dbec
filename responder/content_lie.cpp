#include "responder/content_lie.hpp"

#include <chrono>

#include "responder/overloaded.hpp"

namespace staplelab::responder {

namespace {

pki::time_point whole_seconds(pki::time_point t) {
  return std::chrono::floor<std::chrono::seconds>(t);
}

void set_times(pki::response_content& content, pki::time_point this_update,
               pki::time_point next_update) {
  content.produced_at = this_update;
  for (auto& single : content.singles) {
    single.this_update = this_update;
    single.next_update = next_update;
  }
}

pki::serial_number neighbour_of(const pki::serial_number& serial) {
  pki::bytes magnitude(serial.magnitude().begin(), serial.magnitude().end());
  if (magnitude.empty()) magnitude.push_back(0);
  magnitude.back() ^= 1;
  return pki::serial_number::from_magnitude(magnitude, serial.negative());
}

pki::hash_algorithm other_than(pki::hash_algorithm asked) {
  return asked == pki::hash_algorithm::sha1 ? pki::hash_algorithm::sha256
                                            : pki::hash_algorithm::sha1;
}

}  // namespace

void bend(pki::response_content& content, const content_fault& lie, const authority& who,
          pki::duration validity, pki::time_point now) {
  const auto rename = [&](auto make_id) {
    for (auto& single : content.singles)
      single.id = make_id(single.id);
  };
  std::visit(overloaded{
                 [&](const expired_answer& lied) {
                   const auto end = whole_seconds(now - lied.by);
                   set_times(content, end - validity, end);
                 },
                 [&](const future_answer& lied) {
                   const auto begin = whole_seconds(now + lied.by);
                   set_times(content, begin, begin + validity);
                 },
                 [&](const no_next_update&) {
                   for (auto& single : content.singles)
                     single.next_update.reset();
                 },
                 [&](const wrong_serial&) {
                   rename([&](const pki::cert_id& id) {
                     return pki::cert_id::of(neighbour_of(id.serial), who.issuer.cert, *id.hash);
                   });
                 },
                 [&](const other_hash&) {
                   rename([&](const pki::cert_id& id) {
                     return pki::cert_id::of(id.serial, who.issuer.cert, other_than(*id.hash));
                   });
                 },
                 [](const auto&) {},
             },
             lie);
}

pki::ocsp_signer signer_under(const content_fault& lie, const pki::ocsp_signer& honest,
                              const authority& who, const signing& signers, pki::time_point now) {
  return std::visit(overloaded{
                        [&](const wrong_signer& lied) -> pki::ocsp_signer {
                          return {signers.unfit(who, now).stranger, lied.embedded};
                        },
                        [&](const delegate_without_eku&) -> pki::ocsp_signer {
                          return {signers.unfit(who, now).delegate_without_eku, true};
                        },
                        [&](const expired_delegate&) -> pki::ocsp_signer {
                          return {signers.unfit(who, now).expired_delegate, true};
                        },
                        [&](const auto&) { return honest; },
                    },
                    lie);
}

std::optional<pki::cert_status> status_under(const content_fault& lie, pki::time_point now) {
  using status = std::optional<pki::cert_status>;
  return std::visit(overloaded{
                        [](const says_good&) -> status { return pki::good_status{}; },
                        [](const says_unknown&) -> status { return pki::unknown_status{}; },
                        [&](const says_revoked& lied) -> status {
                          return pki::revoked_status{lied.at.value_or(whole_seconds(now)),
                                                     lied.reason};
                        },
                        [](const auto&) -> status { return std::nullopt; },
                    },
                    lie);
}

}  // namespace staplelab::responder
