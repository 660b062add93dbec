#include "stapler/endpoint.hpp"

#include <cassert>
#include <exception>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "runtime/byte_stream.hpp"
#include "runtime/event.hpp"
#include "runtime/listener.hpp"
#include "runtime/task_group.hpp"
#include "stapler/generation.hpp"
#include "stapler/tls_session.hpp"
#include "stapler/tls_stream.hpp"

namespace staplelab::stapler {

using runtime::awaitable;

namespace {

// What the sessions share with the endpoint, and may outlive it by the turns that end them.
struct hall {
  hall(runtime::executor where, runtime::clock& clock, event_sink sink)
      : time(clock),
        limits(clock, where),
        tell([quiet = silent, to = std::move(sink)](const event& what) {
          if (!*quiet) to(what);
        }),
        context(make_server_context()) {}

  runtime::clock& time;
  runtime::time_limits limits;
  std::shared_ptr<bool> silent = std::make_shared<bool>(false);  // after kill()
  event_sink tell;
  ssl_ctx_handle context;
  std::shared_ptr<generation> current;
  std::set<runtime::byte_stream*> connections;  // kill() resets them
};

class visit_of {
 public:
  visit_of(std::shared_ptr<hall> where, runtime::byte_stream& who)
      : where_(std::move(where)), who_(who) {
    where_->connections.insert(&who_);
  }
  visit_of(const visit_of&) = delete;
  visit_of& operator=(const visit_of&) = delete;
  ~visit_of() { where_->connections.erase(&who_); }

 private:
  std::shared_ptr<hall> where_;
  runtime::byte_stream& who_;
};

awaitable<void> serve(std::shared_ptr<hall> where, runtime::tcp_socket socket,
                      runtime::connection_id client_port) {
  runtime::tcp_stream transport(std::move(socket), client_port);
  const visit_of visit(where, transport);
  session_surroundings around{where->context.get(), where->time, where->limits, where->tell};
  auto serving = serve_tls(transport, where->current, std::move(around));
  try {
    co_await std::move(serving);
  } catch (const std::exception& failure) {
    if (runtime::means_cancelled(std::current_exception())) throw;
    transport.reset();
    where->tell(warned{{}, std::string("a connection failed: ") + failure.what()});
  }
}

awaitable<void> watch_limits(std::shared_ptr<hall> where) {
  co_await where->limits.watch();
}

}  // namespace

struct endpoint::running : std::enable_shared_from_this<endpoint::running> {
  running(runtime::executor on, runtime::clock& time, std::uint64_t seed, event_sink tell)
      : where(on),
        chance(seed),
        inside(std::make_shared<hall>(on, time, std::move(tell))),
        exit_changed(on),
        watching(on) {}

  std::shared_ptr<generation> make_generation(loaded_config what, bool without_staples) {
    return std::make_shared<generation>(
        generation::surroundings{where, inside->time, chance, inside->tell}, std::move(what),
        without_staples);
  }

  void tell(const event& what) const { inside->tell(what); }
  void warn(const loaded_config& what) const {
    for (const std::string& message : warnings_of(what))
      tell(warned{{}, message});
  }

  void listen(const runtime::tcp::endpoint& address) {
    listener.emplace(
        where, address,
        [room = inside](runtime::tcp_socket socket, runtime::connection_id client_port) {
          return serve(room, std::move(socket), client_port);
        },
        max_sessions);
    watching.spawn(watch_limits(inside));
  }

  void watch(generation& which) {
    which.watch([self = weak_from_this()](const std::string& certificate, const shut_down& how) {
      const auto alive = self.lock();
      if (!alive || alive->exit) return;
      const bool failed = how.why == end_reason::internal_error;
      alive->end({failed ? exit_cause::failed : exit_cause::staple, how.exit_code});
      alive->tell(endpoint_shut_down{certificate, how.why, how.exit_code});
    });
  }

  // What a reload would put in force.
  std::shared_ptr<generation> propose(loaded_config what, bool without_staples) {
    if (coming) coming->end();
    coming = make_generation(std::move(what), without_staples);
    return coming;
  }
  void put_in_force() {
    const auto before = std::exchange(inside->current, std::exchange(coming, nullptr));
    watch(*inside->current);
    before->end();
  }
  // Whatever came of it: what was proposed and not put in force is over.
  void settle_reload() {
    if (coming) coming->end();
    coming.reset();
    inside->current->resume();
  }

  void end(exit_outcome how) {
    if (exit) return;
    exit = how;
    if (listener) {
      listener->close();
      listener->close_sessions();
    }
    inside->current->end();
    if (coming) coming->end();
    watching.cancel();
    exit_changed.notify();
  }

  runtime::executor where;
  stapling::random chance;
  std::shared_ptr<hall> inside;
  std::shared_ptr<generation> coming;  // during a reload
  std::optional<runtime::listener> listener;
  std::optional<exit_outcome> exit;
  runtime::event exit_changed;
  runtime::task_group watching;
};

endpoint::endpoint(runtime::executor where, runtime::clock& time, loaded_config what,
                   std::uint64_t seed, event_sink tell)
    : state_(std::make_shared<running>(where, time, seed, std::move(tell))) {
  assert(!what.certificates.empty());
  state_->inside->current = state_->make_generation(std::move(what), false);
}

endpoint::~endpoint() {
  state_->end({exit_cause::stopped, 0});
}

awaitable<start_outcome> endpoint::start() {
  const auto self = state_;
  const auto first = self->inside->current;
  self->warn(first->config());
  const auto refusal = co_await first->start(nullptr);
  if (self->exit) co_return refused{"it was ended while it started", self->exit->exit_code};
  if (refusal) {
    self->tell(endpoint_refused{refusal->certificate, refusal->why, refusal->exit_code});
    self->end({exit_cause::refused, refusal->exit_code});
    co_return refused{refusal->certificate + ": " + refusal->why, refusal->exit_code};
  }
  self->listen(first->config().listen);
  self->watch(*first);
  const std::uint16_t port = self->listener->local_endpoint().port();
  self->tell(endpoint_started{port});
  co_return started{port};
}

class endpoint::reload_under_way {
 public:
  explicit reload_under_way(std::shared_ptr<running> of) : of_(std::move(of)) {}
  reload_under_way(const reload_under_way&) = delete;
  reload_under_way& operator=(const reload_under_way&) = delete;
  ~reload_under_way() { of_->settle_reload(); }

 private:
  std::shared_ptr<running> of_;
};

awaitable<reload_outcome> endpoint::reload(loaded_config what) {
  const auto self = state_;
  self->warn(what);
  const reload_under_way settled_in_any_case(self);
  const auto before = self->inside->current;
  co_await before->pause();
  if (self->exit) co_return reload_failed{"the endpoint has ended", false};
  const auto next = self->propose(what, false);
  const auto refusal = co_await next->start(before.get());
  if (self->exit) co_return reload_failed{"the endpoint has ended", false};
  reload_outcome outcome = reloaded{};
  if (refusal) {
    const std::string why = refusal->certificate + ": " + refusal->why;
    const bool bare = next->rules().failed_reload == failed_reload_rule::serve_without_staple;
    self->tell(endpoint_reload_failed{why, bare});
    if (!bare) co_return reload_failed{why, false};
    outcome = reload_failed{why, true};
    const auto without = self->propose(std::move(what), true);
    co_await without->start(nullptr);
    if (self->exit) co_return outcome;
  }
  self->put_in_force();
  if (!refusal) self->tell(endpoint_reloaded{});
  co_return outcome;
}

awaitable<void> endpoint::stop() {
  const auto self = state_;
  self->end({exit_cause::stopped, 0});
  const auto unborn = self->coming;
  if (unborn) co_await unborn->join();
  const auto last = self->inside->current;
  co_await last->join();
  if (self->listener) co_await self->listener->join();
  co_await self->watching.join();
}

void endpoint::kill() {
  *state_->inside->silent = true;
  for (runtime::byte_stream* connection : state_->inside->connections)
    connection->reset();
  state_->end({exit_cause::killed, 137});
}

awaitable<exit_outcome> endpoint::wait_for_exit() {
  const auto self = state_;
  while (!self->exit)
    co_await self->exit_changed.wait();
  co_return *self->exit;
}

std::optional<exit_outcome> endpoint::exited() const {
  return state_->exit;
}

std::uint16_t endpoint::port() const {
  return state_->listener ? state_->listener->local_endpoint().port() : std::uint16_t{0};
}

std::vector<certificate_state> endpoint::certificates() const {
  return state_->inside->current->state().certificates;
}

}  // namespace staplelab::stapler
