// When a delegated signer is to be replaced (RFC 6960 4.2.2.2): before it expires.
#pragma once

#include "pki/certificate.hpp"
#include "pki/time.hpp"

namespace staplelab::responder {

// When two thirds of its life have passed: what it signed until then can be used up.
pki::time_point renewal_time(const pki::certificate& delegate);

}  // namespace staplelab::responder
