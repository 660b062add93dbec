#include "runtime/did_you_mean.hpp"

#include <algorithm>
#include <vector>

namespace staplelab::runtime {
namespace {

constexpr std::size_t longest_compared = 64;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Optimal string alignment: insert, delete, replace, or swap two neighbours.
std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        cost[i][j] = i + j;
        continue;
      }
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      cost[i][j] =
          std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + (same ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                           lower(a[i - 2]) == lower(b[j - 1]);
      if (swapped) cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
    }
  }
  return cost[a.size()][b.size()];
}

}  // namespace

std::optional<std::string_view> nearest_word(std::string_view written,
                                             std::span<const std::string_view> known) {
  if (written.size() > longest_compared) return {};
  std::optional<std::string_view> nearest;
  std::size_t fewest = std::max<std::size_t>(1, written.size() / 3) + 1;
  for (const std::string_view word : known) {
    if (word.size() > longest_compared) continue;
    const std::size_t count = edits(written, word);
    if (count < fewest && count < word.size()) {
      fewest = count;
      nearest = word;
    }
  }
  return nearest;
}

std::string did_you_mean(std::string_view written, std::span<const std::string_view> known) {
  if (known.empty()) return {};
  if (const auto word = nearest_word(written, known)) {
    return "did you mean '" + std::string(*word) + "'?";
  }
  std::string out = "known are ";
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (i > 0) out += i + 1 == known.size() ? " and " : ", ";
    out += known[i];
  }
  return out;
}

}  // namespace staplelab::runtime
