// Notices when the machine is too busy to be believed: a thread that wants to wake every ten
// milliseconds, and writes down how late it did.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace staplelab::fingerprint {

class machine_load {
 public:
  machine_load();
  machine_load(const machine_load&) = delete;
  machine_load& operator=(const machine_load&) = delete;
  ~machine_load();

  // Milliseconds of real time by which it woke late at worst, since that moment
  // (runtime::real_milliseconds).
  double latest_since(double moment) const;

 private:
  struct delay {
    double at;
    double late;
  };
  void watch();

  mutable std::mutex mutex_;  // of everything below
  std::condition_variable end_;
  bool ending_ = false;
  std::vector<delay> delays_;  // those worth a line
  std::thread watcher_;
};

}  // namespace staplelab::fingerprint
