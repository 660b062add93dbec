// The options of `responder` that say when answers and CRLs are made.
#pragma once

#include <string>

#include "responder/crl_publisher.hpp"
#include "responder/production.hpp"

namespace CLI {
class App;
}

namespace staplelab::cli {

class responder_production_options {
 public:
  void describe(CLI::App& app);  // once; `this` must stay where it is
  // Throw failure for values that make no sense. The first is empty when answers are made on
  // demand.
  std::optional<responder::production_schedule> production() const;
  responder::crl_schedule crls() const;

 private:
  std::string produce_every_, publication_lag_, crl_every_ = "0s", crl_validity_ = "7d";
  bool produce_on_change_ = false;
};

}  // namespace staplelab::cli
