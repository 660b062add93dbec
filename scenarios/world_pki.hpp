// The certificates of one world: made as the scenario says, known by the scenario's names.
//
// Everything is drawn from the seed but the keys. Names that the scenario does not have, and names
// taken twice, are pki::input_error.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pki/mini_ca.hpp"
#include "responder/signing.hpp"
#include "scenarios/scenario.hpp"
#include "stapler/loaded_config.hpp"

namespace staplelab::scenarios {

// Where the addresses of a scenario lead in this world.
struct world_addresses {
  std::uint16_t responder;
  std::uint16_t nowhere;

  std::string url_of(const responder_address& address) const;
  // The same URL as a scenario would write it, without a port: "${responder}/x".
  std::string as_written(const std::string& url) const;
};

class world_pki {
 public:
  world_pki(const scenario_case& what, const world_addresses& addresses, std::uint64_t seed);
  world_pki(const world_pki&) = delete;
  world_pki& operator=(const world_pki&) = delete;

  pki::mini_ca& ca() { return ca_; }

  void issue(const certificate_spec& what, time_point now);
  // Many at once, "NAME-1" to "NAME-COUNT".
  void issue_batch(const certificate_spec& what, unsigned count, time_point now);
  bool is_batch(std::string_view name) const { return batches_.contains(name); }
  // The next ones in the order of issue, at most those that are left. How many they were.
  unsigned revoke_batch(std::string_view name, std::optional<unsigned> count,
                        const pki::revocation& how, time_point now);
  // Puts a fresh certificate in the place of a signer that is renewed.
  void renew_signer(std::string_view name, time_point now);
  // When that is due; empty for whatever else signs.
  std::optional<time_point> signer_renewal(std::string_view name) const;

  // Of certificates, signers, and authorities that another one issued.
  pki::certificate leaf(std::string_view name) const;
  pki::certificate issuer(std::string_view name) const;
  std::string issuer_name(std::string_view name) const;
  const std::vector<pki::certificate>& roots() const { return roots_; }
  // Empty when it is none of this world's.
  std::string name_of(const pki::serial_number& serial) const;
  std::string name_of_subject(std::string_view subject) const;

  // Names of certificates and signers, and the SHA-256 of each in hexadecimal.
  std::vector<std::pair<std::string, std::string>> digests() const;

  // `url` replaces the certificate's own responder addresses.
  stapler::served_certificate served(std::string_view name,
                                     const std::optional<responder_address>& url) const;

  // The authorities that answer for certificates, each signing for itself.
  std::vector<responder::authority> authorities() const;
  // Who signs for whom once `signer` was chosen: an authority signs for itself; a delegate for the
  // authority that issued it. One that nobody here entrusted (another authority, a delegate of
  // another authority) signs in the place of all.
  std::vector<responder::authority> authorities_with(std::string_view signer) const;
  // Where the responder is asked, without a slash at the end; the root is the first.
  std::vector<std::string> responder_paths() const;
  // A good answer for a certificate, as its issuer would sign it.
  pki::bytes good_answer(std::string_view name, duration validity, time_point now) const;

 private:
  // An authority never changes, and reading one from the CA costs more than a signature.
  struct standing_authority {
    pki::credential identity;
    std::vector<pki::certificate> chain;  // its own certificate first, the root last
  };
  void add_authority(const authority_spec& what);
  const standing_authority& authority(std::string_view name) const;
  void add_signer(const signer_spec& what);
  pki::credential issue_signer(const signer_spec& what, const std::string& name,
                               time_point not_before, time_point now);
  struct issued {
    std::string issuer;  // name of the authority
    pki::credential identity;
  };
  const issued& find(std::string_view name) const;

  const scenario& of_;
  bool must_staple_;  // of the matrix
  world_addresses addresses_;
  pki::mini_ca ca_;
  std::map<std::string, standing_authority, std::less<>> authorities_;
  std::vector<pki::certificate> roots_;
  std::vector<std::string> answering_;                 // authorities that issue certificates
  std::map<std::string, issued, std::less<>> issued_;  // certificates and signers
  std::map<pki::serial_number, std::string> names_;
  unsigned renewals_ = 0;
  struct batch {
    unsigned issued;
    unsigned revoked = 0;
  };
  std::map<std::string, batch, std::less<>> batches_;
};

}  // namespace staplelab::scenarios
