#include "vectors/der.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <string>

namespace staplelab::vectors {
namespace {

void append(bytes& to, bytes_view octets) {
  to.insert(to.end(), octets.begin(), octets.end());
}

// X.690 8.19.2: seven bits an octet, all but the last with the high bit set.
void append_arc(bytes& to, std::uint64_t arc) {
  bytes groups{static_cast<std::uint8_t>(arc & 0x7f)};
  while ((arc >>= 7) != 0)
    groups.push_back(static_cast<std::uint8_t>(0x80 | (arc & 0x7f)));
  to.insert(to.end(), groups.rbegin(), groups.rend());
}

// "20260301120000Z"
std::string time_text(time_point t) {
  std::string text = pki::to_rfc3339(t);
  std::erase_if(text, [](char c) { return c == '-' || c == ':' || c == 'T'; });
  assert(text.size() == 15);
  return text;
}

}  // namespace

bytes joined(const std::vector<bytes>& parts) {
  bytes all;
  for (const bytes& part : parts)
    append(all, part);
  return all;
}

bytes tlv(std::uint8_t tag, bytes_view content) {
  bytes out{tag};
  const std::size_t size = content.size();
  if (size < 0x80) {
    out.push_back(static_cast<std::uint8_t>(size));
  } else if (size < 0x100) {
    append(out, bytes{0x81, static_cast<std::uint8_t>(size)});
  } else {
    assert(size < 0x10000);
    append(out, bytes{0x82, static_cast<std::uint8_t>(size >> 8), static_cast<std::uint8_t>(size)});
  }
  append(out, content);
  return out;
}

bytes sequence(const std::vector<bytes>& parts) {
  return tlv(0x30, joined(parts));
}
bytes set(const std::vector<bytes>& parts) {
  return tlv(0x31, joined(parts));
}
bytes explicit_tag(std::uint8_t number, const bytes& inner) {
  return tlv(static_cast<std::uint8_t>(0xa0 | number), inner);
}
bytes implicit_tag(std::uint8_t number, bytes_view content) {
  return tlv(static_cast<std::uint8_t>(0x80 | number), content);
}

bytes integer(bytes_view magnitude) {
  const auto first = std::ranges::find_if(magnitude, [](std::uint8_t octet) { return octet != 0; });
  bytes content(first, magnitude.end());
  if (content.empty() || (content.front() & 0x80) != 0) content.insert(content.begin(), 0x00);
  return tlv(0x02, content);
}

bytes integer(unsigned value) {
  bytes magnitude;
  for (int shift = 24; shift >= 0; shift -= 8)
    magnitude.push_back(static_cast<std::uint8_t>(value >> shift));
  return integer(bytes_view(magnitude));
}

bytes oid(std::string_view dotted) {
  bytes content;
  std::uint64_t first = 0;
  for (int index = 0; !dotted.empty(); ++index) {
    std::uint64_t arc = 0;
    const auto [end, error] = std::from_chars(dotted.data(), dotted.data() + dotted.size(), arc);
    assert(error == std::errc{});
    dotted.remove_prefix(static_cast<std::size_t>(end - dotted.data()));
    if (!dotted.empty()) dotted.remove_prefix(1);  // the dot
    if (index == 0) {
      first = arc;
    } else {
      append_arc(content, index == 1 ? first * 40 + arc : arc);
    }
  }
  return tlv(0x06, content);
}

bytes octet_string(bytes_view content) {
  return tlv(0x04, content);
}
bytes bit_string(bytes_view content) {
  bytes padded{0x00};
  append(padded, content);
  return tlv(0x03, padded);
}
bytes null() {
  return {0x05, 0x00};
}
bytes boolean_true() {
  return {0x01, 0x01, 0xff};
}
bytes enumerated(std::uint8_t value) {
  return {0x0a, 0x01, value};
}
bytes ascii(std::string_view text) {
  return {text.begin(), text.end()};
}
bytes utf8(std::string_view text) {
  return tlv(0x0c, ascii(text));
}

bytes name(std::string_view common_name) {
  return sequence({set({sequence({oid("2.5.4.3"), utf8(common_name)})})});
}

bytes generalized_time(time_point t) {
  return tlv(0x18, ascii(time_text(t)));
}

bytes certificate_time(time_point t) {
  const std::string text = time_text(t);
  return text < "2050" ? tlv(0x17, ascii(text.substr(2))) : tlv(0x18, ascii(text));
}

bytes extension(std::string_view dotted, bool critical, const bytes& value) {
  std::vector<bytes> parts{oid(dotted)};
  if (critical) parts.push_back(boolean_true());
  parts.push_back(octet_string(value));
  return sequence(parts);
}

}  // namespace staplelab::vectors
