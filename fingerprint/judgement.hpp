// From what experiments showed to the cells of a row. Pure.
//
// Each function takes courses of the experiments that studies.cpp tells; the names of their parts
// are given here. What a course does not show is does_not_apply, with the reason.
#pragma once

#include <span>
#include <utility>
#include <vector>

#include "fingerprint/cell.hpp"
#include "fingerprint/course.hpp"

namespace staplelab::fingerprint {

// Parts of experiments. What comes before the first is the start, with three clients.
inline constexpr std::string_view again_part = "one more client";
inline constexpr std::string_view late_part = "an hour later";  // of a server that asked nobody
inline constexpr std::string_view life_part = "time passes";
inline constexpr std::string_view fault_part = "the responder fails";
inline constexpr std::string_view crowd_part = "20 clients at once";

value first_handshake(const course& good);
value request(const course& good);
value asks_before_clients(const course& good);
value keeps_answers(const course& good);  // again_part

// The responder answers after `delay`; a client that waits as long waited for it.
value fetch_in_handshake(const course& slow, duration delay);

// fault_part: clients at several times while the staple is valid.
value while_valid(const course& failing);

// fault_part: clients after the staple has expired. And expired_for_s.
value after_expiry(const course& outage);
value expired_for(const course& outage);

// The responder gives bad answers: to a server that has a good one (fault_part), and to one that
// has none (the start).
value on_bad_answer(const course& warm, const course& cold);
value on_bad_answer(const course& cold);       // a server that is given its staples has no other
bool tells_of_bad_answer(const course& warm);  // otherwise the other course decides

// The responder hangs: from the start, and once the staple has expired (fault_part). And blocked_s.
value hang_blocks(const course& from_start, const course& after_expiry);
value blocked_for(const course& from_start, const course& after_expiry);
bool start_was_held_up(const course& from_start);  // then the other course changes nothing

// fault_part: the responder is down, then the server begins anew.
value begun_anew(const course& whole);
value start_down(const course& whole);

// fault_part: the certificate is revoked, and time passes.
value revoked_shutdown(const course& revoked);

// The same experiments with both kinds of certificate.
value must_staple_matters(std::span<const course> must_staple, std::span<const course> plain);

// crowd_part
value fetches_for_one_expiry(const course& crowd);

// Of a course that is not at its end: nothing that may follow changes what is said above.
bool is_settled_first(const course& good);  // late_part is for those that have asked nobody
bool is_settled_while_valid(const course& failing);
// A server that has no expired staple an hour after its end has none later.
bool is_settled_after_expiry(const course& outage);
bool is_settled_on_bad_answer(const course& warm);
bool is_settled_revocation(const course& revoked);
bool is_settled_refresh(const course& life);  // life_part: the first request after again_part

}  // namespace staplelab::fingerprint
