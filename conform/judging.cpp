#include "conform/judging.hpp"

#include "pki/errors.hpp"

namespace staplelab::conform {

bool refused_with(const evidence& seen, probe_id id, int response_status) {
  return seen.has(id) && seen.reading_of(id).what == said::error &&
         seen.reading_of(id).ocsp->status == response_status;
}

std::string expected(const evidence& seen, probe_id id, std::string_view what) {
  return fmt::format("{}: expected {}, seen {}", probe_of(id).title, what, seen.summary_of(id));
}

void expect_like_base(const evidence& seen, probe_id id, case_list& cases) {
  if (!seen.has(id)) return;
  if (seen.like_base(id)) {
    cases.pass(id, fmt::format("{}: answered as the plain question", probe_of(id).title));
  } else {
    cases.fail(id, expected(seen, id, "the answer to the plain question"));
  }
}

finding like_base_in_all(const evidence& seen, std::initializer_list<probe_id> ids) {
  case_list cases;
  for (const probe_id id : ids)
    expect_like_base(seen, id, cases);
  return cases.conclude("nothing could be asked");
}

void for_each_basic(const evidence& seen,
                    const std::function<void(probe_id, const raw_basic&)>& see) {
  for (const probe_id id : seen.probes()) {
    if (seen.definitive(id)) see(id, seen.basic(id));
  }
}

void for_each_single(
    const evidence& seen,
    const std::function<void(probe_id, const raw_basic&, const raw_single&)>& see) {
  for_each_basic(seen, [&](probe_id id, const raw_basic& basic) {
    for (const raw_single& single : basic.singles)
      see(id, basic, single);
  });
}

namespace {

bool names(const raw_basic& basic, const pki::certificate& cert, const raw_certificate& raw) {
  if (!basic.by_key) return basic.responder_id == raw.subject;
  // KeyHash is SHA-1 by definition (RFC 6960 4.2.1), and so is a CertID's with SHA-1.
  return basic.responder_id ==
         pki::cert_id::of(pki::serial_number(), cert, pki::hash_algorithm::sha1).issuer_key_hash;
}

}  // namespace

signer signer_of(const evidence& seen) {
  const raw_basic& basic = seen.basic(*seen.base());
  signer who;
  for (const der::bytes& octets : basic.certs) {
    auto raw = read_certificate(octets);
    if (!raw || raw->public_key == seen.issuer().public_key) continue;
    try {
      auto cert = pki::certificate::from_der(octets, "certs");
      if (!names(basic, cert, *raw)) continue;
      who.delegate = std::move(cert);
      who.taken_apart = *std::move(raw);
      return who;
    } catch (const pki::input_error&) {
      continue;  // no certificate: it signs nothing
    }
  }
  if (names(basic, seen.what().issuer, seen.issuer())) who.issuer = &seen.what().issuer;
  return who;
}

bool is_extension(const raw_extension& extension, der::bytes_view oid) {
  return der::same(extension.oid, oid);
}

std::string time_text(const raw_time& time) {
  return time.at ? pki::to_rfc3339(*time.at) : printable(time.text);
}

}  // namespace staplelab::conform
