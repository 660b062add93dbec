#include "responder/server.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "pki/errors.hpp"
#include "responder/fast_path.hpp"
#include "responder/fast_worker.hpp"

namespace staplelab::responder {

namespace {

void require(const std::optional<std::string>& flaw) {
  if (flaw) throw pki::input_error(*flaw);
}

void require_fit(const std::optional<signer_flaw>& flaw, const std::string& signer) {
  if (!flaw) return;
  throw pki::input_error("the certificate '" + signer + "' cannot sign OCSP answers: it " +
                         std::string(to_string(*flaw)));
}

request_facts facts_of(const runtime::http_request& request, const std::optional<question>& asked) {
  request_facts facts{{}, request.method, request.target};
  if (!asked) return facts;
  for (const auto& id : asked->certificates())
    facts.serials.push_back(id.serial);
  return facts;
}

// A fault that holds on to a moment without naming one means that at which it takes effect.
void settle(fault_rule& rule, pki::time_point now) {
  auto* content = std::get_if<content_fault>(&rule.what);
  auto* ice = content ? std::get_if<frozen>(content) : nullptr;
  if (ice && !ice->at) ice->at = rule.window.from.value_or(now);
}

// Where a port is shared, the kernel would let another program of the same user in as well, and
// spread connections over both.
runtime::tcp::endpoint taken_by_nobody(runtime::executor where,
                                       const runtime::tcp::endpoint& address) {
  constexpr bool reuse_address = true;
  const runtime::tcp_acceptor alone(where, address, reuse_address);
  return address;
}

// Writes the pieces; the connection waits on purpose in between.
runtime::awaitable<void> drip(dripping_octets drops, runtime::byte_stream& stream,
                              runtime::clock& time) {
  std::string_view left = drops.body;
  if (co_await stream.write(drops.head)) co_return;
  while (!left.empty()) {
    const auto piece = left.substr(0, drops.piece);
    left.remove_prefix(piece.size());
    if (co_await stream.write(piece)) co_return;
    if (left.empty()) co_return;
    const auto waiting = time.idle(stream.connection());
    co_await time.sleep_until(time.now() + drops.every);
  }
}

}  // namespace

server::server(runtime::executor where, runtime::clock& time, const pki::status_book& book,
               server_config config, event_sink sink)
    : time_(time),
      book_(book),
      policy_(config.policy),
      path_prefixes_(std::move(config.path_prefixes)),
      limits_(config.limits),
      beside_(std::move(config.beside)),
      sink_(sink ? std::move(sink) : [](const event&) {}),
      traffic_(config.traffic),
      engine_(config.seed),
      fast_(config.fast),
      worker_(fast_ ? std::make_unique<fast_worker>(*fast_, time) : nullptr),
      refusals_(where),
      sweeping_(where),
      listener_(
          where, fast_ ? taken_by_nobody(where, config.listen) : config.listen,
          [this](runtime::tcp_socket socket, runtime::connection_id client_port) {
            return serve(std::move(socket), client_port, {});
          },
          config.limits.connections,
          fast_ ? runtime::listener::port_sharing::shared
                : runtime::listener::port_sharing::alone) {
  require(flaw_of(policy_));
  set_cache(config.cache);
  for (auto& who : config.authorities) {
    const auto signer = who.signer().identity.cert.subject();
    require_fit(signers_.set(std::move(who), config.signers, time_.now()), signer);
  }
  follow_terms();
  if (worker_) sweeping_.spawn(worker_->sweep());
  sink_(listening_changed{time_.now(), port(), true});
}

server::~server() = default;

std::uint64_t server::requests() const {
  return requests_ + (fast_ ? fast_->requests() : 0);
}

void server::stop() {
  stopped_ = true;
  refusals_.cancel();
  sweeping_.cancel();
  follow_refusals();
}

void server::start() {
  stopped_ = false;
  if (worker_) sweeping_.spawn(worker_->sweep());
  follow_refusals();
  watch_refusals();
}

runtime::awaitable<void> server::join() {
  co_await refusals_.join();
  co_await sweeping_.join();
  co_await listener_.join();
}

void server::set_signer(authority who, signer_choice choice) {
  const auto issuer = who.issuer.cert.subject();
  const auto signer = who.signer().identity.cert.subject();
  require_fit(signers_.set(std::move(who), choice, time_.now()), signer);
  remembered_.forget_latest();
  follow_terms();
  sink_(signer_changed{time_.now(), issuer, signer});
}

void server::set_validity(pki::duration validity) {
  auto changed = policy_;
  changed.validity = validity;
  set_policy(changed);
}

void server::set_policy(const answer_policy& policy) {
  require(flaw_of(policy));
  policy_ = policy;
  follow_terms();
}

void server::set_cache(std::optional<pki::duration> max_age) {
  cache_.reset();
  if (max_age) cache_.emplace(*max_age);
  follow_faults();
}

void server::purge_cache() {
  if (cache_) cache_->purge();
}

boost::system::result<std::string, fault_error> server::add_fault(fault_rule rule) {
  settle(rule, time_.now());
  auto name = faults_.add(std::move(rule));
  if (name) {
    follow_faults();
    follow_refusals();
    watch_refusals();
  }
  return name;
}

bool server::clear_fault(std::string_view name) {
  const bool cleared = faults_.clear(name);
  follow_faults();
  follow_refusals();
  watch_refusals();
  return cleared;
}

void server::clear_faults() {
  faults_.clear_all();
  follow_faults();
  follow_refusals();
  watch_refusals();
}

// What is plain is answered by the fast path; the rest by the full one, until a message begins that
// may be plain again.
runtime::awaitable<void> server::serve(runtime::tcp_socket socket,
                                       runtime::connection_id client_port, std::string arrived) {
  const auto may_be_plain = [this] { return fast_ && !fast_->on_detour(); };
  for (;;) {
    if (arrived.empty() && may_be_plain()) {
      auto rest = co_await worker_->serve(socket);
      if (!rest) co_return;
      arrived = *std::move(rest);
    }
    runtime::tcp_stream stream(std::move(socket), client_port, traffic_);
    const runtime::http_handler handler = [this, &stream](runtime::http_request request,
                                                          runtime::connection_id) {
      return handle(std::move(request), stream);
    };
    runtime::taken_over from;
    from.arrived = std::exchange(arrived, {});
    from.leave = may_be_plain;
    auto serving = runtime::serve_http(stream, time_, limits_.http, handler, std::move(from));
    const bool left = co_await std::move(serving);
    if (!left) co_return;
    socket = std::move(stream.socket());
  }
}

void server::adopt(runtime::tcp_socket socket, std::string arrived) {
  runtime::error_code error;
  const auto client_port = socket.remote_endpoint(error).port();
  if (error || !listener_.is_open()) return;  // error: it has left
  if (listener_.session_count() >= limits_.connections + limits_.adopted) return;
  listener_.adopt(serve(std::move(socket), client_port, std::move(arrived)));
}

void server::statuses_set(bool any) {
  statuses_set_ = any;
  follow_faults();
}

void server::follow_terms() {
  if (fast_) fast_->publish(signers_.authorities(), policy_);
}

void server::follow_faults() {
  if (!fast_) return;
  const bool any =
      std::ranges::any_of(faults_.rules(), [](const fault_rule& rule) { return rule.count != 0u; });
  fast_->set_detour(statuses_set_ || cache_ || any);
}

runtime::awaitable<runtime::http_action> server::handle(runtime::http_request request,
                                                        runtime::byte_stream& stream) {
  auto what = decide(request, stream.connection());
  if (what.wait > runtime::duration::zero()) {
    const auto waiting = time_.idle(stream.connection());
    co_await time_.sleep_until(time_.now() + what.wait);
  }
  if (auto* drops = std::get_if<dripping_octets>(&what.then)) {
    auto dripping = drip(std::move(*drops), stream, time_);
    co_await std::move(dripping);
    co_return runtime::close_connection{};
  }
  co_return std::get<runtime::http_action>(std::move(what.then));
}

sending server::decide(const runtime::http_request& request, runtime::connection_id client_port) {
  ++requests_;
  const auto now = time_.now();
  const bool head_only = request.method == "HEAD";

  request_answered record;
  record.at = now;
  record.client_port = client_port;
  record.method = request.method;
  record.target = request.target;
  record.http_version = request.version;
  if (auto other = beside_ ? beside_(request, now) : std::nullopt) {
    return tell(std::move(record), as_it_is(*std::move(other), head_only));
  }
  const auto octets = to_ocsp(request, prefix_for(request.target), limits_.mapping);
  if (octets) {
    if (auto kept = from_cache(*octets, record, head_only)) return *std::move(kept);
  }
  std::optional<question> asked;
  if (octets) asked = read_question(*octets, policy_, now);
  const auto drawn = faults_.draw(facts_of(request, asked), now, engine_);
  follow_faults();  // a rule may have been used up
  if (drawn) {
    record.fault = to_string(drawn->what);
    record.fault_rule = drawn->rule;
  }
  auto response = respond(request, octets, asked, drawn, record);

  const auto* transport = drawn ? std::get_if<transport_fault>(&drawn->what) : nullptr;
  const bool needs_seed = transport && std::holds_alternative<garbage_body>(*transport);
  auto result =
      transport ? disturbed(*transport, std::move(response), head_only, needs_seed ? engine_() : 0)
                : as_it_is(std::move(response), head_only);
  if (cache_ && octets) keep_in_cache(*octets, result, record);
  return tell(std::move(record), std::move(result));
}

void server::keep_in_cache(const pki::bytes& request, const sending& what,
                           const request_answered& told) {
  const auto* action = std::get_if<runtime::http_action>(&what.then);
  const auto* whole = action ? std::get_if<runtime::http_response>(action) : nullptr;
  if (whole) cache_->keep(request, *whole, told, told.at);
}

// What the cache in front has to say, if anything: then the responder hears nothing of it.
std::optional<sending> server::from_cache(const pki::bytes& request, const request_answered& asked,
                                          bool head_only) {
  auto kept = cache_ ? cache_->find(request, asked.at) : std::nullopt;
  if (!kept) return std::nullopt;
  request_answered record = std::move(kept->told);
  record.at = asked.at;
  record.client_port = asked.client_port;
  record.method = asked.method;
  record.target = asked.target;
  record.http_version = asked.http_version;
  record.cached_for = kept->age;
  return tell(std::move(record), as_it_is(std::move(kept->response), head_only));
}

sending server::tell(request_answered record, sending what) {
  record.http_status = what.http_status;
  record.octets = what.body_octets;
  sink_(record);
  return what;
}

runtime::http_response server::respond(
    const runtime::http_request& request,
    const boost::system::result<pki::bytes, http_refusal>& octets,
    const std::optional<question>& asked, const std::optional<drawn_fault>& drawn,
    request_answered& record) {
  if (!asked) return to_http(octets.error(), record.at);
  record.nonce = asked->has_nonce();
  for (const auto& id : asked->certificates())
    record.serials.push_back(id.serial);
  if (!asked->certificates().empty()) record.hash = asked->certificates().front().hash;

  std::optional<content_fault> lie;
  if (drawn) {
    if (const auto* content = std::get_if<content_fault>(&drawn->what)) lie = *content;
  }
  const answer_sources sources{book_, signers_, remembered_, policy_};
  const auto since = fast_ ? fast_->ready().current() : 0;
  auto what = answer(*asked, sources, lie, record.at);
  if (fast_ && !drawn) fast_->settle(*octets, what, record.at, since);
  const bool honest = !lie || std::holds_alternative<stale_replay>(*lie);
  if (honest && what.about_issued) {
    remembered_.remember(what.content, what.der);
  }
  record.status = what.status;
  record.der = what.der;
  record.said = what.said();
  record.this_update = what.this_update();
  record.next_update = what.next_update();
  return to_http(what, request, record.at);
}

std::string_view server::prefix_for(std::string_view target) const {
  std::string_view best = path_prefixes_.front();  // to_ocsp() refuses what does not fit it
  for (const std::string_view prefix : path_prefixes_) {
    const bool better = !target.starts_with(best) || prefix.size() > best.size();
    if (better && target.starts_with(prefix)) best = prefix;
  }
  return best;
}

void server::follow_refusals() {
  const bool refuse = stopped_ || faults_.refuses_connections(time_.now());
  if (refuse == !listener_.is_open()) return;
  if (refuse) {
    listener_.close();
    listener_.close_sessions();
  } else {
    listener_.open();
  }
  sink_(listening_changed{time_.now(), port(), !refuse});
}

void server::watch_refusals() {
  refusals_.cancel();
  if (!stopped_ && faults_.next_refusal_change(time_.now())) refusals_.spawn(follow_windows());
}

runtime::awaitable<void> server::follow_windows() {
  while (const auto next = faults_.next_refusal_change(time_.now())) {
    co_await time_.sleep_until(*next);
    follow_refusals();
  }
}

}  // namespace staplelab::responder
