#include "conform/raw_certificate.hpp"

#include <algorithm>

namespace staplelab::conform {
namespace {

using namespace der;

std::optional<raw_extension> read_extension(bytes_view content) {
  reader in(content);
  const auto oid = in.take(tag::object_identifier);
  const auto critical = in.take(tag::boolean);
  const auto value = in.take(tag::octet_string);
  if (!oid || !value || !in.at_end()) return std::nullopt;
  if (critical && critical->content.size() != 1) return std::nullopt;
  return raw_extension{copy(oid->content), critical && critical->content[0] != 0,
                       copy(value->content)};
}

std::optional<bytes> first_oid(bytes_view algorithm) {
  reader in(algorithm);
  const auto oid = in.take(tag::object_identifier);
  if (!oid) return std::nullopt;
  return copy(oid->content);
}

// The octets of a BIT STRING that ends on an octet.
std::optional<bytes> bits(const item& bit_string) {
  if (bit_string.content.empty() || bit_string.content[0] != 0) return std::nullopt;
  return copy(bit_string.content.subspan(1));
}

}  // namespace

std::optional<std::vector<raw_extension>> read_extensions(bytes_view element) {
  const auto list = only(element, tag::sequence);
  if (!list) return std::nullopt;
  std::vector<raw_extension> all;
  reader in(list->content);
  while (const auto each = in.take(tag::sequence)) {
    auto extension = read_extension(each->content);
    if (!extension) return std::nullopt;
    all.push_back(*std::move(extension));
  }
  if (!in.at_end()) return std::nullopt;
  return all;
}

const raw_extension* find(const std::vector<raw_extension>& all, bytes_view oid) {
  const auto found = std::ranges::find_if(
      all, [&](const raw_extension& extension) { return same(extension.oid, oid); });
  return found == all.end() ? nullptr : &*found;
}

std::optional<raw_certificate> read_certificate(bytes_view octets) {
  const auto outer = only(octets, tag::sequence);
  if (!outer) return std::nullopt;
  reader parts(outer->content);
  const auto tbs = parts.take(tag::sequence);
  const auto algorithm = parts.take(tag::sequence);
  const auto signature = parts.take(tag::bit_string);
  if (!tbs || !algorithm || !signature || !parts.at_end()) return std::nullopt;

  reader in(tbs->content);
  in.take(tag::constructed_context(0));  // version
  const auto serial = in.take(tag::integer);
  const auto inner_algorithm = in.take(tag::sequence);
  const auto issuer = in.take(tag::sequence);
  const auto validity = in.take(tag::sequence);
  const auto subject = in.take(tag::sequence);
  const auto key_info = in.take(tag::sequence);
  if (!serial || !inner_algorithm || !issuer || !validity || !subject || !key_info) {
    return std::nullopt;
  }
  in.take(tag::context(1));  // unique identifiers
  in.take(tag::context(2));
  const auto extensions = in.take(tag::constructed_context(3));

  reader key(key_info->content);
  key.take(tag::sequence);
  const auto key_bits = key.take(tag::bit_string);
  const auto public_key = key_bits ? bits(*key_bits) : std::nullopt;
  auto signed_with = first_oid(algorithm->content);
  auto listed = extensions ? read_extensions(extensions->content)
                           : std::optional(std::vector<raw_extension>());
  if (!public_key || !signed_with || !listed) return std::nullopt;
  return raw_certificate{.serial = copy(serial->content),
                         .issuer = copy(issuer->whole),
                         .subject = copy(subject->whole),
                         .public_key_info = copy(key_info->whole),
                         .public_key = *public_key,
                         .signature_algorithm = *std::move(signed_with),
                         .extensions = *std::move(listed)};
}

}  // namespace staplelab::conform
