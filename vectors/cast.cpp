#include "vectors/cast.hpp"

#include <utility>

namespace staplelab::vectors {
namespace {

using std::chrono::days;
using std::chrono::seconds;

constexpr key_kind usual_kind = key_kind::p256;
const bytes may_sign_certificates{0x01, 0x06};  // keyCertSign, cRLSign
const bytes may_encipher{0x05, 0x20};           // keyEncipherment

certificate_plan current(std::string subject, bytes serial) {
  certificate_plan plan;
  plan.subject = std::move(subject);
  plan.serial = std::move(serial);
  plan.not_before = judging_time() - days{180};
  plan.not_after = judging_time() + days{180};
  return plan;
}

certificate_plan authority(std::string subject, std::uint8_t serial) {
  certificate_plan plan = current(std::move(subject), {serial});
  plan.is_ca = true;
  plan.key_usage = may_sign_certificates;
  return plan;
}

certificate_plan server(std::string subject, bytes serial) {
  certificate_plan plan = current(std::move(subject), std::move(serial));
  plan.purposes = {identifier::server_auth};
  return plan;
}

certificate_plan delegate(std::string subject, std::uint8_t serial) {
  certificate_plan plan = current(std::move(subject), {0x0d, serial});
  plan.purposes = {identifier::ocsp_signing};
  plan.nocheck = true;
  return plan;
}

}  // namespace

time_point judging_time() {
  return std::chrono::sys_days{std::chrono::year{2026} / 3 / 1} + std::chrono::hours{12};
}

cast::cast(std::string_view seed) : seed_(seed) {
  add_authorities();
  add_servers();
  add_delegates();
  add_other_algorithms();
}

const party& cast::operator[](std::string_view name) const {
  const auto found = parties_.find(name);
  if (found == parties_.end()) throw std::out_of_range("no party " + std::string(name));
  return found->second;
}

void cast::add(std::string_view name, key_kind kind, std::string_view issuer, certificate_plan plan,
               std::string_view key_of) {
  signing_key key = signing_key::derive(kind, seed_, key_of.empty() ? name : key_of);
  const bool self_signed = issuer.empty();
  plan.issuer = self_signed ? plan.subject : (*this)[issuer].plan.subject;
  bytes der = write_certificate(plan, key, self_signed ? key : (*this)[issuer].key);
  std::string own(name);
  parties_.emplace(own, party{own, std::move(plan), std::move(key), std::move(der)});
}

void cast::add_authorities() {
  add("ca", usual_kind, {}, authority("Vector CA", 0x01));
  add("other-ca", usual_kind, {}, authority("Other CA", 0x02));
  add("ca-same-name", usual_kind, {}, authority("Vector CA", 0x03));
  add("ca-same-key", usual_kind, {}, authority("Renamed CA", 0x04), "ca");
  add("sub-ca", usual_kind, "ca", authority("Vector Sub CA", 0x05));
  add("local-responder", usual_kind, {}, delegate("Local Responder", 0x90));
}

void cast::add_servers() {
  add("leaf", usual_kind, "ca", server("www.vectors.example", {0x1f, 0x2e, 0x3d}));
  add("leaf-long-serial", usual_kind, "ca",
      server("long.vectors.example", {0xf0, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09,
                                      0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x11, 0x12}));
  add("leaf-short-serial", usual_kind, "ca", server("short.vectors.example", {0x7f}));
  add("leaf-high-bit-serial", usual_kind, "ca", server("high.vectors.example", {0x80}));
}

void cast::add_delegates() {
  add("delegate", usual_kind, "ca", delegate("Delegate", 0x01));
  add("delegate-two", usual_kind, "ca", delegate("Second Delegate", 0x02));
  add("delegate-same-name", usual_kind, "ca", delegate("Delegate", 0x03));

  certificate_plan plan = delegate("Delegate Without Purpose", 0x10);
  plan.purposes = {};
  add("delegate-no-eku", usual_kind, "ca", plan);
  plan = delegate("Delegate For Servers", 0x11);
  plan.purposes = {identifier::server_auth};
  add("delegate-server-auth", usual_kind, "ca", plan);
  plan = delegate("Delegate For Anything", 0x12);
  plan.purposes = {identifier::any_purpose};
  add("delegate-any-purpose", usual_kind, "ca", plan);
  plan = delegate("Delegate For Two Purposes", 0x13);
  plan.purposes = {identifier::server_auth, identifier::ocsp_signing};
  add("delegate-two-purposes", usual_kind, "ca", plan);
  plan = delegate("Delegate For Encipherment", 0x14);
  plan.key_usage = may_encipher;
  add("delegate-encipherment", usual_kind, "ca", plan);
  plan = delegate("Delegate With A Critical Extension", 0x15);
  plan.unknown_critical_extension = true;
  add("delegate-critical-extension", usual_kind, "ca", plan);
  plan = delegate("Revocable Delegate", 0x16);
  plan.nocheck = false;
  add("delegate-no-nocheck", usual_kind, "ca", plan);

  plan = delegate("Expired Delegate", 0x20);
  plan.not_after = judging_time() - seconds{1};
  add("delegate-expired", usual_kind, "ca", plan);
  plan = delegate("Early Delegate", 0x21);
  plan.not_before = judging_time() + seconds{1};
  add("delegate-not-yet-valid", usual_kind, "ca", plan);
  plan = delegate("Delegate In Its Last Second", 0x22);
  plan.not_after = judging_time();
  add("delegate-last-second", usual_kind, "ca", plan);

  add("delegate-of-other-ca", usual_kind, "other-ca", delegate("Delegate Of Another", 0x30));
  add("delegate-of-same-name", usual_kind, "ca-same-name", delegate("Delegate Of Namesake", 0x31));
  add("delegate-of-same-key", usual_kind, "ca-same-key", delegate("Delegate Of Renamed", 0x32));
  add("delegate-of-delegate", usual_kind, "delegate", delegate("Delegate Of Delegate", 0x33));
  add("delegate-of-sub-ca", usual_kind, "sub-ca", delegate("Delegate Of Sub CA", 0x34));
  add("stranger", usual_kind, {}, delegate("Stranger", 0x35));
  add("delegate-ed25519", key_kind::ed25519, "ca", delegate("Edwards Delegate", 0x36));
  add("delegate-rsa", key_kind::rsa2048, "ca", delegate("RSA Delegate", 0x37));
  add("delegate-rsa1024", key_kind::rsa1024, "ca", delegate("Short RSA Delegate", 0x38));
  plan = delegate("Delegate By SHA-1", 0x39);
  plan.signed_by_algorithm = algorithm::ecdsa_sha1;
  add("delegate-by-sha1", usual_kind, "ca", plan);
}

void cast::add_other_algorithms() {
  add("rsa-ca", key_kind::rsa2048, {}, authority("Vector RSA CA", 0x01));
  add("rsa-leaf", usual_kind, "rsa-ca", server("rsa.vectors.example", {0x51}));
  add("ed25519-ca", key_kind::ed25519, {}, authority("Vector Ed25519 CA", 0x01));
  add("ed25519-leaf", usual_kind, "ed25519-ca", server("ed25519.vectors.example", {0x52}));
}

}  // namespace staplelab::vectors
