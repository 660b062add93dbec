// One TLS handshake that asks for a staple, judged as a careful client judges it. Shares nothing
// with the endpoint but pki's verifier.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pki/certificate.hpp"
#include "pki/ocsp_verify.hpp"
#include "runtime/async.hpp"
#include "runtime/clock.hpp"
#include "runtime/packet_capture.hpp"
#include "scenarios/expectation.hpp"
#include "scenarios/scenario.hpp"

namespace staplelab::scenarios {

enum class starttls { none, smtp, imap, pop3, ftp, postgres, mysql, nats };
inline constexpr std::array all_starttls{starttls::none,  starttls::smtp, starttls::imap,
                                         starttls::pop3,  starttls::ftp,  starttls::postgres,
                                         starttls::mysql, starttls::nats};
std::string_view to_string(starttls protocol);  // "none", "smtp", ...
std::optional<starttls> parse_starttls(std::string_view name);

struct probe_request {
  runtime::tcp::endpoint address;
  std::string sni;  // empty: none sent
  std::optional<tls_version> tls;
  bool status_request = true;
  unsigned responder_ids = 0;  // named in the request; at most max_responder_ids fit
  starttls entry = starttls::none;
  // Ends the handshake as a careful client does, with the alert bad_certificate_status_response,
  // when a staple is not good (RFC 6066 section 8), or a certificate that promises one comes
  // without (RFC 7633 4.2.3). Has no effect where no staple was asked for.
  bool strict = false;
  std::vector<pki::certificate> roots;  // searched for an issuer that the chain leaves out
  pki::verify_rules rules;
  runtime::duration timeout = std::chrono::seconds(60);  // on the clock
  runtime::traffic_log* traffic = nullptr;               // told what passes
};

struct probe_result {
  probe_verdict verdict;
  std::optional<pki::ocsp_judgement> staple;  // where there was one
  std::vector<std::uint8_t> staple_der;
  std::vector<pki::certificate> chain;  // as presented
  bool must_staple = false;             // of the leaf
  std::optional<int> alert;             // received, with handshake_failed
  std::optional<int> sent_alert;        // by a strict probe; the verdict says why
  std::string tls;                      // "TLSv1.3"; empty before it was negotiated
  double latency_ms = 0;  // real time, from the first octet of the ClientHello to Finished
  std::string why;        // for people
  std::string secrets;    // lines of an NSS key log, with which the traffic can be read
};

probe_verdict verdict_of(const pki::ocsp_judgement& judgement);

// RFC 5280 section 6, for a TLS server, at `now`; names of servers are not compared. `chain` as
// presented, its leaf first; false when it is empty.
bool is_trusted(const std::vector<pki::certificate>& chain,
                const std::vector<pki::certificate>& roots, pki::time_point now);

// `none` is a handshake without a staple; whether the leaf should have one stands in `must_staple`.
// Throws pki::input_error for a server name that cannot be sent.
runtime::awaitable<probe_result> probe(runtime::clock& time, probe_request request);

}  // namespace staplelab::scenarios
