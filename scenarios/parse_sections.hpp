// Readers of the sections of a scenario file, in the order in which they must be called: each fills
// in what the next ones refer to.
#pragma once

#include <optional>

#include "scenarios/parse_decoder.hpp"

namespace staplelab::scenarios {

// Whether a step makes handshakes or queries, whose findings can then be expected.
enum class step_kind { probing, other };

// The defaults stand in for a null section.
void read_matrix(decoder& d, const json_value* value, matrix& result);
void read_pki(decoder& d, const json_value* value, scenario& result);
void read_responder(decoder& d, const json_value* value, const json_place& at,
                    responder_spec& result);
void read_endpoint(decoder& d, const json_value* value, const json_place& at,
                   endpoint_spec& result);
// The story of an incident, if the file tells one. Its keys stand beside the title.
void read_incident(decoder& d, const json_value& root, std::optional<incident>& result);
// The certificate keys, of "issue" too; the name is declared.
bool read_certificate_keys(decoder& d, const json_value& value, certificate_spec& result);

void read_steps(decoder& d, const json_value& value, scenario& result);
std::optional<fault_step> read_fault(decoder& d, const json_value& value);
std::optional<query_step> read_query(decoder& d, const json_value& value);
std::optional<selection> read_selection(decoder& d, const json_value& value);
// Every case that `facts` holds must find an alternative.
expectation_tree read_expectation(decoder& d, const json_value& value, step_kind kind,
                                  const std::vector<case_facts>& facts);

std::optional<told_reason> read_told_reason(decoder& d, const json_value& value);
// Refuses what the step's query, if it makes one, can never show.
void check_expected_of_query(decoder& d, const json_value& expect, const step& of);

}  // namespace staplelab::scenarios
