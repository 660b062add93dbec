#include "fingerprint/repetition.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace staplelab::fingerprint {

namespace {

// Time passes a second at a time while somebody waits.
bool within_a_second(const value& a, const value& b) {
  const auto* one = std::get_if<long>(&a);
  const auto* other = std::get_if<long>(&b);
  return one && other && std::abs(*one - *other) <= 1;
}

bool same(const cell_values& a, const cell_values& b) {
  return std::ranges::equal(a, b, [](const auto& one, const auto& other) {
    if (alike(one.second, other.second)) return true;
    return one.first == cell::blocked_s && within_a_second(one.second, other.second);
  });
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
