// Who signs for which issuer, and the signers that no client may believe.
//
// An authority is an issuer with its key, and perhaps a delegate (RFC 6960 4.2.2.2). A delegate
// that clients must refuse is turned away here (expired, no id-kp-OCSPSigning, issued by another
// key), unless the caller asks for it by name: a testbed must be able to lie, but never by
// accident.
#pragma once

#include <boost/system/result.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pki/cert_status.hpp"
#include "pki/certificate.hpp"
#include "pki/ocsp_message.hpp"
#include "pki/signature_algorithm.hpp"
#include "pki/time.hpp"

namespace staplelab::responder {

struct authority {
  pki::credential issuer;
  std::optional<pki::credential> delegate;  // empty: the issuer signs itself
  // Further delegates, with keys of other kinds, for clients that prefer their algorithms.
  std::vector<pki::credential> alternates = {};

  pki::ocsp_signer signer() const;  // for clients that prefer nothing
};

// The first algorithm preferred that one of the authority's signers has and that is strong enough;
// else signer() with its default (RFC 6960 4.4.7.2.1).
struct chosen_signer {
  pki::ocsp_signer signer;
  std::optional<pki::signature_algorithm> algorithm;  // empty: as the key usually signs
};
chosen_signer choose_signer(const authority& who,
                            const std::vector<pki::preferred_signature>& preferred);

enum class signer_flaw {
  key_mismatch,  // the private key is not the certificate's
  not_yet_valid,
  expired,
  no_ocsp_signing,   // the delegate's EKU lacks id-kp-OCSPSigning
  foreign_delegate,  // not issued directly by this issuer's key
};
std::string_view to_string(signer_flaw flaw);  // a sentence without a subject, "has expired"

// The first reason why a client must refuse what this authority signs; empty when there is none.
std::optional<signer_flaw> flaw_of(const authority& who, pki::time_point now);

// Signers for the faults. All of them fit the authority's name, none of them fits a careful client.
struct fault_signers {
  pki::credential stranger;              // a self-signed CA of the same name with another key
  pki::credential delegate_without_eku;  // issued by the authority
  pki::credential expired_delegate;      // issued by the authority, ended a day before `now`

  static fault_signers make(const pki::credential& issuer, pki::time_point now);
};

enum class signer_choice { fit_only, any };

// The authorities of one responder.
class signing {
 public:
  // Replaces the authority with the same issuer certificate, or adds one. Says why not, and changes
  // nothing, when the signer is unfit and `choice` is fit_only.
  std::optional<signer_flaw> set(authority who, signer_choice choice, pki::time_point now);

  // The authority whose name and key the identifier names; null when there is none, or when the
  // hash algorithm is unknown. Valid until the next set().
  const authority* find(const pki::cert_id& id) const;
  const std::vector<authority>& authorities() const { return authorities_; }

  // Made when first asked for and kept. `who` is one of authorities().
  const fault_signers& unfit(const authority& who, pki::time_point now) const;

 private:
  std::vector<authority> authorities_;
  mutable std::vector<std::unique_ptr<fault_signers>> unfit_;  // parallel to authorities_
};

}  // namespace staplelab::responder
