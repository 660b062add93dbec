#include "conform/script.hpp"

namespace staplelab::conform {

cert_id_fields leaf_id(const evidence& so_far, pki::hash_algorithm hash) {
  return cert_id_of(so_far.leaf().serial, so_far.what().issuer, hash);
}

cert_id_fields leaf_id(const evidence& so_far) {
  return leaf_id(so_far, so_far.base_hash());
}

question question_about(const cert_id_fields& id) {
  question asked;
  asked.singles.push_back({.cert_id = encode(id), .extensions = {}});
  return asked;
}

question plain_question(const evidence& so_far) {
  return question_about(leaf_id(so_far));
}

wire_script ask(const evidence& so_far, const der::bytes& request) {
  if (so_far.base_way() == way::post) return ask_by_post(so_far, request, {});
  return ask_by_get(so_far, request, percent_encoded(base64(request), hex_case::upper));
}

wire_script ask_by_post(const evidence& so_far, const der::bytes& request, const post_form& form) {
  wire_script script;
  script.sendings.push_back({.octets = post(so_far.what().url, request, form)});
  script.request = request;
  return script;
}

wire_script ask_by_get(const evidence& so_far, const der::bytes& request, std::string_view encoded,
                       const header_list& extra) {
  wire_script script;
  script.sendings.push_back({.octets = get(so_far.what().url, encoded, extra)});
  script.request = request;
  return script;
}

}  // namespace staplelab::conform
