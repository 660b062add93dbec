#include "fingerprint/machine_load.hpp"

#include <algorithm>
#include <chrono>

#include "runtime/clock.hpp"

namespace staplelab::fingerprint {

namespace {

constexpr std::chrono::milliseconds nap{10};
constexpr double worth_a_line = 20;  // milliseconds

}  // namespace

machine_load::machine_load() : watcher_([this] { watch(); }) {}

machine_load::~machine_load() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  end_.notify_all();
  watcher_.join();
}

void machine_load::watch() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    const double began = runtime::real_milliseconds();
    end_.wait_for(lock, nap, [this] { return ending_; });
    const double now = runtime::real_milliseconds();
    const double late = now - began - static_cast<double>(nap.count());
    if (late >= worth_a_line) delays_.push_back({now, late});
  }
}

double machine_load::latest_since(double moment) const {
  const std::lock_guard lock(mutex_);
  double worst = 0;
  for (const auto& each : delays_) {
    if (each.at >= moment) worst = std::max(worst, each.late);
  }
  return worst;
}

}  // namespace staplelab::fingerprint
