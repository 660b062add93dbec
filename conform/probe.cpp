#include "conform/probe.hpp"

#include <algorithm>
#include <cassert>

namespace staplelab::conform {
namespace {

std::vector<probe> joined() {
  std::vector<probe> all = request_probes();
  for (const auto& part : {extension_probes(), http_probes()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace

const std::vector<probe>& all_probes() {
  static const std::vector<probe> all = joined();
  return all;
}

const probe& probe_of(probe_id id) {
  const auto& all = all_probes();
  const auto found = std::ranges::find(all, id, &probe::id);
  assert(found != all.end());
  return *found;
}

}  // namespace staplelab::conform
