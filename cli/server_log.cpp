#include "cli/server_log.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <memory>
#include <variant>
#include <vector>

#include "cli/terminal.hpp"
#include "pki/time.hpp"
#include "scenarios/report_words.hpp"

namespace staplelab::cli {
namespace {

template <class... Cases>
struct overloaded : Cases... {
  using Cases::operator()...;
};

template <class... Cases>
overloaded(Cases...) -> overloaded<Cases...>;

// What clients send is shown, and must not move the cursor.
std::string safe(std::string_view text) {
  return scenarios::on_one_line(text);
}

std::string status_text(const pki::cert_status& status) {
  return std::visit(overloaded{[](const pki::good_status&) { return std::string("good"); },
                               [](const pki::unknown_status&) { return std::string("unknown"); },
                               [](const pki::revoked_status& revoked) {
                                 return fmt::format("revoked at {}", pki::to_rfc3339(revoked.at));
                               }},
                    status);
}

std::string answer_text(const responder::request_answered& request) {
  std::vector<std::string> said;
  for (const auto& each : request.said) {
    said.push_back(fmt::format("{} {}", each.serial.hex(), status_text(each.status)));
  }
  if (!said.empty()) return fmt::format("{}", fmt::join(said, ", "));
  if (request.status) return std::string(pki::to_string(*request.status));
  return "no OCSP answer";
}

std::string request_text(const responder::request_answered& request) {
  return fmt::format("{} {:.120} -> {}, {}{}{}", safe(request.method), safe(request.target),
                     request.http_status ? fmt::format("{}", *request.http_status) : "silence",
                     answer_text(request), request.nonce ? ", nonce" : "",
                     request.fault.empty() ? "" : fmt::format(", fault {}", request.fault));
}

std::string handshake_text(const stapler::handshake_served& handshake) {
  return fmt::format("handshake {}{}: {}, {}", handshake.tls.empty() ? "TLS" : handshake.tls,
                     handshake.sni.empty() ? "" : fmt::format(" for {}", safe(handshake.sni)),
                     handshake.asked ? "status asked for" : "no status asked for",
                     handshake.failed    ? "failed"
                     : handshake.stapled ? "stapled"
                                         : "nothing stapled");
}

std::string staple_text(const stapler::staple_changed& staple) {
  return fmt::format(
      "{}: staple from {}: {}{}", staple.certificate,
      staple.source == stapler::staple_source::disk ? "disk" : "the responder",
      pki::to_string(staple.status),
      staple.next_update ? fmt::format(", until {}", pki::to_rfc3339(*staple.next_update)) : "");
}

}  // namespace

void start_log() {
  const auto mode =
      style_of(stderr).colour ? spdlog::color_mode::always : spdlog::color_mode::never;
  const auto logger = spdlog::stderr_color_st("staplelab", mode);
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %^%-7l%$ %v", spdlog::pattern_time_type::utc);
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(logger);
}

void log(const responder::event& what) {
  std::visit(overloaded{[](const responder::request_answered& request) {
                          spdlog::info("{}", request_text(request));
                        },
                        [](const responder::listening_changed& change) {
                          spdlog::info("port {} {} connections", change.port,
                                       change.listening ? "accepts" : "refuses");
                        },
                        [](const responder::signer_changed& change) {
                          spdlog::info("{}: answers are signed by {}", change.issuer,
                                       change.signer);
                        }},
             what);
}

void log(const stapler::event& what) {
  std::visit(
      overloaded{
          [](const stapler::fetch_started& fetch) {
            spdlog::info("{}: fetching from {} by {}", fetch.certificate, fetch.url, fetch.method);
          },
          [](const stapler::fetch_ended& fetch) {
            spdlog::info("{}: {} by {}: {}", fetch.certificate, fetch.url, fetch.method,
                         safe(fetch.outcome));
          },
          [](const stapler::staple_changed& staple) { spdlog::info("{}", staple_text(staple)); },
          [](const stapler::staple_dropped& gone) {
            spdlog::info("{}: staple dropped, {} is sent", gone.certificate,
                         gone.instead ? pki::to_string(*gone.instead) : "nothing");
          },
          [](const stapler::warned& warning) {
            spdlog::warn("{}{}{}", warning.certificate, warning.certificate.empty() ? "" : ": ",
                         safe(warning.message));
          },
          [](const stapler::endpoint_started& started) {
            spdlog::info("started on port {}", started.port);
          },
          [](const stapler::endpoint_refused& refusal) {
            spdlog::error("{}: refuses to start: {}", refusal.certificate, safe(refusal.why));
          },
          [](const stapler::endpoint_shut_down& end) {
            spdlog::error("{}: shuts down: {}", end.certificate, stapler::to_string(end.why));
          },
          [](const stapler::endpoint_reloaded&) { spdlog::info("configuration reloaded"); },
          [](const stapler::endpoint_reload_failed& failure) {
            spdlog::error("reload failed: {}; {}", safe(failure.why),
                          failure.serves_without_staple ? "serves without a staple"
                                                        : "the old configuration stays");
          },
          [](const stapler::handshake_served& handshake) {
            spdlog::info("{}", handshake_text(handshake));
          }},
      what);
}

void log_info(const std::string& text) {
  spdlog::info("{}", text);
}
void log_warning(const std::string& text) {
  spdlog::warn("{}", text);
}

void announce(const std::string& what, const std::string& address) {
  fmt::print("{} {}\n", what, address);
  std::fflush(stdout);
}

}  // namespace staplelab::cli
