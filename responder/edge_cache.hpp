// A cache in front of a responder, as a CDN is: what it has, it hands out until that is max_age
// old, whatever has become of it meanwhile.
//
// It keeps what came with status 200, by the octets of the OCSP request, so that GET and POST come
// to the same; and it looks neither at what it keeps nor at the client's Cache-Control: CDNs are
// known to do neither. Beyond max_entries nothing new is kept.
#pragma once

#include <map>
#include <optional>

#include "pki/bytes.hpp"
#include "pki/time.hpp"
#include "responder/event.hpp"
#include "runtime/http.hpp"

namespace staplelab::responder {

class edge_cache {
 public:
  static constexpr std::size_t max_entries = 10'000;

  explicit edge_cache(pki::duration max_age) : max_age_(max_age) {}
  pki::duration max_age() const { return max_age_; }

  struct hit {
    runtime::http_response response;  // with its Age (RFC 9111 5.1)
    request_answered told;            // of the request for which it was made
    pki::duration age;
  };
  std::optional<hit> find(const pki::bytes& request, pki::time_point now) const;
  void keep(const pki::bytes& request, const runtime::http_response& response,
            const request_answered& told, pki::time_point now);
  void purge() { entries_.clear(); }

 private:
  struct entry {
    runtime::http_response response;
    request_answered told;
    pki::time_point kept;
  };
  pki::duration max_age_;
  std::map<pki::bytes, entry> entries_;
};

}  // namespace staplelab::responder
