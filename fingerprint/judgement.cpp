#include "fingerprint/judgement.hpp"

#include <algorithm>
#include <optional>

namespace staplelab::fingerprint {

using std::chrono::duration_cast;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

// Nobody takes this long to start or to shake hands for reasons of his own.
constexpr duration noticeable = seconds(3);

// Servers allow clocks to be wrong by some minutes; what they do an hour later they mean.
constexpr duration beyond_skew = minutes(50);

bool holds(probe_verdict verdict) {
  return verdict == probe_verdict::good;
}

word word_of(probe_verdict verdict) {
  switch (verdict) {
    case probe_verdict::none:
      return word::none;
    case probe_verdict::error_status:
    case probe_verdict::malformed:
      return word::error_stapled;
    case probe_verdict::handshake_failed:
      return word::handshake_failed;
    case probe_verdict::refused:
      return word::exited;
    case probe_verdict::expired:
      return word::expired_stapled;
    case probe_verdict::good:
    case probe_verdict::revoked:
    case probe_verdict::unknown:
    case probe_verdict::not_yet_valid:
    case probe_verdict::wrong_cert:
    case probe_verdict::bad_signature:
    case probe_verdict::unauthorized_signer:
    case probe_verdict::critical_extension:
      return word::stapled;
  }
  return word::none;
}

std::optional<does_not_apply> why_not(const course& one) {
  if (!one.not_played.empty()) return does_not_apply{one.not_played};
  const auto starts = only<started>(part_of(one, ""));
  if (starts.empty()) return does_not_apply{"it was not started"};
  return std::nullopt;
}

// Why there is no good staple that something could happen to.
std::optional<does_not_apply> why_unprimed(const course& one) {
  if (auto why = why_not(one)) return why;
  const auto before = part_of(one, "");
  if (!only<started>(before).front().up) return does_not_apply{"it refused to start"};
  const auto clients = only<shaken>(before);
  if (!clients.empty() && holds(clients.back().verdict)) return std::nullopt;
  return does_not_apply{"it gave no good staple while the responder was well"};
}

// Of clients that came after something: the first that did not get a good staple, or how it ended.
std::optional<word> first_harm(const std::vector<moment>& some) {
  for (const auto& each : some) {
    if (std::holds_alternative<ended>(each)) return word::exited;
    const auto* client = std::get_if<shaken>(&each);
    if (client && !holds(client->verdict)) return word_of(client->verdict);
  }
  return std::nullopt;
}

time_point expiry_of_held(const course& one) {
  return only<shaken>(part_of(one, "")).back().next_update.value_or(time_point::max());
}

}  // namespace

value first_handshake(const course& good) {
  if (auto why = why_not(good)) return *why;
  const auto begun = part_of(good, "");
  if (!only<started>(begun).front().up) return does_not_apply{"it refused to start"};
  const auto clients = only<shaken>(begun);
  if (clients.empty()) return does_not_apply{"nobody shook hands"};
  return holds(clients.front().verdict) ? word::stapled : word::none;
}

value request(const course& good) {
  if (auto why = why_not(good)) return *why;
  const auto requests = only<asked>(good.moments);
  if (requests.empty()) return does_not_apply{"it asked nobody"};
  const auto& first = requests.front();
  const auto hash = first.hash ? std::string(pki::to_string(*first.hash)) : "unknown";
  return request_form{first.method, first.http, first.nonce, hash};
}

value asks_before_clients(const course& good) {
  if (auto why = why_not(good)) return *why;
  const auto begun = part_of(good, "");
  const auto requests = only<asked>(begun);
  return !requests.empty() && !requests.front().client_there ? word::yes : word::no;
}

value keeps_answers(const course& good) {
  if (auto why = why_unprimed(good)) return *why;
  return only<asked>(part_of(good, again_part)).empty() ? word::yes : word::no;
}

value fetch_in_handshake(const course& slow, duration delay) {
  if (auto why = why_not(slow)) return *why;
  const auto clients = only<shaken>(slow.moments);
  const bool waited = std::ranges::any_of(
      clients, [&](const shaken& client) { return client.took >= delay * 3 / 4; });
  if (waited) return word::yes;
  if (only<asked>(slow.moments).empty()) return does_not_apply{"it asked nobody"};
  return word::no;
}

value while_valid(const course& failing) {
  if (auto why = why_unprimed(failing)) return *why;
  return first_harm(part_of(failing, fault_part)).value_or(word::kept);
}

value after_expiry(const course& outage) {
  if (auto why = why_unprimed(outage)) return *why;
  const auto expiry = expiry_of_held(outage);
  const auto after = part_of(outage, fault_part);
  if (!only<ended>(after).empty()) return word::exited;
  for (const auto& client : only<shaken>(after)) {
    if (client.at >= expiry + beyond_skew) return word_of(client.verdict);
  }
  return does_not_apply{"its staple did not expire"};
}

value expired_for(const course& outage) {
  if (auto why = why_unprimed(outage)) return *why;
  long longest = 0;
  for (const auto& client : only<shaken>(part_of(outage, fault_part))) {
    if (client.verdict != probe_verdict::expired || !client.next_update) continue;
    longest = std::max(
        longest,
        static_cast<long>(duration_cast<seconds>(client.at - *client.next_update).count()));
  }
  return longest;
}

value on_bad_answer(const course& cold) {
  if (auto why = why_not(cold)) return *why;
  const auto begun = part_of(cold, "");
  const auto clients = only<shaken>(begun);
  if (!only<started>(begun).front().up || !only<ended>(begun).empty()) return word::exited;
  if (clients.empty()) return does_not_apply{"nobody shook hands"};
  const auto last = word_of(clients.back().verdict);
  return last == word::expired_stapled ? word::stapled : last;
}

namespace {

struct bad_news {
  std::optional<word> harm;  // what came of it
  bool seen = false;         // a client came after the server had learnt it
};

bad_news bad_news_in(const course& warm) {
  bad_news found;
  const auto after = part_of(warm, fault_part);
  const auto learnt = std::ranges::find_if(after, [](const moment& one) {
    const auto* request = std::get_if<asked>(&one);
    return request && !request->fault.empty();
  });
  const auto expiry = expiry_of_held(warm);
  for (auto each = learnt; each != after.end() && !found.harm; ++each) {
    if (std::holds_alternative<ended>(*each)) found.harm = word::exited;
    const auto* client = std::get_if<shaken>(&*each);
    if (!client) continue;
    if (client->at >= expiry) break;
    found.seen = true;
    if (!holds(client->verdict)) found.harm = word_of(client->verdict);
  }
  if (found.harm == word::expired_stapled) found.harm = word::stapled;
  return found;
}

}  // namespace

value on_bad_answer(const course& warm, const course& cold) {
  if (!tells_of_bad_answer(warm)) return on_bad_answer(cold);
  return bad_news_in(warm).harm.value_or(word::kept);
}

bool tells_of_bad_answer(const course& warm) {
  if (why_unprimed(warm)) return false;
  const auto found = bad_news_in(warm);
  return found.harm || found.seen;
}

namespace {

struct blocking {
  word what = word::no;
  duration longest{0};
};

duration longest_start(const course& one) {
  duration longest{0};
  for (const auto& each : only<started>(one.moments))
    longest = std::max(longest, each.took);
  return longest;
}

blocking blocking_of(const course& from_start, const course& after_expiry) {
  blocking found;
  const auto consider = [&](word what, duration took) {
    if (took < noticeable || took <= found.longest) return;
    found = {what, took};
  };
  for (const auto* each : {&from_start, &after_expiry}) {
    for (const auto& client : only<shaken>(each->moments))
      consider(word::handshake, client.took);
  }
  const auto start = longest_start(from_start);
  if (start >= noticeable) found = {word::startup, start};  // the worse of the two
  return found;
}

}  // namespace

bool start_was_held_up(const course& from_start) {
  return longest_start(from_start) >= noticeable;
}

value hang_blocks(const course& from_start, const course& after_expiry) {
  if (auto why = why_not(from_start)) return *why;
  return blocking_of(from_start, after_expiry).what;
}

value blocked_for(const course& from_start, const course& after_expiry) {
  if (auto why = why_not(from_start)) return *why;
  const auto longest = blocking_of(from_start, after_expiry).longest;
  return static_cast<long>(std::chrono::round<seconds>(longest).count());
}

value begun_anew(const course& whole) {
  if (auto why = why_unprimed(whole)) return *why;
  const auto after = part_of(whole, fault_part);
  for (const auto& one : only<started>(after)) {
    if (!one.up) return word::refused;
  }
  const auto harm = first_harm(after).value_or(word::stapled);
  return harm == word::exited ? word::refused : harm;
}

value start_down(const course& whole) {
  if (auto why = why_not(whole)) return *why;
  const auto begun = part_of(whole, "");
  const auto clients = only<shaken>(begun);
  if (!only<started>(begun).front().up) return word::refused;
  if (clients.empty()) return does_not_apply{"nobody shook hands"};
  const auto last = word_of(clients.back().verdict);
  return last == word::exited ? word::refused : last;
}

value revoked_shutdown(const course& revoked) {
  if (auto why = why_unprimed(revoked)) return *why;
  const auto ends = only<ended>(part_of(revoked, fault_part));
  if (ends.empty()) return word::no;
  return static_cast<long>(ends.front().code);
}

namespace {

// What is compared: whether it started, and what clients were given.
std::vector<int> outline(const course& one) {
  std::vector<int> made;
  for (const auto& each : one.moments) {
    if (const auto* begun = std::get_if<started>(&each)) made.push_back(begun->up ? -1 : -2);
    if (const auto* client = std::get_if<shaken>(&each)) {
      made.push_back(static_cast<int>(client->verdict));
    }
  }
  return made;
}

}  // namespace

value must_staple_matters(std::span<const course> must_staple, std::span<const course> plain) {
  for (const auto& each : must_staple) {
    if (!each.not_played.empty()) return does_not_apply{each.not_played};
  }
  for (const auto& each : plain) {
    if (!each.not_played.empty()) return does_not_apply{each.not_played};
  }
  return std::ranges::equal(must_staple, plain, {}, outline, outline) ? word::no : word::yes;
}

value fetches_for_one_expiry(const course& crowd) {
  if (auto why = why_unprimed(crowd)) return *why;
  return static_cast<long>(only<asked>(part_of(crowd, crowd_part)).size());
}

namespace {

bool has_begun(const course& one, std::string_view name) {
  return std::ranges::any_of(one.moments, [&](const moment& each) {
    const auto* of = std::get_if<part>(&each);
    return of && of->name == name;
  });
}

// The part has begun, and nothing can be said of it.
bool is_moot(const course& one, std::string_view name) {
  return has_begun(one, name) && why_unprimed(one);
}

}  // namespace

bool is_settled_first(const course& good) {
  return has_begun(good, late_part) && !only<asked>(good.moments).empty();
}

bool is_settled_while_valid(const course& failing) {
  return is_moot(failing, fault_part) || first_harm(part_of(failing, fault_part));
}

bool is_settled_after_expiry(const course& outage) {
  if (!has_begun(outage, fault_part)) return false;
  const auto said = after_expiry(outage);
  if (std::holds_alternative<does_not_apply>(said)) return is_moot(outage, fault_part);
  return !alike(said, word::expired_stapled);
}

bool is_settled_on_bad_answer(const course& warm) {
  return is_moot(warm, fault_part) ||
         (has_begun(warm, fault_part) && bad_news_in(warm).harm.has_value());
}

bool is_settled_revocation(const course& revoked) {
  return is_moot(revoked, fault_part) || !only<ended>(part_of(revoked, fault_part)).empty();
}

bool is_settled_refresh(const course& life) {
  if (!has_begun(life, life_part)) return false;
  return !alike(keeps_answers(life), word::yes) || !only<asked>(part_of(life, life_part)).empty();
}

}  // namespace staplelab::fingerprint
