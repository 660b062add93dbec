#include "stapler/status_page.hpp"

#include <fmt/core.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "pki/ocsp_verify.hpp"
#include "pki/time.hpp"

namespace staplelab::stapler {
namespace {

using json = nlohmann::ordered_json;

json time_or_null(const std::optional<time_point>& t) {
  return t ? json(pki::to_rfc3339(*t)) : json(nullptr);
}

json to_json(const certificate_state& certificate) {
  const auto& held = certificate.held;
  return {{"subject", certificate.subject},
          {"class", to_string(certificate.served_as)},
          {"staple", held ? json(pki::to_string(held->judgement.verdict)) : json(nullptr)},
          {"this_update", time_or_null(held ? held->judgement.this_update : std::nullopt)},
          {"next_update", time_or_null(held ? held->judgement.next_update : std::nullopt)},
          {"next_fetch", time_or_null(certificate.next_fetch)},
          {"last_failure",
           certificate.last_failure.empty() ? json(nullptr) : json(certificate.last_failure)}};
}

std::string json_page(const endpoint_state& state, time_point now) {
  json page{{"mode", to_string(state.ocsp_mode)},
            {"profile", to_string(state.behaviour)},
            {"now", pki::to_rfc3339(now)},
            {"certificates", json::array()}};
  for (const auto& certificate : state.certificates) {
    page["certificates"].push_back(to_json(certificate));
  }
  // Subjects come from certificates and may hold any octets.
  return page.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string time_or_dash(const std::optional<time_point>& t) {
  return t ? pki::to_rfc3339(*t) : "-";
}

std::string html_row(const certificate_state& certificate) {
  const auto& held = certificate.held;
  return fmt::format("<tr><td>{}<td>{}<td>{}<td>{}<td>{}<td>{}<td>{}</tr>\n",
                     escaped(certificate.subject), to_string(certificate.served_as),
                     held ? pki::to_string(held->judgement.verdict) : "none",
                     time_or_dash(held ? held->judgement.this_update : std::nullopt),
                     time_or_dash(held ? held->judgement.next_update : std::nullopt),
                     time_or_dash(certificate.next_fetch), escaped(certificate.last_failure));
}

std::string html_page(const endpoint_state& state, time_point now) {
  std::string rows;
  for (const auto& certificate : state.certificates)
    rows += html_row(certificate);
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>staplelab</title>\n"
      "<h1>staplelab stapling endpoint</h1>\n<p>mode {}, profile {}, now {}</p>\n"
      "<table>\n<tr><th>certificate<th>class<th>staple<th>this update<th>next update"
      "<th>next fetch<th>last failure</tr>\n{}</table>\n</html>\n",
      to_string(state.ocsp_mode), to_string(state.behaviour), pki::to_rfc3339(now), rows);
}

runtime::http_response page(int status, std::string_view type, std::string body) {
  runtime::http_response response{.status = status, .fields = {}, .body = std::move(body)};
  response.fields.set("Content-Type", type);
  response.fields.set("Cache-Control", "no-store");
  return response;
}

}  // namespace

runtime::http_response status_page(const runtime::http_request& request,
                                   const endpoint_state& state, time_point now) {
  constexpr std::string_view text = "text/plain; charset=utf-8";
  if (request.method != "GET" && request.method != "HEAD") {
    auto refusal = page(405, text, "only GET and HEAD are served here\n");
    refusal.fields.set("Allow", "GET, HEAD");
    return refusal;
  }
  const std::string_view path =
      std::string_view(request.target).substr(0, request.target.find('?'));
  const auto accepts = request.fields.find("Accept").value_or("");
  const bool wants_json =
      path == "/status" || accepts.find("application/json") != std::string_view::npos;
  if (path != "/" && path != "/status") return page(404, text, "known are / and /status\n");
  if (wants_json) return page(200, "application/json", json_page(state, now));
  return page(200, "text/html; charset=utf-8", html_page(state, now));
}

}  // namespace staplelab::stapler
