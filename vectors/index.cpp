// index.json: what each file is, and what must be found in it.
#include <nlohmann/json.hpp>

#include "vectors/index_schema.hpp"
#include "vectors/vector_set.hpp"

namespace staplelab::vectors {
namespace {

using nlohmann::ordered_json;

std::string certificate_file(const party& who) {
  return "certificates/" + who.name + ".der";
}
std::string response_file(const vector_case& one) {
  return "responses/" + one.name + ".der";
}

double seconds_of(duration length) {
  return std::chrono::duration<double>(length).count();
}

// The status that error_status is about.
std::string_view error_of(const vector_case& one) {
  const auto parsed = pki::parse_ocsp_response(one.response);
  return parsed ? pki::to_string(parsed->status) : std::string_view();
}

// What the verifier is given beside the response.
void add_input(ordered_json& object, const draft& what) {
  object["certificate"] = certificate_file(*what.certificate);
  object["issuer"] = certificate_file(*what.issuer);
  object["time"] = pki::to_rfc3339(what.now);
  object["profile"] = pki::to_string(what.profile);
  object["skew_s"] = static_cast<int>(seconds_of(what.skew));
  if (what.max_age) object["max_age_s"] = static_cast<int>(seconds_of(*what.max_age));
  if (what.nonce) object["nonce"] = pki::to_hex(*what.nonce);
  if (what.require_nonce) object["require_nonce"] = true;
  for (const party* trusted : what.trusted_signers)
    object["trusted_signers"].push_back(certificate_file(*trusted));
}

ordered_json json_of(const vector_case& one) {
  ordered_json object;
  object["name"] = one.name;
  object["group"] = one.group;
  object["response"] = response_file(one);
  add_input(object, one.what);
  object["verdict"] = pki::to_string(one.verdict);
  if (one.verdict == ocsp_verdict::error_status) object["error"] = error_of(one);
  for (const auto verdict : one.acceptable)
    object["acceptable"].push_back(pki::to_string(verdict));
  object["why"] = one.why;
  object["clause"] = one.clause;
  if (!one.checks.empty()) object["checks"] = one.checks;
  return object;
}

bytes text_file(const ordered_json& json) {
  return ascii(json.dump(2) + "\n");
}

}  // namespace

std::map<std::string, bytes> files_of(const vector_set& set) {
  std::map<std::string, bytes> files;
  ordered_json index;
  index["$schema"] = "index.schema.json";
  index["format"] = "staplelab-ocsp-vectors";
  index["version"] = 1;
  index["seed"] = set.seed;
  index["count"] = set.cases.size();
  index["cases"] = ordered_json::array();
  for (const vector_case& one : set.cases) {
    index["cases"].push_back(json_of(one));
    files[response_file(one)] = one.response;
  }
  for (const auto& [name, who] : set.parties->all())
    files[certificate_file(who)] = who.der;
  files["index.json"] = text_file(index);
  files["index.schema.json"] = ascii(index_schema());
  return files;
}

}  // namespace staplelab::vectors
