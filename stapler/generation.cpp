#include "stapler/generation.hpp"

#include <exception>
#include <utility>

namespace staplelab::stapler {
namespace {

constexpr int exit_code_of_failure = 3;

using runtime::awaitable;
using keeper_handle = std::shared_ptr<staple_keeper>;
// Shared with the tasks that fill it: they may outlive the coroutine that waits for them.
using refusals = std::shared_ptr<std::vector<std::optional<refuse_to_start>>>;

awaitable<void> start_one(keeper_handle keeper, std::optional<staple> carried, refusals all,
                          std::size_t index) {
  auto refused = co_await keeper->start(std::move(carried));
  (*all)[index] = refused;
}

awaitable<void> watch_one(keeper_handle keeper, generation::end_handler on_end) {
  shut_down how{exit_code_of_failure, end_reason::internal_error};
  try {
    how = co_await keeper->watch();
  } catch (const std::exception& failure) {
    if (runtime::means_cancelled(std::current_exception())) throw;
    keeper->warn(std::string("cannot renew its staple any more: ") + failure.what());
  }
  on_end(keeper->state().subject, how);
}

std::string reason_for(const certificate_state& state, const refuse_to_start& refused) {
  switch (refused.why) {
    case end_reason::revoked:
      return "the certificate is revoked";
    case end_reason::unknown:
      return "the responder does not know the certificate";
    case end_reason::no_valid_staple:
    case end_reason::internal_error:
      break;
  }
  return state.last_failure.empty() ? "no valid staple" : "no valid staple: " + state.last_failure;
}

}  // namespace

generation::generation(const surroundings& around, loaded_config what, bool without_staples)
    : what_(std::move(what)),
      rules_(policy_of(what_.behaviour)),
      starting_(around.where),
      monitors_(around.where) {
  for (const served_certificate& certificate : what_.certificates) {
    const auto c = without_staples ? staple_class::off
                                   : classify(what_.ocsp_mode, certificate.leaf.must_staple());
    staple_keeper::surroundings services{around.where, around.time, around.chance, around.tell,
                                         staple_store(what_.store_dir)};
    keepers_.push_back(
        std::make_shared<staple_keeper>(std::move(services), certificate, rules_, c));
  }
}

awaitable<std::optional<generation::refusal>> generation::start(const generation* before) {
  const auto all = std::make_shared<refusals::element_type>(keepers_.size());
  for (std::size_t i = 0; i < keepers_.size(); ++i) {
    std::optional<staple> carried;
    if (before && rules_.reload_keeps_staple) {
      for (const auto& old : before->keepers_) {
        if (old->certificate().leaf == keepers_[i]->certificate().leaf) carried = old->state().held;
      }
    }
    starting_.spawn(start_one(keepers_[i], std::move(carried), all, i));
  }
  co_await starting_.join();
  for (std::size_t i = 0; i < keepers_.size(); ++i) {
    if (!(*all)[i]) continue;
    const certificate_state state = keepers_[i]->state();
    co_return refusal{state.subject, reason_for(state, *(*all)[i]), (*all)[i]->exit_code};
  }
  co_return std::nullopt;
}

void generation::watch(end_handler on_end) {
  on_end_ = std::move(on_end);
  for (const auto& keeper : keepers_)
    monitors_.spawn(watch_one(keeper, on_end_));
}

awaitable<void> generation::pause() {
  paused_ = true;
  monitors_.cancel();
  co_await monitors_.join();
  for (const auto& keeper : keepers_)
    co_await keeper->pause();
}

void generation::resume() {
  if (!std::exchange(paused_, false) || ended_) return;
  for (const auto& keeper : keepers_)
    keeper->resume();
  watch(on_end_);
}

awaitable<void> generation::join() {
  co_await starting_.join();
  co_await monitors_.join();
}

void generation::end() {
  ended_ = true;
  starting_.cancel();
  monitors_.cancel();
  for (const auto& keeper : keepers_)
    keeper->end();
}

staple_keeper& generation::keeper_for(std::string_view sni, const suitability& suits) const {
  return *keepers_[certificate_for(what_.certificates, sni, suits)];
}

endpoint_state generation::state() const {
  endpoint_state state{what_.ocsp_mode, what_.behaviour, {}};
  for (const auto& keeper : keepers_)
    state.certificates.push_back(keeper->state());
  return state;
}

}  // namespace staplelab::stapler
