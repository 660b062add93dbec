#include "responder/fault.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace staplelab::responder {
namespace {

using namespace std::chrono_literals;

// The least that each fault needs.
fault_parameters least_for(std::string_view name) {
  fault_parameters parameters;
  if (name == "http_status") parameters.code = 503;
  if (name == "delay") parameters.by = 10s;
  return parameters;
}

TEST(Fault, EveryNameMakesTheFaultOfThatName) {
  for (const auto name : fault_names()) {
    const auto made = make_fault(name, least_for(name));
    ASSERT_TRUE(made) << name << ": " << made.error().what;
    EXPECT_EQ(to_string(*made), name);
  }
}

TEST(Fault, NamesAreUnique) {
  const auto names = fault_names();
  EXPECT_EQ(std::set<std::string_view>(names.begin(), names.end()).size(), names.size());
}

TEST(Fault, ParametersReadBack) {
  for (const auto name : fault_names()) {
    const auto made = make_fault(name, least_for(name));
    ASSERT_TRUE(made) << name;
    const auto again = make_fault(name, parameters_of(*made));
    EXPECT_TRUE(again) << name << ": " << (again ? "" : again.error().what);
  }
}

TEST(Fault, AnUnknownNameGetsAHint) {
  const auto made = make_fault("http_stauts", {});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().key, "");
  EXPECT_NE(made.error().what.find("'http_status'"), std::string::npos) << made.error().what;
}

struct refused {
  std::string title;
  std::string name;
  fault_parameters parameters;
  std::string key;
};

fault_parameters code(std::int64_t value) {
  fault_parameters p;
  p.code = value;
  return p;
}
fault_parameters octets(std::int64_t value) {
  fault_parameters p;
  p.octets = value;
  return p;
}
fault_parameters by(pki::duration value) {
  fault_parameters p;
  p.by = value;
  return p;
}
fault_parameters every(pki::duration value) {
  fault_parameters p;
  p.every = value;
  return p;
}
fault_parameters type(std::string value) {
  fault_parameters p;
  p.content_type = std::move(value);
  return p;
}
fault_parameters reason(pki::crl_reason value) {
  fault_parameters p;
  p.reason = value;
  return p;
}

constexpr auto too_many = static_cast<std::int64_t>(max_fault_octets) + 1;

const refused refusals[] = {
    {"code_missing", "http_status", {}, "code"},
    {"code_informational", "http_status", code(199), "code"},
    {"code_too_large", "http_status", code(600), "code"},
    {"code_negative", "http_status", code(-1), "code"},
    {"delay_missing", "delay", {}, "by"},
    {"delay_zero", "delay", by(0s), "by"},
    {"delay_negative", "delay", by(-1s), "by"},
    {"expired_zero", "expired", by(0s), "by"},
    {"future_negative", "future", by(-1h), "by"},
    {"truncated_negative", "truncated_body", octets(-1), "octets"},
    {"short_negative", "short_body", octets(-1), "octets"},
    {"garbage_none", "garbage_body", octets(0), "octets"},
    {"garbage_too_many", "garbage_body", octets(too_many), "octets"},
    {"oversized_too_many", "oversized_body", octets(too_many), "octets"},
    {"slow_none_at_a_time", "slow_body", octets(0), "octets"},
    {"slow_without_pause", "slow_body", every(0s), "every"},
    {"content_type_with_a_line_break", "wrong_content_type", type("a\r\nb: c"), "content_type"},
    {"reason_of_delta_crls", "says_revoked", reason(pki::crl_reason::remove_from_crl), "reason"},
    {"parameter_of_another_fault", "hang", by(1s), "by"},
    {"code_for_an_ocsp_error", "try_later", code(503), "code"},
    {"octets_for_empty_body", "empty_body", octets(1), "octets"},
};

TEST(Fault, BadParametersAreRefusedByTheirKey) {
  for (const auto& row : refusals) {
    const auto made = make_fault(row.name, row.parameters);
    ASSERT_FALSE(made) << row.title;
    EXPECT_EQ(made.error().key, row.key) << row.title << ": " << made.error().what;
    EXPECT_FALSE(made.error().what.empty()) << row.title;
  }
}

TEST(Fault, LimitsAreInside) {
  EXPECT_TRUE(make_fault("http_status", code(200)));
  EXPECT_TRUE(make_fault("http_status", code(599)));
  EXPECT_TRUE(make_fault("truncated_body", octets(0)));
  EXPECT_TRUE(make_fault("garbage_body", octets(1)));
  EXPECT_TRUE(make_fault("oversized_body", octets(too_many - 1)));
  EXPECT_TRUE(make_fault("delay", by(1ms)));
}

TEST(Fault, EveryParameterNamedIsTaken) {
  fault_parameters all;
  all.code = 500;
  all.by = 1s;
  all.octets = 1;
  all.every = 1s;
  all.content_type = "text/plain";
  all.at = pki::time_point{};
  all.reason = pki::crl_reason::superseded;
  for (const auto name : fault_names()) {
    fault_parameters taken;
    for (const auto key : fault_parameter_names(name)) {
      if (key == "code") taken.code = all.code;
      if (key == "by") taken.by = all.by;
      if (key == "octets") taken.octets = all.octets;
      if (key == "every") taken.every = all.every;
      if (key == "content_type") taken.content_type = all.content_type;
      if (key == "at") taken.at = all.at;
      if (key == "reason") taken.reason = all.reason;
    }
    const auto made = make_fault(name, taken);
    EXPECT_TRUE(made) << name << ": " << (made ? "" : made.error().what);
    EXPECT_FALSE(make_fault(name, all)) << name << " takes everything";
  }
}

}  // namespace
}  // namespace staplelab::responder
