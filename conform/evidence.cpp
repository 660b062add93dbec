#include "conform/evidence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "conform/identifiers.hpp"
#include "pki/errors.hpp"

namespace staplelab::conform {
namespace {

using namespace der;

raw_certificate taken_apart(const pki::certificate& cert) {
  auto raw = read_certificate(cert.der());
  if (!raw) throw pki::input_error("cannot take the certificate of " + cert.subject() + " apart");
  return *std::move(raw);
}

// The ways of the plain question, the best first.
constexpr std::array plain_probes{probe_id::post_sha1, probe_id::post_sha256, probe_id::get_encoded,
                                  probe_id::get_raw};

// A serial number written with superfluous octets is the same number.
bytes_view significant(bytes_view serial) {
  while (serial.size() > 1 && serial[0] == 0 && serial[1] < 0x80)
    serial = serial.subspan(1);
  return serial;
}

std::string status_text(const raw_single& single) {
  switch (single.status_tag()) {
    case status_tag::good:
      return "good";
    case status_tag::revoked:
      return "revoked";
    case status_tag::unknown:
      return "unknown";
    default:
      return fmt::format("a certStatus with tag {:02x}", single.status_tag());
  }
}

}  // namespace

std::string printable(std::string_view text) {
  constexpr std::size_t longest = 160;
  std::string safe;
  for (const char c : text.substr(0, longest)) {
    if (c >= ' ' && c <= '~') {
      safe += c;
    } else {
      safe += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    }
  }
  return text.size() > longest ? safe + "..." : safe;
}

std::string_view name_of_status(std::int64_t response_status) {
  switch (response_status) {
    case 0:
      return "successful";
    case 1:
      return "malformedRequest";
    case 2:
      return "internalError";
    case 3:
      return "tryLater";
    case 5:
      return "sigRequired";
    case 6:
      return "unauthorized";
    default:
      return "a responseStatus that RFC 6960 does not have";
  }
}

reading read(const exchange& seen) {
  reading result;
  if (seen.responses.empty()) return result;
  const auto& response = seen.responses.back();
  result.http_status = response.status;
  result.what = said::no_ocsp;
  const bytes body(response.body.begin(), response.body.end());
  auto ocsp = read_response(body);
  if (!ocsp) {
    result.flaw = ocsp.error().why;
    return result;
  }
  if (ocsp->status == 0 && !ocsp->basic) {
    result.flaw = "a successful response that is not a basic one";
    return result;
  }
  result.what = ocsp->status == 0 ? said::definitive : said::error;
  result.ocsp = *std::move(ocsp);
  return result;
}

std::string summary(const exchange& seen, const reading& what) {
  switch (what.what) {
    case said::nothing:
      return std::string(to_string(seen.how));
    case said::no_ocsp:
      return fmt::format("HTTP {}, {}", what.http_status, what.flaw);
    case said::error:
      return fmt::format("HTTP {}, {}", what.http_status, name_of_status(what.ocsp->status));
    case said::definitive: {
      std::string statuses;
      for (const raw_single& single : what.ocsp->basic->singles) {
        constexpr std::size_t enough = 60;
        if (statuses.size() > enough) {
          statuses += ", ...";
          break;
        }
        statuses += (statuses.empty() ? "" : ", ") + status_text(single);
      }
      return fmt::format("HTTP {}, {}", what.http_status,
                         statuses.empty() ? "no SingleResponse" : statuses);
    }
  }
  return {};
}

evidence::evidence(target what)
    : what_(std::move(what)), issuer_(taken_apart(what_.issuer)), leaf_(taken_apart(what_.leaf)) {}

void evidence::add(probe_id id, exchange seen) {
  reading what = read(seen);
  seen_.insert_or_assign(id, std::pair(std::move(seen), std::move(what)));
}

std::string evidence::summary_of(probe_id id) const {
  const std::string text = summary(exchange_of(id), reading_of(id));
  const bool other = definitive(id) && !asked_in(exchange_of(id).request).empty() && !single_of(id);
  return other ? text + ", but for another CertID" : text;
}

const runtime::http_response* evidence::http_of(probe_id id) const {
  const auto& responses = exchange_of(id).responses;
  return responses.empty() ? nullptr : &responses.back();
}

runtime::time_point evidence::answered_at(probe_id id) const {
  return exchange_of(id).at + exchange_of(id).took;
}

std::vector<probe_id> evidence::probes() const {
  std::vector<probe_id> all;
  for (const auto& [id, seen] : seen_)
    all.push_back(id);
  return all;
}

bool evidence::definitive(probe_id id) const {
  return has(id) && reading_of(id).what == said::definitive;
}

const raw_basic& evidence::basic(probe_id id) const {
  return *reading_of(id).ocsp->basic;
}

const raw_single* evidence::single_of(probe_id id) const {
  if (!definitive(id)) return nullptr;
  const auto asked = asked_in(exchange_of(id).request);
  return asked.empty() ? nullptr : find_single(basic(id), asked.front());
}

std::optional<probe_id> evidence::base() const {
  for (const said enough : {said::definitive, said::error}) {
    for (const probe_id id : plain_probes) {
      if (has(id) && reading_of(id).what == enough) return id;
    }
  }
  return std::nullopt;
}

way evidence::base_way() const {
  const auto best = base();
  const bool get = best == probe_id::get_encoded || best == probe_id::get_raw;
  return get ? way::get : way::post;
}

pki::hash_algorithm evidence::base_hash() const {
  return base() == probe_id::post_sha256 ? pki::hash_algorithm::sha256 : pki::hash_algorithm::sha1;
}

bool evidence::like_base(probe_id id) const {
  const raw_single* here = single_of(id);
  const auto best = base();
  const raw_single* there = best ? single_of(*best) : nullptr;
  return here && there && here->status_tag() == there->status_tag();
}

std::vector<raw_cert_id> asked_in(bytes_view request) {
  std::vector<raw_cert_id> asked;
  const auto outer = only(request, tag::sequence);
  if (!outer) return asked;
  reader parts(outer->content);
  const auto tbs = parts.take(tag::sequence);
  if (!tbs) return asked;
  reader in(tbs->content);
  in.take(tag::constructed_context(0));
  in.take(tag::constructed_context(1));
  const auto list = in.take(tag::sequence);
  if (!list) return asked;
  reader requests(list->content);
  while (const auto each = requests.take(tag::sequence)) {
    reader inside(each->content);
    const auto id = inside.take(tag::sequence);
    auto raw = id ? read_cert_id(id->whole) : std::nullopt;
    if (raw) asked.push_back(*std::move(raw));
  }
  return asked;
}

bool same_certificate(const raw_cert_id& a, const raw_cert_id& b) {
  return a.hash_algorithm == b.hash_algorithm && a.issuer_name_hash == b.issuer_name_hash &&
         a.issuer_key_hash == b.issuer_key_hash &&
         same(significant(a.serial), significant(b.serial));
}

const raw_single* find_single(const raw_basic& basic, const raw_cert_id& id) {
  const auto found = std::ranges::find_if(
      basic.singles, [&](const raw_single& single) { return same_certificate(single.id, id); });
  return found == basic.singles.end() ? nullptr : &*found;
}

}  // namespace staplelab::conform
