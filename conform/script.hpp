// The scripts that probes are made of: a question and a way to put it.
#pragma once

#include "conform/evidence.hpp"
#include "conform/exchange.hpp"
#include "conform/http_octets.hpp"
#include "conform/question.hpp"

namespace staplelab::conform {

// The certificate in question, identified in the way that the responder has understood.
cert_id_fields leaf_id(const evidence& so_far);
cert_id_fields leaf_id(const evidence& so_far, pki::hash_algorithm hash);
question plain_question(const evidence& so_far);
question question_about(const cert_id_fields& id);

// By POST, or by GET when that is all the responder understands.
wire_script ask(const evidence& so_far, const der::bytes& request);
wire_script ask_by_post(const evidence& so_far, const der::bytes& request, const post_form& form);
wire_script ask_by_get(const evidence& so_far, const der::bytes& request, std::string_view encoded,
                       const header_list& extra = {});

}  // namespace staplelab::conform
