#include "stapler/tls_session.hpp"

#include <array>
#include <optional>
#include <utility>

#include "runtime/http_server.hpp"
#include "stapler/status_page.hpp"

namespace staplelab::stapler {
namespace {

using runtime::awaitable;
using namespace runtime::asio::experimental::awaitable_operators;

constexpr duration linger = std::chrono::seconds(2);  // for the peer to close after we did

enum class handshake { established, refused, late };

// `||` would take an offer, which is a variant itself, apart.
awaitable<void> fetch_for(staple_keeper& keeper, runtime::connection_id client, offer& into) {
  into = co_await keeper.offer_after_fetch(client);
}

// `record` is set once the client's wishes are known.
awaitable<handshake> shake_hands(tls_stream& tls, const generation& which, runtime::clock& time,
                                 time_point deadline, std::optional<handshake_served>& record) {
  const auto hello = co_await tls.read_client_hello();
  if (!hello) co_return handshake::refused;
  record.emplace();
  record->sni = hello->sni;
  record->asked = hello->status;
  record->failed = true;  // until there is something to go on with
  const suitability suits = [&tls](const served_certificate& what) { return tls.suits(what); };
  staple_keeper& keeper = which.keeper_for(hello->sni, suits);
  offer what = keeper.offer_now();
  if (std::holds_alternative<fetch_first>(what)) {
    auto fetching = fetch_for(keeper, tls.connection(), what);
    auto late = time.sleep_until(deadline);
    const auto first = co_await (std::move(fetching) || std::move(late));
    if (first.index() == 1) co_return handshake::late;
  }
  if (std::holds_alternative<fail_handshake>(what)) {
    co_await tls.refuse();
    record->tls = tls.version();
    co_return handshake::refused;
  }
  record->failed = false;
  const auto* found = std::get_if<send_staple>(&what);
  record->stapled = found && hello->status;
  const octets staple = found ? found->der : nullptr;
  const auto end = co_await tls.go_on(keeper.certificate(), staple);
  record->tls = tls.version();
  co_return std::holds_alternative<handshake_done>(end) ? handshake::established
                                                        : handshake::refused;
}

awaitable<runtime::http_action> answer(runtime::http_request request,
                                       std::shared_ptr<generation> which, runtime::clock& time) {
  co_return status_page(request, which->state(), time.now());
}

}  // namespace

// Most clients come for the handshake alone: HTTP begins when something is asked.
awaitable<void> serve_tls(runtime::byte_stream& transport, std::shared_ptr<generation> which,
                          session_surroundings around) {
  runtime::clock& time = around.time;
  runtime::time_limits::limit limit(around.limits, transport);
  tls_stream tls(around.context, transport);
  std::optional<handshake_served> record;
  const auto deadline = time.now() + which->config().tls_timeout;
  limit.set(deadline);
  const auto end = co_await shake_hands(tls, *which, time, deadline, record);
  if (record) around.tell(*record);
  if (end == handshake::late || limit.has_passed()) {
    transport.reset();
    co_return;
  }
  if (end == handshake::refused) {
    // An alert is under way: closing at once could destroy it.
    limit.set(time.now() + linger);
    co_await transport.finish();
    co_return;
  }
  const runtime::http_server_limits limits;
  limit.set(time.now() + limits.idle_timeout);
  std::array<char, 4096> room;
  const auto count = co_await tls.read_some(room);
  if (!count) {
    limit.set(time.now() + limits.linger_timeout);
    co_await tls.finish();
    co_return;
  }
  limit.clear();
  const runtime::http_handler handler = [&which, &time](runtime::http_request request,
                                                        runtime::connection_id) {
    return answer(std::move(request), which, time);
  };
  runtime::taken_over from;
  from.arrived.assign(room.data(), *count);
  auto serving = runtime::serve_http(tls, time, limits, handler, std::move(from));
  co_await std::move(serving);
}

}  // namespace staplelab::stapler
