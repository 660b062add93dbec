#include "tests/stapler/lab.hpp"

#include <openssl/evp.h>

#include <memory>

#include "runtime/byte_stream.hpp"

namespace staplelab::stapler::test {
namespace {

pki::mini_ca::serial_source counted_serials() {
  return [next = std::make_shared<std::uint8_t>(std::uint8_t{10})] {
    const std::uint8_t magnitude[] = {(*next)++};
    return pki::serial_number::from_magnitude(magnitude);
  };
}

pki::mini_ca make_ca() {
  auto ca = pki::mini_ca::in_memory(counted_serials());
  const auto begin = runtime::start - 24h;
  const auto end = runtime::start + 24h * 3650;
  ca.add_authority({"root", "", pki::key_type::p256, begin, end});
  ca.add_authority({"stranger", "", pki::key_type::p256, begin, end});
  ca.add_authority({"issuing", "root", pki::key_type::p256, begin, end});
  return ca;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const auto octet = pki::from_hex(text.substr(i + 1, 2));
    out += octet ? static_cast<char>(octet->front()) : '?';
    i += 2;
  }
  return out;
}

pki::bytes base64_decoded(std::string_view text) {
  pki::bytes out(text.size());
  const int count = EVP_DecodeBlock(out.data(), reinterpret_cast<const unsigned char*>(text.data()),
                                    static_cast<int>(text.size()));
  if (count < 0) return {};
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  out.resize(static_cast<std::size_t>(count) - padding);
  return out;
}

pki::bytes ocsp_request_in(const runtime::http_request& request) {
  if (request.method == "POST") return {request.body.begin(), request.body.end()};
  return base64_decoded(percent_decoded(std::string_view(request.target).substr(1)));
}

runtime::http_response ocsp_page(pki::bytes_view der) {
  runtime::http_response response;
  response.fields.set("Content-Type", "application/ocsp-response");
  response.body.assign(der.begin(), der.end());
  return response;
}

}  // namespace

// ---- responder_stub

responder_stub::responder_stub(runtime::world& world, pki::mini_ca& ca)
    : world_(world),
      ca_(ca),
      how_(honest(8s)),
      listener_(
          world.where, runtime::tcp::endpoint(runtime::asio::ip::address_v4::loopback(), 0),
          [this](runtime::tcp_socket socket, runtime::connection_id port) {
            return serve(std::move(socket), port);
          },
          1000) {}

std::string responder_stub::url() const {
  return "http://" + runtime::to_string(listener_.local_endpoint());
}

awaitable<void> responder_stub::serve(runtime::tcp_socket socket, runtime::connection_id port) {
  runtime::tcp_stream stream(std::move(socket), port);
  const runtime::http_handler handler = [this](runtime::http_request request,
                                               runtime::connection_id) {
    return handle(std::move(request));
  };
  co_await runtime::serve_http(stream, world_.time, runtime::http_server_limits(), handler);
}

awaitable<runtime::http_action> responder_stub::handle(runtime::http_request request) {
  const auto field = [&request](std::string_view name) {
    return std::string(request.fields.find(name).value_or(""));
  };
  const auto parsed = pki::parse_ocsp_request(ocsp_request_in(request));
  requests.push_back({world_.time.now(),
                      request.method,
                      request.target,
                      field("Content-Type"),
                      field("Cache-Control"),
                      {}});
  if (parsed) requests.back().asked = *parsed;
  EXPECT_TRUE(parsed) << request.method << " " << request.target;
  if (!parsed) co_return runtime::close_connection{};
  co_return how_(*parsed);
}

responder_stub::answering responder_stub::honest(duration validity) {
  return [this, validity](const pki::ocsp_request& request) -> runtime::http_action {
    const auto now = world_.time.now();
    const auto found = ca_.look_up(request.certificates.front(), now);
    const auto* status = std::get_if<pki::cert_status>(&found);
    if (!status) return ocsp_page(pki::build_ocsp_error(pki::response_status::unauthorized));
    pki::response_content content;
    content.singles = {{request.certificates.front(), *status, now, now + validity}};
    content.produced_at = now;
    return ocsp_page(pki::build_ocsp_response(content, {ca_.authority("issuing"), false}));
  };
}

responder_stub::answering responder_stub::with_content(
    std::function<void(pki::response_content&)> change) {
  return [this, change](const pki::ocsp_request& request) -> runtime::http_action {
    const auto now = world_.time.now();
    pki::response_content content;
    content.singles = {{request.certificates.front(), pki::good_status{}, now, now + 8s}};
    content.produced_at = now;
    change(content);
    return ocsp_page(pki::build_ocsp_response(content, {ca_.authority("issuing"), false}));
  };
}

responder_stub::answering responder_stub::body(pki::bytes octets) {
  return [octets](const pki::ocsp_request&) -> runtime::http_action { return ocsp_page(octets); };
}

responder_stub::answering responder_stub::status(int http_status) {
  return [http_status](const pki::ocsp_request&) -> runtime::http_action {
    runtime::http_response response;
    response.status = http_status;
    return response;
  };
}

responder_stub::answering responder_stub::silent() {
  return [](const pki::ocsp_request&) -> runtime::http_action { return runtime::keep_silent{}; };
}

// ---- lab

lab::lab() : ca(make_ca()), responder(world, ca) {
  for (const std::string name : {"site", "other", "plain"}) {
    pki::issue_description what;
    what.name = name;
    what.issuer = "issuing";
    what.subject_alt_names = {name + ".example"};
    what.not_before = runtime::start - 12h;
    what.not_after = runtime::start + 24h * 90;
    what.ocsp_urls = {responder.url()};
    what.must_staple = name != "plain";
    ca.issue(what, runtime::start);
  }
}

lab::~lab() {
  if (server) server->kill();
  responder.listening().close();
  responder.listening().close_sessions();
  bool quiet = false;
  runtime::asio::co_spawn(world.where, responder.listening().join(),
                          [&](std::exception_ptr) { quiet = true; });
  world.run_until([&] { return quiet; });
}

served_certificate lab::certificate(const std::string& name) {
  const auto issued = ca.issued(name);
  const auto issuer = ca.authority("issuing").cert;
  return {issued.cert, {issuer}, issued.key, issuer, responders_of(issued.cert)};
}

loaded_config lab::config(mode m, profile p, const std::vector<std::string>& names) {
  loaded_config what;
  what.ocsp_mode = m;
  what.behaviour = p;
  for (const auto& name : names)
    what.certificates.push_back(certificate(name));
  return what;
}

endpoint& lab::make_endpoint(loaded_config what) {
  if (server) server->kill();
  return server.emplace(world.where, world.time, std::move(what), 1,
                        [this](const event& one) { events.push_back(one); });
}

awaitable<std::string> lab::start() {
  const auto outcome = co_await server->start();
  if (const auto* no = std::get_if<refused>(&outcome)) {
    co_return "refused " + std::to_string(no->exit_code);
  }
  co_return "started";
}

awaitable<std::string> lab::verdict_now() {
  client_wish wish;
  auto shaking = shake(std::move(wish));
  const sight seen = co_await std::move(shaking);
  if (seen.alert) co_return "alert " + std::to_string(*seen.alert);
  if (!seen.established) co_return "no connection";
  co_return verdict(seen);
}

awaitable<sight> lab::shake(client_wish wish) {
  runtime::tcp_socket socket(world.where);
  const runtime::tcp::endpoint server_address(runtime::asio::ip::address_v4::loopback(),
                                              server->port());
  runtime::error_code error;
  auto waiting = world.time.hold(0);
  co_await socket.async_connect(server_address,
                                runtime::asio::redirect_error(runtime::use_awaitable, error));
  if (error) co_return sight{};
  const auto port = socket.local_endpoint().port();
  waiting = world.time.hold(port);
  runtime::tcp_stream transport(std::move(socket), port);
  tls_client client(transport, wish);
  auto shaking = client.shake(wish.http);
  co_return co_await std::move(shaking);
}

std::string lab::verdict(const sight& seen, const std::string& name) const {
  if (!seen.staple) return "none";
  const auto judgement = pki::verify_ocsp(*seen.staple, ca.issued(name).cert,
                                          ca.authority("issuing").cert, {}, world.time.now());
  return std::string(pki::to_string(judgement.verdict));
}

}  // namespace staplelab::stapler::test
