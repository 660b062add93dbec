// How a responder is asked, and asked again: given a question and what came of it, then the next.
#include "stapler/question.hpp"

#include <gtest/gtest.h>

#include <ostream>

#include "pki/ocsp_message.hpp"

namespace staplelab::stapler {
namespace {

using pki::hash_algorithm;

const question by_get{.post = false, .hash = hash_algorithm::sha1};
const question by_post{.post = true, .hash = hash_algorithm::sha1};

question with(question what, const auto& change) {
  change(what);
  return what;
}

fetch_failure rejected(pki::ocsp_verdict verdict, std::optional<pki::response_status> error = {}) {
  pki::ocsp_judgement judgement{};
  judgement.verdict = verdict;
  judgement.error = error;
  return answer_rejected{std::move(judgement), {}};
}
fetch_failure said(pki::response_status error) {
  return rejected(pki::ocsp_verdict::error_status, error);
}

struct next_row {
  const char* name;
  question last;
  fetch_failure why;
  std::optional<question> next;
  policy rules = resilient();
};

void PrintTo(const next_row& row, std::ostream* out) {
  *out << row.name;
}

class asked_again : public testing::TestWithParam<next_row> {};

TEST_P(asked_again, C13_C19_C21_where_that_may_help) {
  const auto& row = GetParam();
  EXPECT_EQ(next_question(row.last, row.why, row.rules), row.next);
}

const question sha256_get = with(by_get, [](question& q) {
  q.hash = hash_algorithm::sha256;
  q.hash_exchanged = true;
});
const question stale_post = with(by_post, [](question& q) { q.past_caches = true; });
const question stale_get = with(by_get, [](question& q) { q.past_caches = true; });

policy get_only() {
  policy rules = resilient();
  rules.method = request_method::get_only;
  return rules;
}

using pki::ocsp_verdict;
using pki::response_status;
using runtime::exchange_failure;
INSTANTIATE_TEST_SUITE_P(
    question, asked_again,
    testing::Values(
        next_row{"try_later_is_for_the_back_off", by_get, said(response_status::try_later), {}},
        next_row{"internal_error_as_well", by_get, said(response_status::internal_error), {}},
        next_row{"sig_required_is_final", by_get, said(response_status::sig_required), {}},
        next_row{"malformed_request_may_be_about_get", by_get,
                 said(response_status::malformed_request), by_post},
        next_row{"malformed_post_is_final", by_post, said(response_status::malformed_request), {}},
        next_row{"unauthorized_may_be_about_the_digest", by_get,
                 said(response_status::unauthorized), sha256_get},
        next_row{
            "unauthorized_twice_is_final", sha256_get, said(response_status::unauthorized), {}},
        next_row{"nats_knows_one_digest", by_get, said(response_status::unauthorized), {}, nats()},
        next_row{"stale_may_be_a_caches", by_get, rejected(ocsp_verdict::expired), stale_post},
        next_row{"stale_may_be_a_caches_get_only", by_get, rejected(ocsp_verdict::expired),
                 stale_get, get_only()},
        next_row{"stale_post_past_caches", by_post, rejected(ocsp_verdict::expired), stale_post},
        next_row{"stale_past_caches_is_final", stale_post, rejected(ocsp_verdict::expired), {}},
        next_row{"nats_knows_no_caches", by_get, rejected(ocsp_verdict::expired), {}, nats()},
        next_row{"bad_answer_to_get", by_get, rejected(ocsp_verdict::wrong_cert), by_post},
        next_row{"bad_answer_to_post", by_post, rejected(ocsp_verdict::wrong_cert), {}},
        next_row{"http_error_to_get", by_get, bad_http_status{404}, by_post},
        next_row{"http_error_to_post", by_post, bad_http_status{404}, {}},
        next_row{"closed_early", by_get, no_exchange{exchange_failure::closed_early}, by_post},
        next_row{"too_large", by_get, no_exchange{exchange_failure::too_large}, by_post},
        next_row{"timed_out", by_get, no_exchange{exchange_failure::timed_out}, {}},
        next_row{"refused", by_get, no_exchange{exchange_failure::refused}, {}}),
    [](const auto& row) { return row.param.name; });

TEST(question, C14_is_a_get_up_to_255_octets) {
  EXPECT_FALSE(first_question(resilient(), 255).post);
  EXPECT_TRUE(first_question(resilient(), 256).post);
  EXPECT_FALSE(first_question(nats(), 256).post);
}

TEST(question, C13_begins_with_the_digest_of_the_policy) {
  policy rules = resilient();
  EXPECT_EQ(first_question(rules, 0).hash, hash_algorithm::sha1);
  rules.hash = certid_hash::sha256_then_sha1;
  const auto first = first_question(rules, 0);
  EXPECT_EQ(first.hash, hash_algorithm::sha256);
  const auto second = next_question(first, said(response_status::unauthorized), rules);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->hash, hash_algorithm::sha1);
}

// However it is answered, a responder is never asked for ever.
TEST(question, C21_ends) {
  const std::vector<fetch_failure> all{
      said(response_status::unauthorized), said(response_status::malformed_request),
      rejected(ocsp_verdict::expired), rejected(ocsp_verdict::bad_signature), bad_http_status{500}};
  const auto longest = [&](const auto& self, const question& last, int depth) -> int {
    int most = depth;
    EXPECT_LT(depth, 10);
    if (depth >= 10) return depth;
    for (const auto& why : all) {
      if (const auto next = next_question(last, why, resilient())) {
        most = std::max(most, self(self, *next, depth + 1));
      }
    }
    return most;
  };
  EXPECT_EQ(longest(longest, by_get, 1), 4);  // GET, POST, other digest, past caches
}

}  // namespace
}  // namespace staplelab::stapler
