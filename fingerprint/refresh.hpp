// When a server asks again: from its first request after a good answer, for answers of several
// validities, to a fraction with limits. Pure.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "fingerprint/cell.hpp"
#include "fingerprint/course.hpp"

namespace staplelab::fingerprint {

struct refresh_sample {
  duration validity;
  std::optional<duration> gap;  // empty: it did not ask again while it was watched
};

// `looks` are the times, counted from the beginning of life_part, at which a client came: a server
// that asks because of a client, or whose clock was moved there, asked because it was that late.
refresh_sample sample_of(const course& life, duration validity, std::span<const duration> looks);

// A fraction is what two validities or more have in common.
value refresh_of(std::vector<refresh_sample> samples);

}  // namespace staplelab::fingerprint
