#include "vectors/vector_set.hpp"

#include <utility>

namespace staplelab::vectors {
namespace {

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto end = text.find(' ');
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return words;
}

vector_case cook(const std::string& group, const recipe& row, const cast& parties) {
  draft what(parties);
  row.change(what);
  bytes response = what.der();
  return {.name = group + "_" + row.name,
          .group = group,
          .clause = row.clause,
          .checks = words_of(row.checks),
          .verdict = row.verdict,
          .acceptable = row.acceptable,
          .why = row.why,
          .what = std::move(what),
          .response = std::move(response)};
}

}  // namespace

vector_set make_vectors(std::string_view seed) {
  vector_set set{std::string(seed), std::make_unique<const cast>(seed), {}};
  for (const auto& table : {status_recipes(), cert_id_recipes(), form_recipes(), error_recipes(),
                            signer_recipes(), delegate_recipes(), signature_recipes(),
                            extension_recipes(), nonce_recipes(), time_recipes()}) {
    for (const recipe& row : table.recipes)
      set.cases.push_back(cook(table.group, row, *set.parties));
  }
  return set;
}

}  // namespace staplelab::vectors
