// Collects the mistakes of a file, so that as many as possible are told at once.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "runtime/source_position.hpp"
#include "scenarios/json_document.hpp"

namespace staplelab::scenarios {

// What follows after so many is not kept: nobody reads it.
inline constexpr std::size_t max_diagnostics = 100;

class diagnostics {
 public:
  void add(const json_place& place, std::string message, std::string hint = {}) {
    ++count_;
    if (!full()) found_.push_back(error_at(place, std::move(message), std::move(hint)));
  }
  void add(std::vector<runtime::source_error> errors) {
    count_ += errors.size();
    for (auto& error : errors) {
      if (!full()) found_.push_back(std::move(error));
    }
  }
  bool full() const { return found_.size() == max_diagnostics; }
  // Whether something has been told of this very token.
  bool told(const json_place& place) const {
    return std::ranges::any_of(found_, [&](const runtime::source_error& error) {
      return error.where == place.position && error.file == place.in->name;
    });
  }
  bool empty() const { return found_.empty(); }
  // Those not kept are counted, too.
  std::size_t count() const { return count_; }
  std::vector<runtime::source_error> take() { return std::move(found_); }

 private:
  std::vector<runtime::source_error> found_;
  std::size_t count_ = 0;
};

}  // namespace staplelab::scenarios
