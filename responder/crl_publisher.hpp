// CRLs over HTTP beside the OCSP answers: full ones, made on a schedule of their own, so that the
// two can say different things at one moment, as they do on the web (RFC 5280 section 5,
// RFC 2585 for the content type).
//
// A CRL is kept until the next one is due. It lists what the CA knew when it was made.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "pki/bytes.hpp"
#include "pki/mini_ca.hpp"
#include "pki/time.hpp"
#include "runtime/http.hpp"

namespace staplelab::responder {

struct crl_schedule {
  // Zero: when one is asked for, and something has happened or half of the validity has passed.
  pki::duration every{0};
  pki::duration validity = std::chrono::days(7);  // nextUpdate - thisUpdate
  pki::time_point origin{};                       // turns are counted from here
};
// "the CRL's validity must ..."; empty for nothing.
std::optional<std::string> flaw_of(const crl_schedule& schedule);

class crl_publisher {
 public:
  explicit crl_publisher(const crl_schedule& schedule) : schedule_(schedule) {}

  // `path` is that of the URL, "/crl/issuing.crl"; a path that is taken stays as it is. `ca`
  // outlives the publisher.
  void add(std::string path, pki::mini_ca& ca, std::string authority);

  // A new CRL now, out of turn; it is kept until the next turn. False for a path that was not
  // added. Throws pki::store_error.
  bool publish(std::string_view path, pki::time_point now);

  // Empty for a path that was not added. 304 to a GET that names the current entity tag, 405 to
  // anything but GET and HEAD. Throws pki::store_error.
  std::optional<runtime::http_response> answer(const runtime::http_request& request,
                                               pki::time_point now);

 private:
  struct published {
    pki::mini_ca* ca;
    std::string authority;
    std::optional<pki::time_point> this_update = {};  // empty: none was made yet
    std::int64_t last_act = 0;
    pki::bytes der = {};
  };
  bool is_current(const published& what, pki::time_point now) const;
  pki::time_point due_at(pki::time_point now) const;  // thisUpdate of the one due by `now`
  void make(published& what, pki::time_point this_update);

  crl_schedule schedule_;
  std::map<std::string, published, std::less<>> by_path_;
};

}  // namespace staplelab::responder
