// The rule of three: what a study found counts when it found the same three times in a row. Pure.
//
// A run on a machine that was too busy to keep its appointments is not counted. After seven runs
// that count, or six that do not, a study is unsteady.
#pragma once

#include <cstddef>

#include "fingerprint/cell.hpp"

namespace staplelab::fingerprint {

class repetition {
 public:
  static constexpr std::size_t enough = 3;
  static constexpr std::size_t most_counted = 7;
  static constexpr std::size_t most_disturbed = 6;

  explicit repetition(std::size_t in_a_row = enough) : wanted_(in_a_row) {}

  void take(cell_values found, bool disturbed);
  bool is_steady() const { return in_a_row_ >= wanted_; }
  // False when it is steady, or hopeless.
  bool goes_on() const {
    return !is_steady() && counted_ < most_counted && disturbed_ < most_disturbed;
  }
  // Runs still needed, if all of them find the same.
  std::size_t missing() const { return goes_on() ? wanted_ - in_a_row_ : 0; }
  // What the last run found that counts; of those that do not, when there is no other.
  const cell_values& found() const { return found_; }
  std::size_t disturbed() const { return disturbed_; }

 private:
  std::size_t wanted_;
  std::size_t in_a_row_ = 0;
  std::size_t counted_ = 0;
  std::size_t disturbed_ = 0;
  cell_values found_;
};

}  // namespace staplelab::fingerprint
