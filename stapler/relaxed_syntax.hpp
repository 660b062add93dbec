// NATS's configuration syntax as a tree of words, lists and blocks; JSON is a subset of it.
//
// It knows no key and gives no word a meaning: what a word stands for is decided by the key it
// belongs to. `include` and variables of NATS are not supported.
#pragma once

#include <boost/system/result.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "runtime/source_position.hpp"

namespace staplelab::stapler {

struct relaxed_word {
  std::string text;
  bool quoted;
};
struct relaxed_value;
struct relaxed_member;
using relaxed_list = std::vector<relaxed_value>;
using relaxed_block = std::vector<relaxed_member>;

struct relaxed_value {
  std::size_t at = 0;  // offset of its first octet
  std::variant<relaxed_word, relaxed_list, relaxed_block> content;
};
struct relaxed_member {
  std::string key;
  std::size_t at = 0;
  relaxed_value value;
};

// `max_depth` bounds blocks and lists inside each other. The members of the outermost block; its
// braces may be left out.
boost::system::result<relaxed_block, runtime::source_error> parse_relaxed(std::string_view text,
                                                                          std::string_view file,
                                                                          std::size_t max_depth);

}  // namespace staplelab::stapler
