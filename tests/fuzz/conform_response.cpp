// Any octets through conform's own DER: reading ends, what was read says where it came from, and
// what is DER to our reader is a prefix-free chain of elements that writes back to the same octets.
#include <cstdlib>

#include "conform/evidence.hpp"
#include "conform/raw_certificate.hpp"
#include "conform/raw_response.hpp"

namespace {

using namespace staplelab::conform;

void expect(bool holds) {
  if (!holds) std::abort();
}

void take_all(der::bytes_view octets) {
  der::reader in(octets);
  der::bytes again;
  while (const auto next = in.take_any()) {
    expect(der::element(next->tag, next->content) == der::copy(next->whole));
    again.insert(again.end(), next->whole.begin(), next->whole.end());
  }
  expect(der::same(again, octets.first(again.size())));
  expect(in.at_end() == (again.size() == octets.size()));
}

void read_as_response(der::bytes_view octets) {
  const auto response = read_response(octets);
  if (!response) {
    expect(!response.error().why.empty());
    return;
  }
  if (response->is_der) take_all(octets);
  if (!response->basic) return;
  for (const raw_single& single : response->basic->singles) {
    const auto id = read_cert_id(single.id.whole);
    expect(id && id->serial == single.id.serial);
    revocation_of(single);
    expect(!single.this_update.well_formed() || single.this_update.at.has_value());
  }
  for (const der::bytes& cert : response->basic->certs)
    read_certificate(cert);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const der::bytes_view octets(data, size);
  take_all(octets);
  if (der::is_der(octets)) expect(der::with_indefinite_length(octets).size() >= size);
  read_as_response(octets);
  read_certificate(octets);
  read_extensions(octets);
  asked_in(octets);
  return 0;
}
