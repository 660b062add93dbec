#include "fingerprint/story.hpp"

#include <utility>

namespace staplelab::fingerprint {

using namespace scenarios;
using std::chrono::days;
using std::chrono::hours;

namespace {

constexpr time_point beginning = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1);

}  // namespace

story::story(std::string name, std::string title, duration validity) {
  made_.name = std::move(name);
  made_.file = made_.name;
  made_.title = std::move(title);
  made_.start = beginning;
  made_.over = {{stapler::all_modes.begin(), stapler::all_modes.end()}, {true, false}, {}};
  made_.authorities = {{"root", "", pki::key_type::p256, days(7300)},
                       {"issuing", "root", pki::key_type::p256, days(3650)}};
  certificate_spec server{};
  server.name = "server";
  server.issuer = "issuing";
  server.names = {"server.example"};
  server.valid = days(390);
  server.backdate = hours(1);
  server.responders = {{responder_address::base::responder, "/"}};
  made_.certificates = {std::move(server)};
  made_.responder.validity = validity;
  made_.responder.backdate = duration(0);
  made_.responder.signer = "issuing";
  made_.endpoint.certificates = {"server"};
}

story& story::then(action what) {
  step next{};
  next.what = std::move(what);
  next.where.line = made_.steps.size() + 1;
  made_.steps.push_back(std::move(next));
  return *this;
}

story& story::start() {
  return then(start_step{party::endpoint});
}

story& story::restart() {
  return then(restart_step{});
}

story& story::reload() {
  return then(reload_step{});
}

story& story::client() {
  return then(handshake_step{});
}

story& story::clients(unsigned how_many) {
  for (unsigned i = 0; i < how_many; ++i)
    client();
  return *this;
}

story& story::crowd(unsigned how_many) {
  handshake_step all;
  all.parallel = how_many;
  return then(all);
}

story& story::responder_down() {
  return then(stop_step{party::responder});
}

story& story::responder_up() {
  return then(start_step{party::responder});
}

story& story::fails(responder::fault how) {
  fault_step fault{};
  fault.what = std::move(how);
  return then(std::move(fault));
}

story& story::revoke() {
  return then(revoke_step{"server", pki::crl_reason::key_compromise, duration(0)});
}

story& story::part(std::string_view name) {
  return then(mark_step{std::string(name)});
}

story& story::watch(std::span<const duration> times) {
  duration passed{0};
  for (const auto time : times) {
    pass(time - passed).clients(2);
    passed = time;
  }
  return *this;
}

story& story::pass(duration length) {
  return length > duration(0) ? then(advance_step{length}) : *this;
}

}  // namespace staplelab::fingerprint
