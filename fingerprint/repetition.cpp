#include "fingerprint/repetition.hpp"

#include <algorithm>
#include <utility>

namespace staplelab::fingerprint {

namespace {

bool same(const cell_values& a, const cell_values& b) {
  return std::ranges::equal(
      a, b, [](const auto& one, const auto& other) { return alike(one.second, other.second); });
}

}  // namespace

bool repetition::excuses_one() {
  return ++spoilt_ <= most_excused_;
}

void repetition::take(cell_values found, bool counts) {
  if (!counts) {
    if (counted_ == 0) found_ = std::move(found);
    return;
  }
  in_a_row_ = in_a_row_ > 0 && same(found, found_) ? in_a_row_ + 1 : 1;
  ++counted_;
  found_ = std::move(found);
}

}  // namespace staplelab::fingerprint
