// An examination as a report: for people, for scripts, for CI systems. Text from the responder is
// printable ASCII in all of them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "conform/examine.hpp"

namespace staplelab::conform {

// How much of an exchange to show: one line, all octets (the first kilobytes of them) in
// hexadecimal, or the OCSP messages field by field.
enum class detail { summary, hex, decoded };
std::optional<detail> parse_detail(std::string_view name);  // "hex", "decoded"

struct shown_exchange {
  std::string sent;
  std::string received;
};
shown_exchange show(const evidence& seen, probe_id id, detail how);

struct report_style {
  bool colour = false;
  bool unicode = false;
};
// One line a check, grouped by area; what failed with its reason; totals. With `hex` or `decoded`
// the exchange follows each check that did not pass.
std::string text_report(const examination& done, std::string_view url, detail how,
                        const report_style& style);

// One object, {"url","profile","checks":[...],"totals":{...},"duration_ms"}.
std::string json_report(const examination& done, std::string_view url, detail how);

// A test case for each check. Only a MUST that fails is a failure; a SHOULD that fails, and what is
// acceptable, is told in the output of the suite.
std::string junit_report(const examination& done, std::string_view url);

}  // namespace staplelab::conform
