#include "stapler/tls_session.hpp"

#include <optional>
#include <utility>

#include "runtime/http_server.hpp"
#include "stapler/status_page.hpp"

namespace staplelab::stapler {
namespace {

using runtime::awaitable;
using namespace runtime::asio::experimental::awaitable_operators;

constexpr duration linger = std::chrono::seconds(2);  // for the peer to close after we did

// True when the connection is established. `record` is set once the client's wishes are known.
awaitable<bool> shake_hands(tls_stream& tls, const generation& which,
                            std::optional<handshake_served>& record) {
  const auto hello = co_await tls.read_client_hello();
  if (!hello) co_return false;
  record.emplace();
  record->sni = hello->sni;
  record->asked = hello->status;
  record->failed = true;  // until there is something to go on with
  const suitability suits = [&tls](const served_certificate& what) { return tls.suits(what); };
  staple_keeper& keeper = which.keeper_for(hello->sni, suits);
  offer what = keeper.offer_now();
  if (std::holds_alternative<fetch_first>(what)) {
    what = co_await keeper.offer_after_fetch(tls.connection());
  }
  if (std::holds_alternative<fail_handshake>(what)) {
    co_await tls.refuse();
    record->tls = tls.version();
    co_return false;
  }
  record->failed = false;
  const auto* found = std::get_if<send_staple>(&what);
  record->stapled = found && hello->status;
  const octets staple = found ? found->der : nullptr;
  const auto end = co_await tls.go_on(keeper.certificate(), staple);
  record->tls = tls.version();
  co_return std::holds_alternative<handshake_done>(end);
}

awaitable<runtime::http_action> answer(runtime::http_request request,
                                       std::shared_ptr<generation> which, runtime::clock& time) {
  co_return status_page(request, which->state(), time.now());
}

}  // namespace

awaitable<void> serve_tls(runtime::byte_stream& transport, std::shared_ptr<generation> which,
                          session_surroundings around) {
  runtime::clock& time = around.time;
  tls_stream tls(around.context, transport);
  std::optional<handshake_served> record;
  auto shaking = shake_hands(tls, *which, record);
  auto late = time.sleep_until(time.now() + which->config().tls_timeout);
  const auto first = co_await (std::move(shaking) || std::move(late));
  if (record) around.tell(*record);
  const bool* established = std::get_if<0>(&first);
  if (!established) {
    transport.reset();
    co_return;
  }
  if (!*established) {
    // An alert is under way: closing at once could destroy it.
    auto finishing = transport.finish();
    auto enough = time.sleep_until(time.now() + linger);
    co_await (std::move(finishing) || std::move(enough));
    co_return;
  }
  const runtime::http_handler handler = [&which, &time](runtime::http_request request,
                                                        runtime::connection_id) {
    return answer(std::move(request), which, time);
  };
  const runtime::http_server_limits limits;
  co_await runtime::serve_http(tls, time, limits, handler);
}

}  // namespace staplelab::stapler
