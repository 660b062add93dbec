// The inner pieces, one at a time, with Google Benchmark.
#include <benchmark/benchmark.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "pki/mini_ca.hpp"
#include "pki/nonced_response.hpp"
#include "pki/ocsp_message.hpp"
#include "pki/ocsp_verify.hpp"
#include "responder/answer.hpp"
#include "responder/fast_path.hpp"
#include "responder/quick_request.hpp"
#include "scenarios/parse.hpp"
#include "stapler/stapling.hpp"

namespace {

using namespace staplelab;
using namespace std::chrono_literals;

// One authority, one certificate, and the answer about it.
struct party {
  pki::time_point now = std::chrono::floor<pki::duration>(std::chrono::system_clock::now());
  pki::mini_ca ca = pki::mini_ca::in_memory(pki::mini_ca::random_serials());
  pki::certificate issuer = ca.add_authority({"root", "", pki::key_type::p256, now - 1h, now + 1h});
  pki::certificate leaf = issue();
  pki::cert_id id = pki::cert_id::of(leaf, issuer, pki::hash_algorithm::sha1);
  pki::bytes request = pki::build_ocsp_request(id, std::nullopt);
  pki::bytes with_nonce = pki::build_ocsp_request(id, pki::bytes(32, 1));
  responder::signing signers;
  responder::answer_policy policy;
  responder::remembered_answers nothing;

  party() { signers.set({ca.authority("root"), std::nullopt}, responder::signer_choice::any, now); }

  pki::certificate issue() {
    pki::issue_description what;
    what.name = "leaf";
    what.issuer = "root";
    what.not_before = now - 1h;
    what.not_after = now + 1h;
    return ca.issue(what, now).cert;
  }
  responder::ocsp_answer answer(const pki::bytes& asked) {
    return responder::answer(responder::read_question(asked, policy, now),
                             {ca, signers, nothing, policy}, std::nullopt, now);
  }
  std::string message() const {
    return "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/ocsp-request\r\n"
           "Content-Length: " +
           std::to_string(request.size()) + "\r\n\r\n" +
           std::string(request.begin(), request.end());
  }
};

void read_a_request(benchmark::State& state) {
  const party p;
  for (auto _ : state)
    benchmark::DoNotOptimize(pki::parse_ocsp_request(p.request));
}
BENCHMARK(read_a_request);

void read_a_request_quickly(benchmark::State& state) {
  const party p;
  const auto message = p.message();
  std::array<std::uint8_t, 1024> room;
  for (auto _ : state) {
    const auto read = responder::read_quickly(message, room);
    benchmark::DoNotOptimize(responder::read_plainly(std::get<responder::quick_request>(read).der));
  }
}
BENCHMARK(read_a_request_quickly);

void look_up_a_status(benchmark::State& state) {
  const party p;
  for (auto _ : state)
    benchmark::DoNotOptimize(p.ca.look_up(p.id, p.now));
}
BENCHMARK(look_up_a_status);

void find_a_ready_answer(benchmark::State& state) {
  party p;
  responder::ready_answers ready;
  ready.keep(p.answer(p.request), {p.now, p.now + 1h}, ready.current());
  std::string out;
  for (auto _ : state) {
    out.clear();
    benchmark::DoNotOptimize(
        ready.append(p.id.der, p.now, {true, false, "Sun, 06 Nov 1994 08:49:37 GMT"}, out));
  }
}
BENCHMARK(find_a_ready_answer);

void sign_an_answer_in_full(benchmark::State& state) {
  party p;
  for (auto _ : state)
    benchmark::DoNotOptimize(p.answer(p.with_nonce));
}
BENCHMARK(sign_an_answer_in_full);

void sign_around_a_template(benchmark::State& state) {
  party p;
  const auto key = p.ca.authority("root").key;
  pki::nonced_responses signer(key, key.digest());
  const auto plain = p.answer(p.request).der;
  const pki::bytes nonce(32, 1);
  for (auto _ : state)
    benchmark::DoNotOptimize(signer.with_nonce(plain, nonce));
}
BENCHMARK(sign_around_a_template);

void verify_a_response(benchmark::State& state) {
  party p;
  const auto der = p.answer(p.request).der;
  for (auto _ : state)
    benchmark::DoNotOptimize(pki::verify_ocsp(der, p.leaf, p.issuer, {}, p.now));
}
BENCHMARK(verify_a_response);

void step_of_the_stapling_policy(benchmark::State& state) {
  party p;
  const auto der = std::make_shared<const pki::bytes>(p.answer(p.request).der);
  const stapler::staple fresh{der, pki::verify_ocsp(*der, p.leaf, p.issuer, {}, p.now)};
  stapler::stapling::random chance;
  stapler::stapling machine(stapler::resilient(), stapler::staple_class::staple);
  machine.start(std::nullopt, chance, p.now);
  for (auto _ : state) {
    benchmark::DoNotOptimize(machine.accepted(fresh, stapler::fetch_cause::monitor, chance, p.now));
    benchmark::DoNotOptimize(machine.handshake(false, p.now));
  }
}
BENCHMARK(step_of_the_stapling_policy);

void parse_a_scenario(benchmark::State& state) {
  const std::filesystem::path file = SCENARIO_FILE;
  if (!scenarios::parse_file(file, {})) state.SkipWithError("the scenario has a mistake");
  for (auto _ : state)
    benchmark::DoNotOptimize(scenarios::parse_file(file, {}));
}
BENCHMARK(parse_a_scenario);

}  // namespace

BENCHMARK_MAIN();
