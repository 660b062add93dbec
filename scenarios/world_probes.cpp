// The steps that probe the world from outside: handshakes and queries.
#include <algorithm>
#include <utility>

#include "runtime/task_group.hpp"
#include "scenarios/probe.hpp"
#include "scenarios/query.hpp"
#include "scenarios/world_play.hpp"

namespace staplelab::scenarios {

using runtime::awaitable;

namespace {

// RFC 9654 2.1. From the seeded engine, since a scenario must be able to run again.
constexpr std::size_t nonce_octets = 32;

probe_facts facts_of(probe_verdict verdict, const std::optional<pki::ocsp_judgement>& judged) {
  probe_facts facts{verdict, {}, {}, {}, {}, 0};
  if (judged) {
    facts.this_update = judged->this_update;
    facts.next_update = judged->next_update;
    if (judged->revoked_at) facts.reason = told_reason{judged->reason};
    facts.why = judged->why;
  }
  return facts;
}

}  // namespace

awaitable<void> world_play::perform(const handshake_step& what) {
  const auto where = co_await runtime::asio::this_coro::executor;
  for (unsigned round = 0; round < what.count; ++round) {
    if (what.parallel <= 1) {
      co_await await_server(shake_hands_once(what));
      continue;
    }
    const auto first = stage_.record.size();
    runtime::task_group clients(where);
    for (unsigned i = 0; i < what.parallel; ++i)
      clients.spawn(shake_hands_once(what));
    co_await await_server(clients.join());
    co_await settle();
    stage_.record.arrange(first, stage_.what.of->start);
  }
}

awaitable<void> world_play::shake_hands_once(const handshake_step& what) {
  probe_request request;
  request.address = stage_.endpoint_port.endpoint();
  request.entry = stage_.endpoint->entry();
  request.sni = what.sni;
  request.tls = what.tls;
  request.status_request = what.status_request;
  request.responder_ids = what.responder_ids;
  request.roots = stage_.pki.roots();
  request.traffic = &stage_.traffic;
  const auto found = co_await probe(stage_.client_time, std::move(request));
  stage_.tls_secrets += found.secrets;
  auto facts = facts_of(found.verdict, found.staple);
  facts.alert = found.alert;
  facts.latency_ms = found.latency_ms;
  if (!found.chain.empty()) facts.certificate = stage_.pki.name_of(found.chain.front().serial());
  auto name = facts.certificate;
  stage_.record.add(
      handshake_done{std::move(facts), what.sni, what.status_request, found.tls, found.staple_der},
      std::move(name));
}

awaitable<void> world_play::perform(const query_step& what) {
  if (what.of_crl) {
    co_await look_into_crl(what.certificate);
    co_return;
  }
  query_request request{
      .responder = {"127.0.0.1", stage_.responder_port.number(), what.path},
      .leaf = stage_.pki.leaf(what.certificate),
      .issuer = stage_.pki.issuer(what.certificate),
      .post = what.post,
      .nonce = {},
      .hash = what.hash,
      .rules = {},
  };
  if (what.nonce) {
    pki::bytes nonce(nonce_octets);
    std::generate(nonce.begin(), nonce.end(),
                  [this] { return static_cast<std::uint8_t>(nonces_()); });
    request.nonce = std::move(nonce);
  }
  stage_.record.expect_query();
  const auto found = co_await query(stage_.client_time, std::move(request));
  auto facts = facts_of(found.verdict, found.answer);
  facts.certificate = what.certificate;
  facts.latency_ms = found.latency_ms;
  stage_.record.add(query_done{std::move(facts), what.post ? "POST" : "GET", found.der},
                    what.certificate);
}

awaitable<void> world_play::look_into_crl(const std::string& certificate) {
  const auto path = "/crl/" + stage_.pki.issuer_name(certificate) + ".crl";
  crl_request request{.url = {"127.0.0.1", stage_.responder_port.number(), path},
                      .leaf = stage_.pki.leaf(certificate),
                      .issuer = stage_.pki.issuer(certificate)};
  stage_.record.expect_query();
  const auto found = co_await query_crl(stage_.client_time, std::move(request));
  probe_facts facts{found.verdict, {}, {}, {}, {}, 0};
  if (found.crl) {
    facts.this_update = found.crl->this_update;
    facts.next_update = found.crl->next_update;
    if (found.crl->number) facts.crl_number = static_cast<long>(*found.crl->number);
    if (found.crl->entry) facts.reason = told_reason{found.crl->entry->reason};
  }
  facts.certificate = certificate;
  facts.latency_ms = found.latency_ms;
  stage_.record.add(query_done{std::move(facts), "GET " + path}, certificate);
}

awaitable<void> world_play::probe_once(const handshake_step& handshake,
                                       const std::optional<query_step>& query) {
  if (query) {
    co_await perform(*query);
  } else {
    co_await perform(handshake);
  }
  co_await settle();
}

awaitable<world_play::judgement> world_play::eventually(const step& whole,
                                                        const eventually_step& what) {
  const auto deadline = stage_.time.now() + what.within;
  while (true) {
    stage_.record.begin_step();
    co_await probe_once(what.handshake, what.query);
    auto judged = judge(whole);
    const auto now = stage_.time.now();
    if (judged.shortfalls.empty() || now >= deadline) co_return judged;
    co_await pass_time(std::min(now + what.every, deadline));
  }
}

awaitable<world_play::judgement> world_play::always(const step& whole, const always_step& what) {
  const auto end = stage_.time.now() + what.lasts;
  judgement judged;
  while (true) {
    stage_.record.begin_step();
    co_await probe_once(what.handshake, what.query);
    judged = judge(whole);
    const auto now = stage_.time.now();
    if (!judged.shortfalls.empty() || now >= end) break;
    co_await pass_time(std::min(now + what.every, end));
  }
  if (stage_.time.now() < end) co_await pass_time(end);
  co_return judged;
}

}  // namespace staplelab::scenarios
