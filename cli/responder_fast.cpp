#include "cli/responder_fast.hpp"

#include <deque>
#include <memory>
#include <utility>

#include "cli/production_progress.hpp"
#include "cli/served_authorities.hpp"
#include "pki/ca_changes.hpp"
#include "pki/ca_pages.hpp"

namespace staplelab::cli {
namespace {

constexpr std::size_t page_size = 500;

// An act shows when it is recorded, when it takes effect, and when it is published: before each of
// these another answer may have been right.
void append(std::vector<responder::outdated_answer>& to, const pki::ca_changes::act& act,
            pki::duration lag) {
  to.push_back({act.serial, act.recorded_at});
  if (lag > pki::duration::zero()) to.push_back({act.serial, act.recorded_at + lag});
  if (act.revoked_at) to.push_back({act.serial, *act.revoked_at});
}

std::shared_ptr<std::deque<pki::ca_pages>> open_pages(const std::vector<std::string>& directories) {
  auto pages = std::make_shared<std::deque<pki::ca_pages>>();
  for (const std::string& directory : directories)
    pages->emplace_back(directory);
  return pages;
}

}  // namespace

responder::fast_sources fast_sources_for(const std::vector<std::string>& directories,
                                         const responder::answer_policy& policy,
                                         pki::time_point now) {
  const auto lag = policy.production ? policy.production->lag : pki::duration::zero();
  auto watched = std::make_shared<std::vector<pki::ca_changes>>();
  // Of the CAs before one that could not be read; each tells only once.
  auto not_told = std::make_shared<std::vector<responder::outdated_answer>>();
  for (const std::string& directory : directories)
    watched->emplace_back(directory, now - lag);

  responder::fast_sources sources;
  sources.open_book = [directories]() -> std::unique_ptr<pki::status_book> {
    return std::make_unique<served_authorities>(open_cas(directories));
  };
  sources.changes = [watched, not_told, lag] {
    for (pki::ca_changes& each : *watched) {
      for (const auto& act : each.since_last())
        append(*not_told, act, lag);
    }
    return std::exchange(*not_told, {});
  };
  return sources;
}

responder::producer_config production_of(const std::vector<std::string>& directories,
                                         std::size_t threads) {
  std::size_t total = 0;
  for (const std::string& directory : directories)
    total += pki::ca_pages(directory).certificates();
  auto screen = std::make_shared<production_progress>(
      progress_words{"producing", "produced", "answers", true}, total);
  responder::producer_config config;
  config.threads = threads;
  config.pages = [directories]() -> responder::id_pages {
    return [left = open_pages(directories)]() -> std::vector<pki::bytes> {
      for (; !left->empty(); left->pop_front()) {
        auto page = left->front().next(page_size);
        if (!page.empty()) return page;
      }
      return {};
    };
  };
  config.progress = [screen](std::size_t made, bool over) {
    over ? screen->over(made) : screen->made(made);
  };
  return config;
}

}  // namespace staplelab::cli
