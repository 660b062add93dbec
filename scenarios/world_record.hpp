// The stream of events of one world, as it is written.
//
// Ports and paths of this one run do not enter it, and what a peer tells of a certificate gets the
// scenario's name for it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "runtime/clock.hpp"
#include "scenarios/event.hpp"
#include "scenarios/event_view.hpp"
#include "scenarios/world_pki.hpp"

namespace staplelab::scenarios {

class world_record {
 public:
  world_record(const runtime::clock& time, const world_pki& pki, const world_addresses& addresses,
               const std::filesystem::path& store, bool endpoint_tells)
      : time_(time),
        pki_(pki),
        addresses_(addresses),
        store_(store.string()),
        view_(endpoint_tells) {}

  void add(happening what, std::string certificate = {});
  void add_from_responder(const responder::event& told);
  void add_from_endpoint(const stapler::event& told);
  // What is told from now on is not part of the scenario any more.
  void close() { closed_ = true; }

  void expect_query() { view_.expect_query(); }
  void begin_step() { view_.begin_step(); }
  const observation& seen() const { return view_.seen(); }

  std::size_t size() const { return events_.size(); }
  std::span<const event> since(std::size_t first) const {
    return std::span(events_).subspan(first);
  }
  // Puts what happened from `first` on, where several things went on at once, into an order that
  // does not depend on which of them the kernel served first.
  void arrange(std::size_t first, time_point start);
  std::vector<event> take() { return std::move(events_); }

 private:
  std::string name_of(const responder::request_answered& answered) const;
  std::string without_paths(std::string text) const;

  const runtime::clock& time_;
  const world_pki& pki_;
  world_addresses addresses_;
  std::string store_;
  bool closed_ = false;
  std::vector<event> events_;
  event_view view_;
};

}  // namespace staplelab::scenarios
