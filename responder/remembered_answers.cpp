#include "responder/remembered_answers.hpp"

#include <utility>

namespace staplelab::responder {

void remembered_answers::remember(const pki::response_content& content, const pki::bytes& der) {
  if (content.singles.size() != 1) return;
  const auto& only = content.singles.front();
  if (std::holds_alternative<pki::unknown_status>(only.status)) return;
  const auto found = by_id_.find(only.id.der);
  if (found != by_id_.end()) {
    found->second.latest = remembered_answer{der, content};
  } else if (by_id_.size() < max_certificates) {
    const remembered_answer first{der, content};
    by_id_.emplace(only.id.der, entry{first, first});
  }
}

const remembered_answer* remembered_answers::earliest(const pki::cert_id& id) const {
  const auto found = by_id_.find(id.der);
  return found == by_id_.end() ? nullptr : &found->second.earliest;
}

const remembered_answer* remembered_answers::latest(const pki::cert_id& id) const {
  const auto found = by_id_.find(id.der);
  if (found == by_id_.end() || !found->second.latest) return nullptr;
  return &*found->second.latest;
}

void remembered_answers::forget_latest() {
  for (auto& [id, kept] : by_id_)
    kept.latest.reset();
}

}  // namespace staplelab::responder
