#include "scenarios/world_endpoint.hpp"

#include <utility>

#include "pki/errors.hpp"

namespace staplelab::scenarios {

world_endpoint::world_endpoint(const scenario_case& what, surroundings around)
    : around_(std::move(around)),
      written_{what.mode, what.of->endpoint.certificates, what.of->endpoint.url},
      in_force_(written_) {}

stapler::staple_class world_endpoint::class_now() const {
  const auto leaf = around_.pki.leaf(in_force_.certificates.front());
  return stapler::classify(in_force_.mode, leaf.must_staple());
}

bool world_endpoint::must_run() const {
  if (!wanted_) throw pki::input_error("an endpoint that is not running cannot be reloaded");
  return is_running();
}

void world_endpoint::write(const reload_step& what) {
  if (what.mode) written_.mode = *what.mode;
  if (what.certificates) written_.certificates = *what.certificates;
  if (what.url) written_.url = *what.url;
}

}  // namespace staplelab::scenarios
