#include "scenarios/world.hpp"

#include <random>

namespace staplelab::scenarios {

namespace {

enum stream : std::uint32_t { serials, faults, staples };

}  // namespace

world::world(const scenario_case& case_, std::uint64_t seed_)
    : what(case_),
      seed(seed_),
      time(case_.of->start),
      endpoint_time(time, duration::zero()),
      responder_time(time, duration::zero()),
      client_time(time, duration::zero()),
      pki(case_, {responder_port.number(), nowhere_port.number()}, stream_of(seed, serials)),
      record(time, pki, {responder_port.number(), nowhere_port.number()}, store.directory()),
      traffic(time),
      io(1),
      responder(io.get_executor(), responder_time, pki, case_.of->responder,
                responder_port.endpoint(), stream_of(seed, faults), traffic,
                [this](const responder::event& told) { record.add_from_responder(told); }),
      endpoint(case_, {io.get_executor(), endpoint_time, pki, endpoint_port.endpoint(),
                       store.directory(), stream_of(seed, staples),
                       [this](const stapler::event& told) { record.add_from_endpoint(told); }}) {}

std::uint64_t stream_of(std::uint64_t seed, std::uint32_t stream) {
  std::seed_seq mix{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32),
                    stream};
  return std::mt19937_64(mix)();
}

}  // namespace staplelab::scenarios
