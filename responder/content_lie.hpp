// What each content fault does to an answer that is otherwise right. Used by answer() only.
#pragma once

#include <optional>

#include "pki/cert_status.hpp"
#include "pki/ocsp_message.hpp"
#include "pki/time.hpp"
#include "responder/fault.hpp"
#include "responder/signing.hpp"

namespace staplelab::responder {

// Changes identifiers and times. Nothing for faults that touch neither.
void bend(pki::response_content& content, const content_fault& lie, const authority& who,
          pki::duration validity, pki::time_point now);

// Who signs under this fault; `honest` for faults of another sort.
pki::ocsp_signer signer_under(const content_fault& lie, const pki::ocsp_signer& honest,
                              const authority& who, const signing& signers, pki::time_point now);

// The status that the fault puts in place of the book's, if it does.
std::optional<pki::cert_status> status_under(const content_fault& lie, pki::time_point now);

}  // namespace staplelab::responder
