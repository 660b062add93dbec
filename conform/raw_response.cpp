#include "conform/raw_response.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "conform/identifiers.hpp"

namespace staplelab::conform {
namespace {

using namespace der;
using basic_result = boost::system::result<raw_basic, raw_flaw>;

constexpr std::size_t whole_seconds = std::string_view("YYYYMMDDHHMMSS").size();

raw_flaw flaw(std::string why) {
  return {std::move(why)};
}

std::optional<pki::time_point> parse_time(std::string_view text) {
  if (text.size() < whole_seconds + 1 || text.back() != 'Z') return std::nullopt;
  const auto middle = text.substr(whole_seconds, text.size() - whole_seconds - 1);
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (!middle.empty() &&
      (middle[0] != '.' || middle.size() == 1 || !std::ranges::all_of(middle.substr(1), digit))) {
    return std::nullopt;
  }
  if (!std::ranges::all_of(text.substr(0, whole_seconds), digit)) return std::nullopt;
  std::string spelled;
  spelled.append(text.substr(0, 4)).append("-").append(text.substr(4, 2)).append("-");
  spelled.append(text.substr(6, 2)).append("T").append(text.substr(8, 2)).append(":");
  spelled.append(text.substr(10, 2)).append(":").append(text.substr(12, 2)).append("Z");
  return pki::parse_rfc3339(spelled);
}

raw_time read_time(const item& element) {
  raw_time time;
  time.tag = element.tag;
  time.text.assign(element.content.begin(), element.content.end());
  time.at = parse_time(time.text);
  return time;
}

boost::system::result<std::vector<raw_extension>, raw_flaw> optional_extensions(
    reader& in, unsigned number, std::string_view where) {
  const auto wrapped = in.take(tag::constructed_context(number));
  if (!wrapped) return std::vector<raw_extension>();
  auto all = read_extensions(wrapped->content);
  if (!all) return flaw(std::string(where) + " are no Extensions");
  return *std::move(all);
}

boost::system::result<raw_single, raw_flaw> read_single(const item& element) {
  reader in(element.content);
  raw_single single;
  const auto id = in.take(tag::sequence);
  auto cert_id = id ? read_cert_id(id->whole) : std::nullopt;
  if (!cert_id) return flaw("a SingleResponse does not begin with a CertID");
  single.id = *std::move(cert_id);
  const auto status = in.take_any();
  if (!status) return flaw("a SingleResponse has no certStatus");
  single.status = copy(status->whole);
  const auto this_update = in.take_any();
  if (!this_update) return flaw("a SingleResponse has no thisUpdate");
  single.this_update = read_time(*this_update);
  if (const auto wrapped = in.take(tag::constructed_context(0))) {
    reader inside(wrapped->content);
    const auto next_update = inside.take_any();
    if (!next_update || !inside.at_end()) return flaw("nextUpdate is no time");
    single.next_update = read_time(*next_update);
  }
  auto extensions = optional_extensions(in, 1, "singleExtensions");
  if (!extensions) return extensions.error();
  single.extensions = *std::move(extensions);
  if (!in.at_end()) return flaw("a SingleResponse has something after its last field");
  return single;
}

// ResponseData ::= SEQUENCE { version [0] DEFAULT v1, responderID, producedAt, responses,
// responseExtensions [1] OPTIONAL }
std::optional<raw_flaw> read_data(const item& data, raw_basic& basic) {
  reader in(data.content);
  basic.version_written = in.take(tag::constructed_context(0)).has_value();
  if (const auto by_name = in.take(tag::constructed_context(1))) {
    if (!only(by_name->content, tag::sequence)) return flaw("responderID byName is no Name");
    basic.responder_id = copy(by_name->content);
  } else if (const auto by_key = in.take(tag::constructed_context(2))) {
    const auto hash = only(by_key->content, tag::octet_string);
    if (!hash) return flaw("responderID byKey is no OCTET STRING");
    basic.by_key = true;
    basic.responder_id = copy(hash->content);
  } else {
    return flaw("responderID is neither byName nor byKey");
  }
  const auto produced_at = in.take_any();
  if (!produced_at) return flaw("producedAt is missing");
  basic.produced_at = read_time(*produced_at);
  const auto responses = in.take(tag::sequence);
  if (!responses) return flaw("responses is no SEQUENCE");
  reader list(responses->content);
  while (const auto each = list.take(tag::sequence)) {
    auto single = read_single(*each);
    if (!single) return single.error();
    basic.singles.push_back(*std::move(single));
  }
  if (!list.at_end()) return flaw("responses holds something that is no SingleResponse");
  auto extensions = optional_extensions(in, 1, "responseExtensions");
  if (!extensions) return extensions.error();
  basic.extensions = *std::move(extensions);
  if (!in.at_end()) return flaw("tbsResponseData has something after its last field");
  return std::nullopt;
}

basic_result read_basic(bytes_view octets) {
  const auto outer = only(octets, tag::sequence);
  if (!outer) return flaw("the response octets are no BasicOCSPResponse");
  reader in(outer->content);
  raw_basic basic;
  const auto data = in.take(tag::sequence);
  if (!data) return flaw("tbsResponseData is missing");
  if (auto why = read_data(*data, basic)) return *std::move(why);
  const auto algorithm = in.take(tag::sequence);
  if (!algorithm) return flaw("signatureAlgorithm is missing");
  reader inside(algorithm->content);
  const auto oid = inside.take(tag::object_identifier);
  if (!oid) return flaw("signatureAlgorithm has no identifier");
  basic.signature_algorithm = copy(oid->content);
  if (!in.take(tag::bit_string)) return flaw("the signature is missing");
  if (const auto wrapped = in.take(tag::constructed_context(0))) {
    basic.certs_written = true;
    const auto list = only(wrapped->content, tag::sequence);
    if (!list) return flaw("certs is no SEQUENCE");
    reader certs(list->content);
    while (const auto each = certs.take(tag::sequence))
      basic.certs.push_back(copy(each->whole));
    if (!certs.at_end()) return flaw("certs holds something that is no certificate");
  }
  if (!in.at_end()) return flaw("BasicOCSPResponse has something after its last field");
  return basic;
}

// Values beyond what fits are as wrong as -1.
std::int64_t small_number(bytes_view content) {
  if (content.empty() || content.size() > 4 || content[0] >= 0x80) return -1;
  std::int64_t value = 0;
  for (const std::uint8_t octet : content)
    value = value << 8 | octet;
  return value;
}

}  // namespace

bool raw_time::well_formed() const {
  return tag == der::tag::generalized_time && text.size() == whole_seconds + 1 && at.has_value();
}

std::optional<raw_cert_id> read_cert_id(bytes_view element) {
  const auto outer = only(element, tag::sequence);
  if (!outer) return std::nullopt;
  reader in(outer->content);
  const auto algorithm = in.take(tag::sequence);
  const auto name_hash = in.take(tag::octet_string);
  const auto key_hash = in.take(tag::octet_string);
  const auto serial = in.take(tag::integer);
  if (!algorithm || !name_hash || !key_hash || !serial || !in.at_end()) return std::nullopt;
  reader inside(algorithm->content);
  const auto oid = inside.take(tag::object_identifier);
  if (!oid) return std::nullopt;
  const auto parameters = inside.take_any();
  return raw_cert_id{.whole = copy(outer->whole),
                     .hash_algorithm = copy(oid->content),
                     .parameters = parameters ? copy(parameters->whole) : bytes(),
                     .issuer_name_hash = copy(name_hash->content),
                     .issuer_key_hash = copy(key_hash->content),
                     .serial = copy(serial->content)};
}

std::optional<raw_revocation> revocation_of(const raw_single& single) {
  const auto info = only(single.status, status_tag::revoked);
  if (!info) return std::nullopt;
  reader in(info->content);
  const auto at = in.take_any();
  if (!at) return std::nullopt;
  raw_revocation revocation{read_time(*at), std::nullopt};
  if (const auto wrapped = in.take(tag::constructed_context(0))) {
    const auto reason = only(wrapped->content, tag::enumerated);
    if (!reason) return std::nullopt;
    revocation.reason = static_cast<int>(small_number(reason->content));
  }
  if (!in.at_end()) return std::nullopt;
  return revocation;
}

boost::system::result<raw_response, raw_flaw> read_response(bytes_view octets) {
  if (octets.empty()) return flaw("the body is empty");
  constexpr std::uint8_t indefinite[] = {tag::sequence, 0x80};
  if (octets.size() > 1 && same(octets.first(2), indefinite)) {
    return flaw("the body is BER with an indefinite length, not DER");
  }
  const auto outer = only(octets, tag::sequence);
  if (!outer) return flaw("the body is no OCSPResponse");
  reader in(outer->content);
  const auto status = in.take(tag::enumerated);
  if (!status) return flaw("the body is a SEQUENCE without a responseStatus");
  raw_response response;
  response.is_der = is_der(octets);
  response.status = small_number(status->content);
  const auto wrapped = in.take(tag::constructed_context(0));
  if (!in.at_end()) return flaw("OCSPResponse has something after its last field");
  if (!wrapped) return response;
  response.bytes_written = true;
  const auto held = only(wrapped->content, tag::sequence);
  if (!held) return flaw("responseBytes is no SEQUENCE");
  reader inside(held->content);
  const auto type = inside.take(tag::object_identifier);
  const auto content = inside.take(tag::octet_string);
  if (!type || !content) return flaw("responseBytes lacks its type or its octets");
  response.response_type = copy(type->content);
  if (!same(type->content, identifier::basic)) return response;
  response.is_der = response.is_der && is_der(content->content);
  auto basic = read_basic(content->content);
  if (!basic) return basic.error();
  response.basic = *std::move(basic);
  return response;
}

}  // namespace staplelab::conform
