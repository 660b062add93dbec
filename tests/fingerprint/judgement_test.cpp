// From courses to cells: given what an experiment showed, when it is judged, then the cell says it.
#include "fingerprint/judgement.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/fingerprint/courses.hpp"

namespace staplelab::fingerprint {
namespace {

using namespace test;

struct row {
  std::string name;
  value found;
  std::string expected;  // as people read it
};

class judged : public testing::TestWithParam<row> {};

TEST_P(judged, as_it_should_be) {
  EXPECT_EQ(in_words(cell::blocked_s, GetParam().found), GetParam().expected);
}

std::string name_of(const testing::TestParamInfo<row>& info) {
  return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(
    first_client, judged,
    testing::Values(
        row{"stapled", first_handshake(told({fetch(), up(), good()})), "stapled"},
        row{"none", first_handshake(told({up(), none(), fetch(), good()})), "none"},
        row{"of_one_that_did_not_start", first_handshake(told({refused()})), "not applicable"},
        row{"of_what_was_not_played", first_handshake(not_played("no clock")), "not applicable"},
        row{"asked_before", asks_before_clients(told({fetch(), up(), good()})), "yes"},
        row{"asked_while_it_waited", asks_before_clients(told({up(), fetch_for_client(), good()})),
            "no"},
        row{"asked_nobody", asks_before_clients(told({up(), none()})), "no"},
        row{"kept_for_the_next", keeps_answers(told({up(), good(), at(again_part), good()})),
            "yes"},
        row{"asked_anew_for_the_next",
            keeps_answers(told({up(), fetch(), good(), at(again_part), fetch(), good()})), "no"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    waiting, judged,
    testing::Values(
        row{"waited",
            fetch_in_handshake(told({up(), fetch(), client(probe_verdict::good, 0s, 2s)}), 2s),
            "yes"},
        row{"did_not_wait",
            fetch_in_handshake(told({up(), fetch(), client(probe_verdict::none, 0s, 300ms)}), 2s),
            "no"},
        row{"nobody_was_asked", fetch_in_handshake(told({up(), none()}), 2s), "not applicable"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    while_valid, judged,
    testing::Values(
        row{"kept", while_valid(told({up(), good(), at(fault_part), good(2h), good(25h)})), "kept"},
        row{"dropped",
            while_valid(told({up(), good(), at(fault_part), good(2h), none(25h), good(26h)})),
            "none"},
        row{"an_error_in_its_place",
            while_valid(told({up(), good(), at(fault_part),
                              client(probe_verdict::error_status, 2h)})),
            "error_stapled"},
        row{"noise_in_its_place",
            while_valid(told({up(), good(), at(fault_part), client(probe_verdict::malformed, 2h)})),
            "error_stapled"},
        row{"no_way_in",
            while_valid(told({up(), good(), at(fault_part),
                              client(probe_verdict::handshake_failed, 2h)})),
            "handshake_failed"},
        row{"ended", while_valid(told({up(), good(), at(fault_part), ended{1}})), "exited"},
        row{"without_a_staple", while_valid(told({up(), none(), at(fault_part), none(2h)})),
            "not applicable"},
        row{"without_a_start", while_valid(told({refused(), at(fault_part)})), "not applicable"}),
    name_of);

course late(probe_verdict at_once, probe_verdict an_hour_later) {
  return told(
      {up(), good(), at(fault_part), client(at_once, 168h + 1min), client(an_hour_later, 169h)});
}

INSTANTIATE_TEST_SUITE_P(
    after_expiry, judged,
    testing::Values(
        row{"gone", after_expiry(late(probe_verdict::none, probe_verdict::none)), "none"},
        row{"a_minute_is_not_an_hour",
            after_expiry(late(probe_verdict::expired, probe_verdict::none)), "none"},
        row{"but_it_was_seen", expired_for(late(probe_verdict::expired, probe_verdict::none)),
            "1m"},
        row{"still_there", after_expiry(late(probe_verdict::expired, probe_verdict::expired)),
            "expired_stapled"},
        row{"for_an_hour", expired_for(late(probe_verdict::expired, probe_verdict::expired)), "1h"},
        row{"never_seen", expired_for(late(probe_verdict::none, probe_verdict::none)), "0s"},
        row{"nobody_gets_in",
            after_expiry(late(probe_verdict::handshake_failed, probe_verdict::handshake_failed)),
            "handshake_failed"},
        row{"nobody_looked", after_expiry(told({up(), good(), at(fault_part)})), "not applicable"}),
    name_of);

const course cold_none = told({up(), fetch(0s, "expired"), none(), none()});
const course cold_bad =
    told({up(), fetch(0s, "wrong_serial"), none(), client(probe_verdict::wrong_cert)});

INSTANTIATE_TEST_SUITE_P(
    bad_answers, judged,
    testing::Values(
        row{"kept",
            on_bad_answer(told({up(), good(), at(fault_part), good(2h), fetch(84h, "expired"),
                                good(92h)}),
                          cold_none),
            "kept"},
        row{"stapled",
            on_bad_answer(told({up(), good(), at(fault_part), good(2h), fetch(84h, "says_revoked"),
                                good(84h), client(probe_verdict::revoked, 92h)}),
                          cold_none),
            "stapled"},
        row{"given_up",
            on_bad_answer(told({up(), good(), at(fault_part), fetch(84h, "expired"), none(92h)}),
                          cold_none),
            "none"},
        row{"ended",
            on_bad_answer(told({up(), good(), at(fault_part), fetch(84h, "says_revoked"),
                                ended{0}}),
                          cold_none),
            "exited"},
        row{"never_learnt_while_valid",
            on_bad_answer(told({up(), good(), at(fault_part), good(2h), fetch(169h, "wrong_serial"),
                                none(169h)}),
                          cold_bad),
            "stapled"},
        row{"an_expired_one_is_stapled",
            on_bad_answer(told({up(), good(), at(fault_part), fetch(84h, "expired"),
                                client(probe_verdict::expired, 92h)}),
                          cold_none),
            "stapled"},
        row{"refused_at_start", on_bad_answer(told({refused()})), "exited"},
        row{"none_at_start", on_bad_answer(cold_none), "none"},
        row{"stapled_at_start", on_bad_answer(cold_bad), "stapled"}),
    name_of);

course hung(duration start_took, duration client_took) {
  return told({up(start_took), client(probe_verdict::none, 0s, client_took)});
}
const course unhurt = told({up(), good(), at(fault_part), none(169h)});

INSTANTIATE_TEST_SUITE_P(
    hanging, judged,
    testing::Values(
        row{"nobody", hang_blocks(hung(100ms, 5ms), unhurt), "no"},
        row{"for_no_time", blocked_for(hung(100ms, 5ms), unhurt), "0s"},
        row{"clients", hang_blocks(hung(100ms, 10'020ms), unhurt), "handshake"},
        row{"clients_for_ten_seconds", blocked_for(hung(100ms, 10'020ms), unhurt), "10s"},
        row{"later_clients", hang_blocks(hung(100ms, 5ms), hung(100ms, 30s)), "handshake"},
        row{"the_start", hang_blocks(told({refused(30'100ms)}), unhurt), "startup"},
        row{"the_start_for_half_a_minute", blocked_for(told({refused(30'100ms)}), unhurt), "30s"},
        row{"the_start_though_clients_wait_longer", hang_blocks(hung(10s, 60s), unhurt),
            "startup"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    beginning_anew, judged,
    testing::Values(
        row{"stapled", begun_anew(told({up(), good(), at(fault_part), up(), good()})), "stapled"},
        row{"lost", begun_anew(told({up(), good(), at(fault_part), up(), none(), none()})), "none"},
        row{"lost_by_a_reload", begun_anew(told({up(), good(), at(fault_part), none()})), "none"},
        row{"refused",
            begun_anew(told({up(), good(), at(fault_part), refused(),
                             client(probe_verdict::refused)})),
            "refused"},
        row{"cannot_reload", begun_anew(not_played("it reads its files once")), "not applicable"},
        row{"started_down", start_down(told({up(), none(), none()})), "none"},
        row{"started_down_with_an_error",
            start_down(told({up(), client(probe_verdict::error_status)})), "error_stapled"},
        row{"did_not_start_down", start_down(told({refused()})), "refused"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    ends, judged,
    testing::Values(row{
        "no",
        revoked_shutdown(told({up(), good(), at(fault_part), client(probe_verdict::revoked, 92h)})),
        "no"}),
    name_of);

TEST(revoked_shutdown, is_the_exit_code) {
  const auto found = revoked_shutdown(told({up(), good(), at(fault_part), good(2h), ended{3}}));
  EXPECT_EQ(std::get<long>(found), 3);
}

TEST(fetches_for_one_expiry, are_those_of_the_crowd_alone) {
  const auto found = fetches_for_one_expiry(
      told({fetch(), up(), good(), fetch(), at(crowd_part), fetch(), fetch(), good(), good()}));
  EXPECT_EQ(std::get<long>(found), 2);
}

TEST(must_staple_matters, where_clients_or_starts_differ) {
  const std::vector<course> some{told({up(), good()}), told({up(), none()})};
  const std::vector<course> other{told({up(), good()}), told({refused()})};
  const std::vector<course> unknown{told({up(), good()}), not_played("no such mode")};
  EXPECT_EQ(std::get<word>(must_staple_matters(some, some)), word::no);
  EXPECT_EQ(std::get<word>(must_staple_matters(some, other)), word::yes);
  EXPECT_TRUE(std::holds_alternative<does_not_apply>(must_staple_matters(some, unknown)));
}

TEST(request, is_the_first) {
  const auto found = request(told({up(), fetch(), good()}));
  EXPECT_EQ(in_words(cell::request, found), "GET, HTTP/1.1, no nonce, sha1");
  EXPECT_EQ(in_words(cell::request, request(told({up(), none()}))), "not applicable");
}

}  // namespace
}  // namespace staplelab::fingerprint
