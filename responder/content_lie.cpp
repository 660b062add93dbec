#include "responder/content_lie.hpp"

#include <chrono>
#include <cstdint>
#include <span>

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

// A walk over DER (X.690 8.1), just as far as the signature lies. Empty spans mean "not there".
using view = std::span<std::uint8_t>;

struct element {
  view content;
  view rest;  // what follows the element
};

element first_element(view der) {
  if (der.size() < 2) return {};
  std::size_t length = der[1];
  std::size_t header = 2;
  if (length > 0x80) {
    const std::size_t length_octets = length & 0x7f;
    if (length_octets > 4 || der.size() < 2 + length_octets) return {};
    length = 0;
    for (std::size_t i = 0; i < length_octets; ++i)
      length = length << 8 | der[2 + i];
    header += length_octets;
  }
  if (der.size() - header < length) return {};
  return {der.subspan(header, length), der.subspan(header + length)};
}

view inside(view der) {
  return first_element(der).content;
}
view after(view der) {
  return first_element(der).rest;
}

}  // namespace

void bend(pki::response_content& content, const content_fault& lie, const authority& who,
          pki::duration validity, pki::time_point now) {
  const auto rename = [&](auto make_id) {
    for (auto& single : content.singles)
      single.id = make_id(single.id);
  };
  std::visit(overloaded{
                 [&](const expired_answer& fault) {
                   const auto end = whole_seconds(now - fault.by);
                   set_times(content, end - validity, end);
                 },
                 [&](const future_answer& fault) {
                   const auto begin = whole_seconds(now + fault.by);
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

pki::ocsp_signer signer_under(const content_fault& lie, const authority& who,
                              const signing& signers, pki::time_point now) {
  return std::visit(overloaded{
                        [&](const wrong_signer& fault) -> pki::ocsp_signer {
                          return {signers.unfit(who, now).stranger, fault.embedded};
                        },
                        [&](const delegate_without_eku&) -> pki::ocsp_signer {
                          return {signers.unfit(who, now).delegate_without_eku, true};
                        },
                        [&](const expired_delegate&) -> pki::ocsp_signer {
                          return {signers.unfit(who, now).expired_delegate, true};
                        },
                        [&](const auto&) { return who.signer(); },
                    },
                    lie);
}

std::optional<pki::cert_status> status_under(const content_fault& lie, pki::time_point now) {
  using status = std::optional<pki::cert_status>;
  return std::visit(overloaded{
                        [](const says_good&) -> status { return pki::good_status{}; },
                        [](const says_unknown&) -> status { return pki::unknown_status{}; },
                        [&](const says_revoked& fault) -> status {
                          return pki::revoked_status{fault.at.value_or(whole_seconds(now)),
                                                     fault.reason};
                        },
                        [](const auto&) -> status { return std::nullopt; },
                    },
                    lie);
}

void flip_signature_bit(pki::bytes& response) {
  // OCSPResponse, responseBytes [0], ResponseBytes, after the type the OCTET STRING, in it the
  // BasicOCSPResponse, and in that the signature after tbsResponseData and signatureAlgorithm.
  const view response_bytes = inside(inside(after(inside(response))));
  const view basic = inside(inside(after(response_bytes)));
  const view signature = inside(after(after(basic)));
  if (!signature.empty()) signature.back() ^= 1;
}

}  // namespace staplelab::responder
