// One configuration in force, and the keepers of its staples. A reload makes the next one;
// handshakes that began under the old one end under it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/async.hpp"
#include "runtime/clock.hpp"
#include "runtime/task_group.hpp"
#include "stapler/event.hpp"
#include "stapler/loaded_config.hpp"
#include "stapler/policy.hpp"
#include "stapler/staple_keeper.hpp"
#include "stapler/status_page.hpp"

namespace staplelab::stapler {

class generation {
 public:
  struct surroundings {
    runtime::executor where;
    runtime::clock& time;
    stapling::random& chance;
    event_sink tell;
  };
  // `without_staples`: every certificate is served as class off, whatever the mode says.
  generation(const surroundings& around, loaded_config what, bool without_staples);

  struct refusal {
    std::string certificate;
    std::string why;
    int exit_code;
  };
  // All certificates at once; the first refusal in their order, once all have settled. Certificates
  // that `before` (may be null) serves as well keep their staple if the policy says so, and if it
  // is sound under the policy. Ended meanwhile: nothing is refused, and nothing may be watched.
  runtime::awaitable<std::optional<refusal>> start(const generation* before);

  // `on_end` is called when a staple ends the server, or when a keeper cannot go on.
  using end_handler = std::function<void(const std::string& certificate, const shut_down& how)>;
  void watch(end_handler on_end);
  // Returns when nothing is fetched any more: a reload's fetches are not to run beside these.
  runtime::awaitable<void> pause();
  void resume();  // nothing, unless it is paused
  void end();
  runtime::awaitable<void> join();

  const policy& rules() const { return rules_; }
  const loaded_config& config() const { return what_; }
  staple_keeper& keeper_for(std::string_view sni, const suitability& suits) const;
  endpoint_state state() const;

 private:
  loaded_config what_;
  policy rules_;
  std::vector<std::shared_ptr<staple_keeper>> keepers_;
  runtime::task_group starting_;
  runtime::task_group monitors_;
  end_handler on_end_;
  bool paused_ = false;
  bool ended_ = false;
};

}  // namespace staplelab::stapler
