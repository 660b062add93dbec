// What the responder's fast path is fed with: views of the CAs on disk for its threads, and what
// happens to what they issued.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "pki/time.hpp"
#include "responder/fast_path.hpp"
#include "responder/policy.hpp"
#include "responder/producer.hpp"

namespace staplelab::cli {

// Throws failure, or pki::store_error.
responder::fast_sources fast_sources_for(const std::vector<std::string>& directories,
                                         const responder::answer_policy& policy,
                                         pki::time_point now);

// All answers of these CAs, made by so many threads, with progress on stderr.
responder::producer_config production_of(const std::vector<std::string>& directories,
                                         std::size_t threads);

}  // namespace staplelab::cli
