// What a responder has said so far: the exchanges, and what was read out of them. Judging starts
// here; no socket is in sight.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "conform/exchange.hpp"
#include "conform/probe.hpp"
#include "conform/question.hpp"
#include "conform/raw_response.hpp"
#include "conform/target.hpp"

namespace staplelab::conform {

enum class said {
  nothing,     // no HTTP response
  no_ocsp,     // an HTTP response without an OCSPResponse in it
  error,       // an OCSPResponse with an error status
  definitive,  // a basic response
};

struct reading {
  said what = said::nothing;
  int http_status = 0;
  std::string flaw;                  // with no_ocsp: what is there instead
  std::optional<raw_response> ocsp;  // with error and definitive
};
// Of the last HTTP response in it.
reading read(const exchange& seen);

// "HTTP 200, malformedRequest", "no answer in time"; printable ASCII only.
std::string summary(const exchange& seen, const reading& what);
// Octets from the network as printable ASCII, others as \xNN, cut to a length that fits a line.
std::string printable(std::string_view text);
std::string_view name_of_status(std::int64_t response_status);  // RFC 6960's spelling

enum class way { post, get };

class evidence {
 public:
  // Throws pki::input_error when a certificate cannot be taken apart.
  explicit evidence(target what);

  void add(probe_id id, exchange seen);
  // The responder is gone, and since when.
  void fell_silent(std::string why) { silence_ = std::move(why); }
  const std::optional<std::string>& silence() const { return silence_; }
  bool has(probe_id id) const { return seen_.contains(id); }
  // The probe must have been added.
  const exchange& exchange_of(probe_id id) const { return seen_.at(id).first; }
  const reading& reading_of(probe_id id) const { return seen_.at(id).second; }
  std::string summary_of(probe_id id) const;
  const runtime::http_response* http_of(probe_id id) const;  // the last; null for none
  runtime::time_point answered_at(probe_id id) const;
  std::vector<probe_id> probes() const;  // in the order of the enumeration

  bool definitive(probe_id id) const;
  const raw_basic& basic(probe_id id) const;  // of a definitive answer
  // The answer to the first certificate asked about; null when there is none.
  const raw_single* single_of(probe_id id) const;

  // The way in which the plain question was answered best; empty: not even with an error.
  std::optional<probe_id> base() const;
  way base_way() const;
  pki::hash_algorithm base_hash() const;
  // Definitive, and with the same status as the plain question. Needs a definitive base.
  bool like_base(probe_id id) const;

  const target& what() const { return what_; }
  conform::profile profile() const { return what_.held_to; }
  const raw_certificate& issuer() const { return issuer_; }
  const raw_certificate& leaf() const { return leaf_; }

 private:
  target what_;
  raw_certificate issuer_;
  raw_certificate leaf_;
  std::map<probe_id, std::pair<exchange, reading>> seen_;
  std::optional<std::string> silence_;
};

// The CertIDs in a request that this folder built.
std::vector<raw_cert_id> asked_in(der::bytes_view request);
// Equal in meaning; parameters do not count.
bool same_certificate(const raw_cert_id& a, const raw_cert_id& b);
const raw_single* find_single(const raw_basic& basic, const raw_cert_id& id);

}  // namespace staplelab::conform
