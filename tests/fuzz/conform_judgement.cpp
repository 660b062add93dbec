// Any octets as what a responder says on its connection, whatever it is asked: the check that the
// last octet chooses comes to a verdict with a reason, and the reports are printable ASCII.
#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "conform/examine.hpp"
#include "conform/report.hpp"
#include "ocsp_parties.hpp"
#include "pki/time.hpp"

namespace {

using namespace staplelab;
using namespace staplelab::conform;

target examined() {
  const auto leaf = pki::certificate::from_pem(fuzz::leaf_pem, "leaf");
  return {.url = *runtime::http_url::parse("http://127.0.0.1/"),
          .addresses = {},
          .held_to = profile::webpki,
          .issuer = pki::certificate::from_pem(fuzz::issuer_pem, "issuer"),
          .leaf = leaf,
          .revoked = leaf,
          .unassigned = likely_unassigned_serial(leaf)};
}

exchange heard(std::string_view octets, const wire_script& script) {
  exchange seen;
  seen.request = script.request;
  seen.received = octets;
  seen.at = *pki::parse_rfc3339(fuzz::now);
  runtime::http_response_parser parser(response_limits, script.head_only);
  parser.feed(octets);
  auto outcome = parser.next();
  if (std::holds_alternative<runtime::http_response_parser::need_more>(outcome)) {
    outcome = parser.finish();
  }
  seen.how = ending::closed;
  if (auto* response = std::get_if<runtime::http_response>(&outcome)) {
    seen.responses.push_back(std::move(*response));
    seen.how = ending::answered;
  } else if (std::holds_alternative<runtime::http_flaw>(outcome)) {
    seen.how = ending::not_http;
  }
  return seen;
}

void expect_printable(std::string_view text) {
  const bool printable =
      std::ranges::all_of(text, [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); });
  if (!printable) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const target what = examined();
  if (size == 0) return 0;
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  examination done{.seen = evidence(what)};
  const check& judging = all_checks()[data[size - 1] % all_checks().size()];
  std::vector<probe_id> probes{probe_id::post_sha1, probe_id::get_encoded};
  probes.insert(probes.end(), judging.probes.begin(), judging.probes.end());
  for (const probe_id id : probes) {
    const auto script = probe_of(id).build(done.seen);
    if (script && !done.seen.has(id)) done.seen.add(id, heard(octets, *script));
  }
  const auto unready = unmet(judging.needs, done.seen);
  finding found = unready ? skipped(*unready) : judging.judge(done.seen);
  if (found.why.empty()) std::abort();
  expect_printable(found.why);
  const auto at = judging.at.in(done.seen.profile());
  done.checks.push_back({&judging, at, weighed(std::move(found), at)});
  expect_printable(text_report(done, "http://127.0.0.1/", detail::decoded, {}));
  expect_printable(junit_report(done, "http://127.0.0.1/"));
  if (json_report(done, "http://127.0.0.1/", detail::hex).empty()) std::abort();
  return 0;
}
