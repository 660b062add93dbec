// The CAs that one responder answers for: their books as one, and who signs for each authority.
#pragma once

#include <string>
#include <vector>

#include "pki/key.hpp"
#include "pki/mini_ca.hpp"
#include "responder/crl_publisher.hpp"
#include "responder/server.hpp"
#include "runtime/async.hpp"
#include "runtime/clock.hpp"

namespace staplelab::cli {

struct served_ca {
  std::string name;  // the last part of its directory
  pki::mini_ca ca;
};

// Throws failure with code 2 for a folder without a CA, or with one that has no authority.
std::vector<served_ca> open_cas(const std::vector<std::string>& directories);

enum class signer_kind { ca, delegate };
struct signer_plan {
  signer_kind kind = signer_kind::ca;
  // Of delegates: one for each, the first of which signs for clients that prefer nothing. None:
  // one delegate, with whatever key it has.
  std::vector<pki::key_type> delegate_keys = {};
};

class served_authorities final : public pki::status_book {
 public:
  // At least one; a CA that comes first is asked first.
  explicit served_authorities(std::vector<served_ca> cas) : cas_(std::move(cas)) {}

  // Every authority. Delegates are taken from the CA, or issued by it when none is fit at `now`.
  std::vector<responder::authority> signing(const signer_plan& who, pki::time_point now);
  // The authority that issues in the first CA: the last one made.
  responder::authority issuing(const signer_plan& who, pki::time_point now);

  // At /crl/AUTHORITY.crl, and at /crl/CA/AUTHORITY.crl where several CAs have names in common.
  void publish_crls(responder::crl_publisher& at);

  std::variant<pki::cert_status, pki::no_status> look_up(const pki::cert_id& id,
                                                         pki::time_point now) const override;
  std::variant<pki::status_history, pki::no_status> history(const pki::cert_id& id,
                                                            pki::time_point now) const override;

 private:
  std::vector<served_ca> cas_;
};

// Gives the server the next delegates before those it has expire: answers of a signer that has
// ended are worth nothing. Runs until it is cancelled; the references outlive it.
runtime::awaitable<void> renew_delegates(runtime::clock& time, served_authorities& from,
                                         signer_plan who, responder::server& to);

}  // namespace staplelab::cli
