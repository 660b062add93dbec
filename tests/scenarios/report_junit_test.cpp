#include "scenarios/report_junit.hpp"

#include <gmock/gmock.h>

#include <string>

#include "tests/scenarios/report_sample.hpp"

namespace staplelab::scenarios {
namespace {

// What the Ant task's schema demands, and no more than that: elements in this order, these
// attributes, whole numbers and times without a zone.
constexpr const char* schema = R"(<?xml version="1.0"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:simpleType name="moment"><xs:restriction base="xs:dateTime">
    <xs:pattern value="\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"/></xs:restriction></xs:simpleType>
  <xs:complexType name="trouble"><xs:simpleContent><xs:extension base="xs:string">
    <xs:attribute name="message" type="xs:string"/>
    <xs:attribute name="type" type="xs:string" use="required"/>
  </xs:extension></xs:simpleContent></xs:complexType>
  <xs:complexType name="case"><xs:choice minOccurs="0">
      <xs:element name="skipped"/>
      <xs:element name="error" type="trouble"/>
      <xs:element name="failure" type="trouble"/></xs:choice>
    <xs:attribute name="name" type="xs:token" use="required"/>
    <xs:attribute name="classname" type="xs:token" use="required"/>
    <xs:attribute name="time" type="xs:decimal" use="required"/></xs:complexType>
  <xs:complexType name="suite"><xs:sequence>
      <xs:element name="properties"><xs:complexType><xs:sequence>
        <xs:element name="property" minOccurs="0" maxOccurs="unbounded"><xs:complexType>
          <xs:attribute name="name" type="xs:token" use="required"/>
          <xs:attribute name="value" type="xs:string" use="required"/>
        </xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element>
      <xs:element name="testcase" type="case" minOccurs="0" maxOccurs="unbounded"/>
      <xs:element name="system-out" type="xs:string"/>
      <xs:element name="system-err" type="xs:string"/></xs:sequence>
    <xs:attribute name="name" type="xs:token" use="required"/>
    <xs:attribute name="package" type="xs:token" use="required"/>
    <xs:attribute name="id" type="xs:int" use="required"/>
    <xs:attribute name="timestamp" type="moment" use="required"/>
    <xs:attribute name="hostname" type="xs:token" use="required"/>
    <xs:attribute name="tests" type="xs:int" use="required"/>
    <xs:attribute name="failures" type="xs:int" use="required"/>
    <xs:attribute name="errors" type="xs:int" use="required"/>
    <xs:attribute name="skipped" type="xs:int"/>
    <xs:attribute name="time" type="xs:decimal" use="required"/></xs:complexType>
  <xs:element name="testsuites"><xs:complexType><xs:sequence>
    <xs:element name="testsuite" type="suite" minOccurs="0" maxOccurs="unbounded"/>
  </xs:sequence></xs:complexType></xs:element>
</xs:schema>
)";

void expect_valid(const std::string& xml) {
  const sample_file schema_file(schema);
  const sample_file report(xml);
  const auto checked =
      shell("xmllint --noout --nonet --schema " + schema_file.path() + " " + report.path());
  EXPECT_EQ(checked.exit_code, 0) << checked.output << xml;
}

std::string xpath(const std::string& xml, const std::string& expression) {
  const sample_file report(xml);
  std::string found = shell("xmllint --xpath '" + expression + "' " + report.path()).output;
  while (!found.empty() && found.back() == '\n')
    found.pop_back();
  return found;
}

TEST(junit_report, is_valid_and_counts_each_verdict) {
  const std::string xml = junit_report(four_verdicts().run, "0.1.0");
  expect_valid(xml);
  EXPECT_EQ(xpath(xml, "string(//testsuite/@tests)"), "4");
  EXPECT_EQ(xpath(xml, "string(//testsuite/@failures)"), "1");
  EXPECT_EQ(xpath(xml, "string(//testsuite/@errors)"), "1");
  EXPECT_EQ(xpath(xml, "string(//testsuite/@skipped)"), "1");
  EXPECT_EQ(xpath(xml, "count(//testcase[failure])"), "1");
  EXPECT_EQ(xpath(xml, "count(//testcase[error])"), "1");
  EXPECT_EQ(xpath(xml, "count(//testcase[skipped])"), "1");
  EXPECT_EQ(xpath(xml, "string(//property[@name=\"seed\"]/@value)"), "7");
}

TEST(junit_report, tells_what_failed_and_where) {
  const std::string xml = junit_report(four_verdicts().run, "0.1.0");
  EXPECT_EQ(xpath(xml, "string(//testcase[failure]/@name)"),
            "revocation/turns-revoked::must::must-staple::builtin:resilient");
  EXPECT_EQ(xpath(xml, "string(//failure/@message)"),
            "handshake at +3d: verdict: expected good, seen none");
  const std::string account = xpath(xml, "string(//failure)");
  EXPECT_THAT(account, testing::HasSubstr("library/revocation/turns-revoked.json:41"));
  EXPECT_THAT(account, testing::HasSubstr("clients that must see a staple turn away"));
}

TEST(junit_report, has_a_suite_for_each_scenario) {
  sample_run sample;
  const scenario& one = sample.add_scenario("a/one");
  const scenario& two = sample.add_scenario("b/two");
  sample.add_case(one, stapler::mode::must, true, "nats", case_verdict::pass);
  sample.add_case(two, stapler::mode::must, true, "nats", case_verdict::pass);
  sample.add_case(one, stapler::mode::must, false, "nats", case_verdict::pass);
  const std::string xml = junit_report(sample.run, "0.1.0");
  expect_valid(xml);
  EXPECT_EQ(xpath(xml, "count(//testsuite)"), "2");
  EXPECT_EQ(xpath(xml, "string(//testsuite[@name=\"a/one\"]/@tests)"), "2");
}

TEST(junit_report, survives_any_text) {
  sample_run sample;
  const scenario& of = sample.add_scenario(nasty);
  sample.add_failure(of, nasty);
  sample.add_case(of, stapler::mode::never, true, "x", case_verdict::error, nasty);
  sample.add_case(of, stapler::mode::never, false, "x", case_verdict::skip, nasty);
  const std::string xml = junit_report(sample.run, nasty);
  expect_valid(xml);
  EXPECT_THAT(xpath(xml, "string(//failure)"), testing::HasSubstr("\"q\" 'a' <b> & # c \\ ]]>"));
}

TEST(junit_report, of_nothing_is_valid) {
  expect_valid(junit_report({}, "0.1.0"));
}

}  // namespace
}  // namespace staplelab::scenarios
