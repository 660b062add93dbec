// A verdict and what is known beside it, for `verify` and `probe`: one JSON object whose keys
// scripts rely on, or a few lines for people.
#pragma once

#include <optional>
#include <string>

#include "pki/ocsp_verify.hpp"
#include "scenarios/expectation.hpp"
#include "scenarios/report_style.hpp"

namespace staplelab::cli {

struct judged {
  scenarios::probe_verdict verdict;
  std::optional<pki::ocsp_judgement> staple;
  std::optional<int> alert;
  std::optional<int> sent_alert;
  std::optional<bool> must_staple;
  std::optional<bool> chain_trusted = {};
  std::optional<double> latency_ms;
  std::optional<std::string> tls;
  std::string why;
};

// Keys without a known value are left out. Ends with a newline.
std::string to_json(const judged& what);
std::string to_text(const judged& what, const scenarios::text_style& style);

}  // namespace staplelab::cli
