// Tells an experiment step by step, as data.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "responder/fault.hpp"
#include "scenarios/scenario.hpp"

namespace staplelab::fingerprint {

class story {
 public:
  // A root, an issuing authority, the certificate "server" for a year and more, a responder that is
  // well and whose answers are valid for `validity`.
  story(std::string name, std::string title, scenarios::duration validity);

  story& start();
  story& restart();
  story& reload();
  story& client();
  story& clients(unsigned how_many);  // one after another, with a rest in between
  story& crowd(unsigned how_many);    // at once
  story& responder_down();
  story& responder_up();
  story& fails(responder::fault how);
  story& revoke();
  story& part(std::string_view name);
  // Two clients at each of these times, counted from here; ascending.
  story& watch(std::span<const scenarios::duration> times);
  story& pass(scenarios::duration length);

  scenarios::scenario told() const { return made_; }

 private:
  story& then(scenarios::action what);
  scenarios::scenario made_;
};

}  // namespace staplelab::fingerprint
