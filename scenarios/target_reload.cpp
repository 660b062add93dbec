// How a server that is not ours reloads: it is told to, and then waited for. A signal comes back at
// once, and for a while those who have the old configuration answer beside those who have the new
// one; whoever looks then sees either.
#include <fmt/format.h>

#include "pki/errors.hpp"
#include "runtime/duration_text.hpp"
#include "scenarios/target_endpoint.hpp"

namespace staplelab::scenarios {

using runtime::awaitable;

namespace {

// All of these are real time.
constexpr duration look{10};
constexpr duration longest_command{5000};
constexpr duration longest_notice{500};      // of a signal
constexpr duration between_handshakes{50};   // that tell which certificate it has
constexpr duration longest_handshake{2000};  // of those
constexpr int handshakes_alike = 5;          // in a row: nobody is left who has the old one

double after(duration limit) {
  return runtime::real_milliseconds() + static_cast<double>(limit.count());
}

}  // namespace

awaitable<void> target_endpoint::reload(const reload_step& what) {
  const auto before = written_.certificates.front();
  write(what);
  const auto* file = std::get_if<staple_file>(&of_.staples);
  if (file && written_.certificates.front() != before) folder_.remove(file->path);
  if (!must_run()) co_return;
  co_await lay_out();
  in_force_ = written_;  // a failure shows in what it does, if at all
  life_->reload_told = false;
  std::string failure;
  if (const auto* by = std::get_if<target_signal>(&of_.reload)) {
    co_await signal(by->number);
  } else if (const auto* words = std::get_if<target_command>(&of_.reload)) {
    failure = co_await run_command(*words);
  }
  co_await runtime::real_pause(of_.reload_takes);
  if (failure.empty()) failure = co_await take_effect(what.certificates.has_value());
  if (!is_running()) co_return;  // that is told by itself
  if (failure.empty()) {
    own_.tell(stapler::event(stapler::endpoint_reloaded{}));
  } else {
    own_.tell(stapler::event(stapler::endpoint_reload_failed{std::move(failure), false}));
  }
}

// Returns when it has looked at its clock since, where that can be told: it may be a while before
// it is its turn.
awaitable<void> target_endpoint::signal(int number) {
  const auto before = process_->readings().moved;
  process_->send_signal(number);
  if (!own_.moves) co_return;
  const double deadline = after(longest_notice);
  while (is_running() && process_->readings().moved == before &&
         runtime::real_milliseconds() < deadline)
    co_await runtime::real_pause(look);
}

// Why it did not do what it should; empty when it did.
awaitable<std::string> target_endpoint::run_command(const target_command& words) {
  auto with = command(words);
  const auto said = with;
  std::string last;
  runtime::process::line_sink hear = [&last](std::string_view line) { last = line; };
  auto ran = co_await runtime::process::start(around_.where, std::move(with), std::move(hear));
  if (!ran) throw pki::input_error(to_string(ran.error(), said));
  const double deadline = after(longest_command);
  while (!ran->ended() && runtime::real_milliseconds() < deadline)
    co_await runtime::real_pause(look);
  const auto& program = said.arguments.front();
  if (!ran->ended()) {
    co_return fmt::format("{} has not ended after {}", program, runtime::to_text(longest_command));
  }
  const auto* end = std::get_if<runtime::exited>(&*ran->ended());
  if (end && end->code == 0) co_return std::string();
  const std::string how = end ? fmt::format("ended with {}", end->code) : "was killed";
  co_return fmt::format("{} {}{}{}", program, how, last.empty() ? "" : ": ", last);
}

// Why there is no sign of it; empty when it is done. By the line that the description names, or,
// where the certificate is another one, by what clients get.
awaitable<std::string> target_endpoint::take_effect(bool other_certificate) {
  const double deadline = after(of_.reload_within);
  const auto in_time = [&] { return is_running() && runtime::real_milliseconds() < deadline; };
  if (reload_sign_) {
    while (!life_->reload_told && in_time())
      co_await runtime::real_pause(look);
    if (life_->reload_told) co_return std::string();
    co_return fmt::format("no line of its log has told of it within {}",
                          runtime::to_text(of_.reload_within));
  }
  if (!other_certificate) co_return std::string();
  const auto leaf = around_.pki.leaf(written_.certificates.front());
  for (int alike = 0; alike < handshakes_alike;) {
    if (!in_time()) {
      co_return fmt::format("within {} clients have not come to get the certificate '{}'",
                            runtime::to_text(of_.reload_within), written_.certificates.front());
    }
    const bool shown = co_await shows(leaf);
    alike = shown ? alike + 1 : 0;
    co_await runtime::real_pause(between_handshakes);
  }
  co_return std::string();
}

// Asks for no staple, so that no server is made to fetch one.
awaitable<bool> target_endpoint::shows(const pki::certificate& leaf) {
  probe_request request;
  request.address = around_.listen;
  request.entry = of_.entry;
  request.status_request = false;
  request.timeout = longest_handshake;
  const auto found = co_await probe(own_.clients, std::move(request));
  co_return !found.chain.empty() && found.chain.front().serial() == leaf.serial();
}

}  // namespace staplelab::scenarios
