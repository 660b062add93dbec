#include "responder/admin.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "pki/errors.hpp"
#include "responder/fast_path.hpp"
#include "responder/fault_json.hpp"
#include "responder/loopback_only.hpp"
#include "responder/policy_json.hpp"
#include "runtime/did_you_mean.hpp"
#include "runtime/duration_text.hpp"

namespace staplelab::responder {

namespace {

using nlohmann::json;
using runtime::http_request;
using runtime::http_response;

http_response with_json(int status, const json& body) {
  http_response response;
  response.status = status;
  response.fields.set("Content-Type", "application/json");
  response.fields.set("Cache-Control", "no-store");
  // Octets that are no UTF-8 may come back to us in an error message.
  response.body = body.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
  return response;
}

http_response no_content() {
  http_response response;
  response.status = 204;
  return response;
}

http_response failure(int status, const json_flaw& flaw) {
  return with_json(status, {{"error", {{"what", flaw.what}, {"where", flaw.where}}}});
}

http_response not_allowed(std::string_view allowed) {
  auto response = failure(405, {"the methods here are " + std::string(allowed), ""});
  response.fields.set("Allow", allowed);
  return response;
}

runtime::tcp::endpoint loopback(const runtime::tcp::endpoint& address) {
  if (address.address().is_loopback()) return address;
  throw pki::input_error("the admin API listens on loopback addresses only, not on " +
                         runtime::to_string(address));
}

// What every handler below may touch.
struct administered {
  server& target;
  overriding_book& statuses;
  const std::vector<named_signer>& signers;
  runtime::time_point now;
};

http_response show_status(const administered& on) {
  json signing = json::array();
  for (const auto& who : on.target.signers().authorities()) {
    signing.push_back({{"issuer", who.issuer.cert.subject()},
                       {"signer", who.signer().identity.cert.subject()},
                       {"delegated", who.delegate.has_value()}});
  }
  json choices = json::array();
  for (const auto& choice : on.signers)
    choices.push_back(choice.name);
  const auto& policy = on.target.policy();
  const auto* fast = on.target.fast();
  const json path =
      fast ? json{{"requests", fast->requests()}, {"detour", fast->on_detour()}} : json();
  return with_json(200, {{"address", runtime::to_string(on.target.local_endpoint())},
                         {"listening", on.target.is_listening()},
                         {"time", pki::to_rfc3339(on.now)},
                         {"requests", on.target.requests()},
                         {"fast_path", path},
                         {"profile", to_string(policy.profile)},
                         {"validity", runtime::to_text(policy.validity)},
                         {"signing", signing},
                         {"signers", choices},
                         {"faults", on.target.faults().rules().size()}});
}

http_response on_policy(const administered& on, const http_request& request) {
  if (request.method == "GET") return with_json(200, to_json(on.target.policy()));
  if (request.method != "PATCH" && request.method != "POST") return not_allowed("GET, PATCH, POST");
  const auto body = parse_json(request.body);
  if (!body) return failure(400, body.error());
  const auto changed = changed_policy(on.target.policy(), *body);
  if (!changed) return failure(400, changed.error());
  if (const auto flaw = flaw_of(*changed)) return failure(409, {*flaw, ""});
  on.target.set_policy(*changed);
  return with_json(200, to_json(*changed));
}

http_response show_faults(const administered& on) {
  json rules = json::array();
  for (const auto& rule : on.target.faults().rules())
    rules.push_back(to_json(rule));
  return with_json(200, {{"rules", rules}});
}

using read_rules = boost::system::result<std::vector<fault_rule>, json_flaw>;

read_rules rules_from_json(const json& body) {
  std::vector<fault_rule> rules;
  if (!body.is_object() || !body.contains("rules")) {
    auto only = rule_from_json(body, "");
    if (!only) return only.error();
    rules.push_back(*std::move(only));
    return rules;
  }
  for (const auto& [key, value] : body.items()) {
    if (key != "rules") return json_flaw{"unknown key '" + key + "' beside 'rules'", "/" + key};
  }
  if (!body["rules"].is_array()) return json_flaw{"must be an array of rules", "/rules"};
  for (std::size_t i = 0; i < body["rules"].size(); ++i) {
    auto rule = rule_from_json(body["rules"][i], "/rules/" + std::to_string(i));
    if (!rule) return rule.error();
    rules.push_back(*std::move(rule));
  }
  return rules;
}

http_response add_faults(const administered& on, const http_request& request) {
  const auto body = parse_json(request.body);
  if (!body) return failure(400, body.error());
  auto rules = rules_from_json(*body);
  if (!rules) return failure(400, rules.error());

  auto trial = on.target.faults();
  for (std::size_t i = 0; i < rules->size(); ++i) {
    if (const auto added = trial.add((*rules)[i]); !added) {
      const auto where = body->contains("rules") ? "/rules/" + std::to_string(i) : std::string();
      return failure(409, {added.error().what, where + "/" + added.error().key});
    }
  }
  json names = json::array();
  for (auto& rule : *rules) {
    if (const auto name = on.target.add_fault(std::move(rule))) names.push_back(*name);
  }
  return with_json(201, {{"names", names}});
}

http_response on_faults(const administered& on, const http_request& request,
                        std::string_view name) {
  if (name.empty()) {
    if (request.method == "GET") return show_faults(on);
    if (request.method == "POST") return add_faults(on, request);
    if (request.method != "DELETE") return not_allowed("GET, POST, DELETE");
    on.target.clear_faults();
    return no_content();
  }
  if (request.method != "DELETE") return not_allowed("DELETE");
  if (on.target.clear_fault(name)) return no_content();
  return failure(404, {"no rule is called '" + std::string(name) + "'", ""});
}

http_response choose_signer(const administered& on, const http_request& request) {
  if (request.method != "POST") return not_allowed("POST");
  const auto body = parse_json(request.body);
  if (!body) return failure(400, body.error());
  if (!body->is_object()) return failure(400, {"must be an object with the key 'name'", ""});
  for (const auto& [key, value] : body->items()) {
    if (key == "name") continue;
    return failure(400, {"unknown key '" + key + "'; the only key is 'name'", "/" + key});
  }
  if (!body->contains("name")) return failure(400, {"the key 'name' is missing", ""});
  const auto* name = (*body)["name"].get_ptr<const std::string*>();
  if (!name) return failure(400, {"must be a string", "/name"});

  const auto found = std::ranges::find(on.signers, *name, &named_signer::name);
  if (found == on.signers.end()) {
    std::vector<std::string_view> known;
    for (const auto& choice : on.signers)
      known.push_back(choice.name);
    return failure(
        404,
        {"no signer is called '" + *name + "'; " + runtime::did_you_mean(*name, known), "/name"});
  }
  try {
    on.target.set_signer(found->who, found->choice);
  } catch (const pki::input_error& error) {
    return failure(409, {error.what(), "/name"});
  }
  return no_content();
}

// nats-server's numbers, which are those of Go's x/crypto/ocsp.
int number_of(const pki::cert_status& status) {
  return static_cast<int>(status.index());
}
static_assert(std::is_same_v<std::variant_alternative_t<0, pki::cert_status>, pki::good_status>);
static_assert(std::is_same_v<std::variant_alternative_t<1, pki::cert_status>, pki::revoked_status>);

std::optional<pki::cert_status> status_numbered(std::string_view text, pki::time_point now) {
  if (text == "0") return pki::good_status{};
  if (text == "1") return pki::revoked_status{now, std::nullopt};
  if (text == "2") return pki::unknown_status{};
  return std::nullopt;
}

// Whatever any of the authorities says of this serial; unknown when none says more.
pki::cert_status status_of(const administered& on, const pki::serial_number& serial) {
  if (const auto set = on.statuses.overridden(serial)) return *set;
  for (const auto& who : on.target.signers().authorities()) {
    const auto id = pki::cert_id::of(serial, who.issuer.cert, pki::hash_algorithm::sha1);
    const auto found = on.statuses.look_up(id, on.now);
    const auto* status = std::get_if<pki::cert_status>(&found);
    if (status && !std::holds_alternative<pki::unknown_status>(*status)) return *status;
  }
  return pki::unknown_status{};
}

http_response on_status_of(const administered& on, const http_request& request,
                           std::string_view decimal) {
  if (request.method != "GET" && request.method != "POST" && request.method != "DELETE") {
    return not_allowed("GET, POST, DELETE");
  }
  const auto serial = pki::serial_number::from_decimal(decimal);
  if (!serial) return failure(400, {"the path must end in a decimal serial number", ""});
  if (request.method == "POST") {
    const auto status = status_numbered(request.body, on.now);
    if (!status) return failure(400, {"the body must be 0 (good), 1 (revoked) or 2 (unknown)", ""});
    on.statuses.set(*serial, *status);
    on.target.statuses_set(on.statuses.any());
  }
  if (request.method == "DELETE") {
    on.statuses.clear(*serial);
    on.target.statuses_set(on.statuses.any());
  }
  http_response response;
  response.fields.set("Content-Type", "text/plain");
  response.body = std::string(decimal) + " " + std::to_string(number_of(status_of(on, *serial)));
  return response;
}

}  // namespace

http_response administer(server& target, overriding_book& statuses,
                         const std::vector<named_signer>& signers, const http_request& request,
                         runtime::time_point now) {
  if (const auto foreign = foreign_field(request)) return failure(403, {*foreign, ""});
  const administered on{target, statuses, signers, now};
  const std::string_view path = request.target;
  const auto below = [&](std::string_view folder) { return path.substr(folder.size()); };
  if (path == "/status") {
    return request.method == "GET" ? show_status(on) : not_allowed("GET");
  }
  if (path == "/policy") return on_policy(on, request);
  if (path == "/signer") return choose_signer(on, request);
  if (path == "/faults") return on_faults(on, request, {});
  if (path.starts_with("/faults/")) return on_faults(on, request, below("/faults/"));
  if (path.starts_with("/statuses/")) return on_status_of(on, request, below("/statuses/"));
  return failure(404,
                 {"the paths are /status, /policy, /faults, /signer and /statuses/<serial>", ""});
}

admin_server::admin_server(runtime::executor where, runtime::clock& time, server& target,
                           overriding_book& statuses, admin_config config)
    : time_(time),
      target_(target),
      statuses_(statuses),
      signers_(std::move(config.signers)),
      limits_(config.limits),
      listener_(
          where, loopback(config.listen),
          [this](runtime::tcp_socket socket, runtime::connection_id client_port) {
            return serve(std::move(socket), client_port);
          },
          config.connections) {}

void admin_server::stop() {
  listener_.close();
  listener_.close_sessions();
}

runtime::awaitable<void> admin_server::join() {
  co_await listener_.join();
}

runtime::awaitable<void> admin_server::serve(runtime::tcp_socket socket,
                                             runtime::connection_id client_port) {
  runtime::tcp_stream stream(std::move(socket), client_port);
  const runtime::http_handler handler = [this](runtime::http_request request,
                                               runtime::connection_id) {
    return handle(std::move(request));
  };
  co_await runtime::serve_http(stream, time_, limits_, handler);
}

runtime::awaitable<runtime::http_action> admin_server::handle(http_request request) {
  co_return administer(target_, statuses_, signers_, request, time_.now());
}

}  // namespace staplelab::responder
