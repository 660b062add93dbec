#include "responder/edge_cache.hpp"

#include <chrono>

namespace staplelab::responder {
std::optional<edge_cache::hit> edge_cache::find(const pki::bytes& request,
                                                pki::time_point now) const {
  const auto found = entries_.find(request);
  if (found == entries_.end()) return std::nullopt;
  const auto& [response, told, kept] = found->second;
  const auto age = now - kept;
  if (age >= max_age_) return std::nullopt;
  hit result{response, told, age};
  const auto seconds = std::chrono::floor<std::chrono::seconds>(age).count();
  result.response.fields.set("Age", std::to_string(seconds));
  return result;
}

void edge_cache::keep(const pki::bytes& request, const runtime::http_response& response,
                      const request_answered& told, pki::time_point now) {
  if (response.status != 200) return;
  if (entries_.size() >= max_entries && !entries_.contains(request)) return;
  entries_.insert_or_assign(request, entry{response, told, now});
}

}  // namespace staplelab::responder
