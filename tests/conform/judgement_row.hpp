// Tables of judgements: what was seen, and what a check makes of it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "bench.hpp"

namespace staplelab::conform::test {

struct judgement_row {
  int number;
  std::string name;  // begins with what is expected: "pass", "fail", "acceptable", "skip"
  std::function<void(bench&)> seen;
  profile held_to = profile::rfc6960;
};

std::vector<judgement_row> request_rows();
std::vector<judgement_row> content_rows();
std::vector<judgement_row> extension_rows();
std::vector<judgement_row> http_rows();

}  // namespace staplelab::conform::test
