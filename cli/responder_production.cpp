#include "cli/responder_production.hpp"

#include <CLI/CLI.hpp>

#include "cli/failure.hpp"
#include "cli/options.hpp"

namespace staplelab::cli {

void responder_production_options::describe(CLI::App& app) {
  app.add_option("--produce-every", produce_every_,
                 "sign answers ahead of time, that often; default: when they are asked for")
      ->type_name("DURATION");
  app.add_option("--publication-lag", publication_lag_,
                 "from signing such an answer to serving it; default: 0s")
      ->type_name("DURATION");
  app.add_flag("--produce-on-change", produce_on_change_,
               "sign out of turn when a certificate is revoked, held or released");
  app.add_option("--crl-every", crl_every_,
                 "make CRLs that often; 0s: when one is asked for and something has changed")
      ->type_name("DURATION")
      ->capture_default_str();
  app.add_option("--crl-validity", crl_validity_, "nextUpdate - thisUpdate of CRLs")
      ->type_name("DURATION")
      ->capture_default_str();
}

// Turns are counted from 1970, so that a restart, and a second responder, keep to the same ones.
std::optional<responder::production_schedule> responder_production_options::production() const {
  if (produce_every_.empty()) {
    if (!publication_lag_.empty() || produce_on_change_) {
      throw failure(exit_code::usage,
                    "--publication-lag and --produce-on-change need --produce-every",
                    "without it, answers are signed when they are asked for");
    }
    return std::nullopt;
  }
  responder::production_schedule schedule{.every =
                                              duration_option("--produce-every", produce_every_)};
  if (!publication_lag_.empty()) {
    schedule.lag = duration_option("--publication-lag", publication_lag_);
  }
  schedule.on_change = produce_on_change_;
  if (const auto flaw = responder::flaw_of(schedule)) throw failure(exit_code::usage, *flaw);
  return schedule;
}

responder::crl_schedule responder_production_options::crls() const {
  const responder::crl_schedule schedule{
      .every = duration_option("--crl-every", crl_every_),
      .validity = duration_option("--crl-validity", crl_validity_)};
  if (const auto flaw = responder::flaw_of(schedule)) throw failure(exit_code::usage, *flaw);
  return schedule;
}

}  // namespace staplelab::cli
