#include "scenarios/probe.hpp"

#include <openssl/x509_vfy.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

#include "pki/errors.hpp"
#include "runtime/byte_stream.hpp"
#include "scenarios/probe_starttls.hpp"
#include "scenarios/tls_client.hpp"

namespace staplelab::scenarios {

namespace {

using runtime::awaitable;
using runtime::error_code;
using runtime::tcp_stream;
namespace asio = runtime::asio;

// Real servers may ignore our farewell; they are not waited for longer than this.
constexpr runtime::duration longest_farewell{std::chrono::seconds(1)};

struct heard_octets {
  error_code error;
  std::string octets;
};

awaitable<heard_octets> hear(tcp_stream& server) {
  std::array<char, 16 * 1024> room;
  const auto size = co_await server.read_some(room);
  heard_octets heard;
  if (size) {
    heard.octets.assign(room.data(), *size);
  } else {
    heard.error = size.error();
  }
  co_return heard;
}

// What a probe has come to so far: after a timeout, this is what is known.
struct progress_made {
  probe_verdict verdict = probe_verdict::refused;
  std::string phase = "connecting";
  std::string why;
  double began = 0;  // real milliseconds
  double ended = 0;
};

void fail(progress_made& made, std::string why) {
  made.verdict = probe_verdict::handshake_failed;
  made.why = std::move(why);
}

std::string ended_by_peer(const error_code& error) {
  if (error == asio::error::eof) return "the server closed the connection";
  return "the connection broke: " + error.message();
}

// True when TLS may begin.
awaitable<bool> ask_for_tls(tcp_stream& server, starttls protocol, progress_made& made) {
  starttls_dialogue dialogue(protocol);
  while (true) {
    auto next = dialogue.next();
    if (std::holds_alternative<starttls_dialogue::begin_tls>(next)) co_return true;
    if (const auto* no = std::get_if<starttls_dialogue::no_tls>(&next)) {
      fail(made, no->why);
      co_return false;
    }
    error_code error;
    if (auto* say = std::get_if<starttls_dialogue::say>(&next)) {
      error = co_await server.write(say->octets);
    } else {
      const heard_octets heard = co_await hear(server);
      dialogue.feed(heard.octets);
      error = heard.error;
    }
    if (error) {
      fail(made, ended_by_peer(error) + " before TLS");
      co_return false;
    }
  }
}

// True when the handshake is complete.
awaitable<bool> shake_hands(tcp_stream& server, tls_client& tls, progress_made& made) {
  made.began = made.ended = runtime::real_milliseconds();
  auto state = tls.advance({});
  while (true) {
    const std::string output = tls.take_output();
    error_code error;
    if (!output.empty()) error = co_await server.write(output);
    made.ended = runtime::real_milliseconds();
    if (state == tls_client::state::finished) co_return true;
    if (state == tls_client::state::failed) {
      fail(made, tls.why());
      co_return false;
    }
    heard_octets heard;
    if (!error) {
      heard = co_await hear(server);
      error = heard.error;
    }
    if (error) {
      fail(made, ended_by_peer(error) + " during the handshake");
      co_return false;
    }
    state = tls.advance(heard.octets);
  }
}

// The server has done all that this handshake makes it do when it has closed as well.
awaitable<void> part(tcp_stream& server, tls_client& tls) {
  const std::string farewell = tls.farewell();
  if (co_await server.write(farewell)) co_return;
  co_await server.finish();
}

awaitable<void> part_in_time(runtime::clock& time, tcp_stream& server, tls_client& tls) {
  using asio::experimental::awaitable_operators::operator||;
  co_await (part(server, tls) || time.sleep_until(time.now() + longest_farewell));
}

awaitable<void> converse(runtime::clock& time, const probe_request& request, tls_client& tls,
                         progress_made& made) {
  runtime::tcp_socket socket(co_await asio::this_coro::executor);
  auto hold = time.hold(0);
  error_code error;
  co_await socket.async_connect(request.address,
                                asio::redirect_error(runtime::use_awaitable, error));
  if (error) {
    made.why = "cannot connect: " + error.message();
    co_return;
  }
  socket.set_option(runtime::tcp::no_delay(true), error);
  const auto client_port = socket.local_endpoint().port();
  hold = time.hold(client_port);
  tcp_stream server(std::move(socket), client_port, request.traffic);
  made.verdict = probe_verdict::handshake_failed;
  made.phase = "before TLS";
  if (!co_await ask_for_tls(server, request.entry, made)) co_return;
  made.phase = "during the handshake";
  if (!co_await shake_hands(server, tls, made)) co_return;
  made.verdict = probe_verdict::none;
  co_await part_in_time(time, server, tls);
}

// The deadline counts for what it bounds: a handshake that ended in time stands.
awaitable<bool> converse_in_time(runtime::clock& time, const probe_request& request,
                                 tls_client& tls, progress_made& made) {
  using asio::experimental::awaitable_operators::operator||;
  const auto deadline = time.now() + request.timeout;
  const auto first = co_await (converse(time, request, tls, made) || time.sleep_until(deadline));
  co_return first.index() == 0 || made.verdict == probe_verdict::none;
}

const pki::certificate* issuer_of(const pki::certificate& leaf,
                                  const std::vector<pki::certificate>& among) {
  const auto found = std::find_if(among.begin(), among.end(), [&leaf](const auto& candidate) {
    return leaf.issuer() == candidate.subject() && leaf.signed_by(candidate);
  });
  return found == among.end() ? nullptr : &*found;
}

struct seen_staple {
  probe_verdict verdict;
  std::optional<pki::ocsp_judgement> judgement;
  std::string why;
};

seen_staple judge_staple(const std::vector<pki::certificate>& chain, const pki::bytes& staple,
                         const probe_request& request, pki::time_point now) {
  const auto& leaf = chain.front();
  const auto* issuer = issuer_of(leaf, chain);
  if (!issuer) issuer = issuer_of(leaf, request.roots);
  if (!issuer) {
    return {probe_verdict::unauthorized_signer,
            {},
            "the issuer of the certificate is neither in the chain nor among the roots"};
  }
  auto judgement = pki::verify_ocsp(staple, leaf, *issuer, request.rules, now);
  const auto verdict = verdict_of(judgement);
  auto why = judgement.why;
  return {verdict, std::move(judgement), std::move(why)};
}

// RFC 7633 4.2.3: a certificate that promises a staple must come with one.
constexpr const char* broken_promise = "the certificate promises a staple, and none came";

client_hello hello_of(const probe_request& request, runtime::clock& time) {
  client_hello hello;
  hello.sni = request.sni;
  hello.tls = request.tls;
  hello.status_request = request.status_request;
  hello.responder_ids = request.responder_ids;
  if (!request.strict) return hello;
  hello.is_satisfied = [&request, &time](const std::vector<pki::certificate>& chain,
                                         const std::optional<pki::bytes>& staple) {
    if (chain.empty()) return false;
    if (!staple) return !chain.front().must_staple();
    return judge_staple(chain, *staple, request, time.now()).verdict == probe_verdict::good;
  };
  return hello;
}

}  // namespace

probe_verdict verdict_of(const pki::ocsp_judgement& judgement) {
  switch (judgement.verdict) {
    case pki::ocsp_verdict::good:
      return probe_verdict::good;
    case pki::ocsp_verdict::revoked:
      return probe_verdict::revoked;
    case pki::ocsp_verdict::unknown:
      return probe_verdict::unknown;
    case pki::ocsp_verdict::malformed:
      return probe_verdict::malformed;
    case pki::ocsp_verdict::error_status:
      return probe_verdict::error_status;
    case pki::ocsp_verdict::wrong_cert:
      return probe_verdict::wrong_cert;
    case pki::ocsp_verdict::unauthorized_signer:
      return probe_verdict::unauthorized_signer;
    case pki::ocsp_verdict::bad_signature:
      return probe_verdict::bad_signature;
    case pki::ocsp_verdict::critical_extension:
      return probe_verdict::critical_extension;
    case pki::ocsp_verdict::not_yet_valid:
      return probe_verdict::not_yet_valid;
    case pki::ocsp_verdict::expired:
      return probe_verdict::expired;
  }
  assert(false);
  return probe_verdict::malformed;
}

bool is_trusted(const std::vector<pki::certificate>& chain,
                const std::vector<pki::certificate>& roots, pki::time_point now) {
  if (chain.empty()) return false;
  const pki::x509_store_handle store(X509_STORE_new());
  const pki::handle<X509_STORE_CTX, X509_STORE_CTX_free> context(X509_STORE_CTX_new());
  const pki::x509_stack_handle untrusted(sk_X509_new_null());
  if (!store || !context || !untrusted) pki::throw_openssl("cannot judge a chain");
  for (const auto& root : roots)
    X509_STORE_add_cert(store.get(), root.get());  // takes a reference
  for (const auto& one : chain) {
    X509_up_ref(one.get());
    if (sk_X509_push(untrusted.get(), one.get()) <= 0) pki::throw_openssl("cannot judge a chain");
  }
  if (X509_STORE_CTX_init(context.get(), store.get(), chain.front().get(), untrusted.get()) != 1) {
    pki::throw_openssl("cannot judge a chain");
  }
  X509_VERIFY_PARAM* param = X509_STORE_CTX_get0_param(context.get());  // borrowed
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  X509_VERIFY_PARAM_set_time(param, seconds);
  X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SSL_SERVER);
  return X509_verify_cert(context.get()) == 1;
}

awaitable<probe_result> probe(runtime::clock& time, probe_request request) {
  const client_hello hello = hello_of(request, time);
  tls_client tls(hello);
  progress_made made;
  const bool in_time = co_await converse_in_time(time, request, tls, made);
  // What a strict probe ended itself has a verdict of its own.
  if (tls.dissatisfied()) {
    made.verdict = probe_verdict::none;
    made.why.clear();
  }
  probe_result result;
  result.verdict = made.verdict;
  result.why = in_time ? made.why : "no answer in time, " + made.phase;
  result.tls = tls.version();
  result.latency_ms = made.ended - made.began;
  result.chain = tls.chain();
  result.secrets = tls.secrets();
  if (made.verdict == probe_verdict::handshake_failed) result.alert = tls.alert();
  if (tls.dissatisfied()) result.sent_alert = tls.sent_alert();
  if (result.chain.empty()) co_return result;
  const auto now = time.now();
  result.must_staple = result.chain.front().must_staple();
  if (made.verdict != probe_verdict::none) co_return result;
  auto staple = tls.staple();
  if (!staple) {
    if (request.status_request && result.must_staple) result.why = broken_promise;
    co_return result;
  }
  result.staple_der = std::move(*staple);
  auto seen = judge_staple(result.chain, result.staple_der, request, now);
  result.verdict = seen.verdict;
  result.staple = std::move(seen.judgement);
  result.why = std::move(seen.why);
  co_return result;
}

}  // namespace staplelab::scenarios
