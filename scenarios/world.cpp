#include "scenarios/world.hpp"

#include <random>
#include <utility>

#include "scenarios/builtin_endpoint.hpp"
#include "scenarios/target.hpp"
#include "scenarios/target_endpoint.hpp"

namespace staplelab::scenarios {

namespace {

enum stream : std::uint32_t { serials, faults, staples };

// A staple is renewed at a fraction of its validity; jumps much shorter than that lose nothing.
constexpr int jumps_in_a_validity = 16;

std::unique_ptr<world_time> make_time(time_mode mode, time_point start, outsiders who) {
  switch (mode) {
    case time_mode::virtual_:
      break;
    case time_mode::travel:
      return make_travel_time(start, std::move(who));
    case time_mode::real:
      return make_real_time(std::move(who));
  }
  return make_virtual_time(start);
}

}  // namespace

world::world(const scenario_case& case_, std::uint64_t seed_, time_mode mode_)
    : what(case_),
      seed(seed_),
      mode(mode_),
      passing(make_time(mode_, case_.of->start, those_outside())),
      time(passing->clock()),
      endpoint_time(time, duration::zero()),
      responder_time(time, duration::zero()),
      client_time(time, duration::zero()),
      pki(case_, {responder_port.number(), nowhere_port.number()}, stream_of(seed, serials)),
      record(time, pki, {responder_port.number(), nowhere_port.number()}, store.directory(),
             case_.on == nullptr),
      traffic(time),
      io(1),
      responder(io.get_executor(), responder_time, pki, case_.of->responder,
                responder_port.endpoint(), stream_of(seed, faults), traffic,
                [this](const responder::event& told) { record.add_from_responder(told); }),
      endpoint(make_endpoint()) {}

outsiders world::those_outside() {
  return {.clock_moved = [this] { endpoint->clock_moved(); },
          .have_noticed = [this] { return endpoint->has_noticed(); },
          .are_at_rest =
              [this] {
                const auto events = std::exchange(events_looked_at_, record.size());
                return endpoint->is_at_rest() && events == record.size();
              },
          .attentive = [this] { return responder.validity() / jumps_in_a_validity; },
          .slowly = what.on ? what.on->settle : duration::zero()};
}

std::unique_ptr<world_endpoint> world::make_endpoint() {
  world_endpoint::surroundings around{io.get_executor(), endpoint_time, pki,
                                      endpoint_port.endpoint(), store.directory()};
  if (what.on) {
    target_endpoint::settings own{.addresses = {responder_port.number(), nowhere_port.number()},
                                  .clients = client_time,
                                  .moves = mode == time_mode::travel,
                                  .tell = [this](happening told) { record.add(std::move(told)); }};
    return std::make_unique<target_endpoint>(what, std::move(around), std::move(own));
  }
  const auto tell = [this](const stapler::event& told) { record.add_from_endpoint(told); };
  return std::make_unique<builtin_endpoint>(what, std::move(around), stream_of(seed, staples),
                                            tell);
}

std::uint64_t stream_of(std::uint64_t seed, std::uint32_t stream) {
  std::seed_seq mix{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32),
                    stream};
  return std::mt19937_64(mix)();
}

}  // namespace staplelab::scenarios
