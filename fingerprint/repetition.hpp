// The rule of three: what a study found counts when it found the same three times in a row. Pure.
//
// An experiment that broke off, or ran on a machine too busy to keep its appointments, is made
// again. After seven runs, or six such experiments for each that the study has, it is unsteady.
#pragma once

#include <cstddef>

#include "fingerprint/cell.hpp"

namespace staplelab::fingerprint {

class repetition {
 public:
  static constexpr std::size_t enough = 3;
  static constexpr std::size_t most_counted = 7;
  static constexpr std::size_t most_spoilt = 6;  // for each experiment

  explicit repetition(std::size_t in_a_row = enough, std::size_t experiments = 1)
      : wanted_(in_a_row), most_excused_(most_spoilt * experiments) {}

  // An experiment was spoilt. False when that has happened too often for it to be made again.
  bool excuses_one();
  // `counts` is false for a run with an experiment that was spoilt and not made again.
  void take(cell_values found, bool counts);
  bool is_steady() const { return in_a_row_ >= wanted_; }
  // False when it is steady, or hopeless.
  bool goes_on() const {
    return !is_steady() && counted_ < most_counted && spoilt_ <= most_excused_;
  }
  // Runs still needed, if all of them find the same.
  std::size_t missing() const { return goes_on() ? wanted_ - in_a_row_ : 0; }
  // What the last run found that counts; of those that do not, when there is no other.
  const cell_values& found() const { return found_; }
  std::size_t excused() const { return spoilt_ < most_excused_ ? spoilt_ : most_excused_; }

 private:
  std::size_t wanted_;
  std::size_t most_excused_;
  std::size_t in_a_row_ = 0;
  std::size_t counted_ = 0;
  std::size_t spoilt_ = 0;
  cell_values found_;
};

}  // namespace staplelab::fingerprint
