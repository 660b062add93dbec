// Whole examinations over loopback in simulated time: of our own responder, and of servers that
// behave as badly as they can.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/socket_base.hpp>
#include <nlohmann/json.hpp>

#include "bench.hpp"
#include "conform/examine.hpp"
#include "conform/report.hpp"
#include "responder/server.hpp"
#include "runtime/event.hpp"
#include "runtime/listener.hpp"
#include "runtime/virtual_clock.hpp"

namespace staplelab::conform::test {
namespace {

using runtime::awaitable;
using testing::HasSubstr;

responder::profile same_profile(profile which) {
  return *responder::parse_profile(to_string(which));
}

const checked& find(const examination& done, int number) {
  return *std::ranges::find_if(done.checks,
                               [&](const checked& each) { return each.what->number == number; });
}

class world {
 public:
  examination examine(target what, runtime::tcp::endpoint address, examination_limits limits = {}) {
    what.address = address;
    what.url.port = address.port();
    what.url.path = "";
    std::optional<examination> done;
    run(store(clock, std::move(what), limits, done));
    return *std::move(done);
  }

  void run(awaitable<void> task) {
    bool done = false;
    tasks.spawn(mark(std::move(task), done));
    const auto ended = clock.run(io, [&] { return done; }, 30s);
    if (ended != runtime::virtual_clock::outcome::finished) throw std::runtime_error("stalled");
  }

  runtime::virtual_clock clock{start};
  runtime::asio::io_context io{1};
  runtime::task_group tasks{io.get_executor()};

 private:
  static awaitable<void> mark(awaitable<void> task, bool& done) {
    co_await std::move(task);
    done = true;
  }
  static awaitable<void> store(runtime::clock& time, target what, examination_limits limits,
                               std::optional<examination>& done) {
    const auto silent = [](const check&, std::size_t, std::size_t) {};
    auto examining = conform::examine(time, std::move(what), limits, silent);
    done = co_await std::move(examining);
  }
};

// Our responder, for as long as it lives.
class our_responder {
 public:
  our_responder(world& in, profile which, bool delegated)
      : in_(in),
        server(in.io.get_executor(), in.clock, shared_lab().ca, config(which, delegated),
               [](const responder::event&) {}) {}
  ~our_responder() {
    server.stop();
    in_.run(server.join());
  }

 private:
  static responder::server_config config(profile which, bool delegated) {
    responder::server_config made;
    made.policy.profile = same_profile(which);
    made.policy.validity = 96h;
    responder::authority who{.issuer = shared_lab().issuer, .delegate = std::nullopt};
    if (delegated) who.delegate = shared_lab().delegate;
    made.authorities.push_back(std::move(who));
    return made;
  }
  world& in_;

 public:
  responder::server server;
};

class OurResponder : public testing::TestWithParam<std::tuple<profile, bool>> {};

TEST_P(OurResponder, BreaksNoMustOfAnyCheckR1ToR78) {
  const auto [held_to, delegated] = GetParam();
  world w;
  our_responder ours(w, held_to, delegated);
  const auto done = w.examine(target_of(held_to), ours.server.local_endpoint());
  EXPECT_TRUE(done.reached);
  EXPECT_EQ(done.checks.size(), all_checks().size());
  for (const checked& each : done.checks) {
    EXPECT_FALSE(each.found.verdict == verdict::fail && each.at == level::must)
        << each.what->id() << " " << each.what->title << ": " << each.found.why;
    if (each.found.verdict == verdict::skip) {
      EXPECT_THAT(each.found.why, testing::Not(HasSubstr("stopped"))) << each.what->id();
    }
  }
  EXPECT_GE(count(done).passed, 45u);
  EXPECT_LT(done.exchanges, examination_limits().exchanges);
}

INSTANTIATE_TEST_SUITE_P(Profiles, OurResponder,
                         testing::Combine(testing::Values(profile::rfc6960, profile::rfc9919,
                                                          profile::webpki),
                                          testing::Bool()),
                         [](const auto& info) {
                           return std::string(to_string(std::get<0>(info.param))) +
                                  (std::get<1>(info.param) ? "_delegate" : "_issuer");
                         });

// -- servers that misbehave ----------------------------------------------------------------------

using session = awaitable<void> (*)(runtime::clock& time, runtime::tcp_socket socket,
                                    runtime::connection_id port);

awaitable<void> read_away(runtime::tcp_socket& socket) {
  std::array<char, 4096> room;
  runtime::error_code error;
  while (!error) {
    co_await socket.async_read_some(runtime::asio::buffer(room),
                                    runtime::asio::redirect_error(runtime::use_awaitable, error));
  }
}

awaitable<void> hang(runtime::clock& time, runtime::tcp_socket socket,
                     runtime::connection_id port) {
  const auto idle = time.idle(port);
  co_await read_away(socket);
}

awaitable<void> close(runtime::clock&, runtime::tcp_socket, runtime::connection_id) {
  co_return;
}

awaitable<void> reset(runtime::clock&, runtime::tcp_socket socket, runtime::connection_id) {
  runtime::error_code ignored;
  socket.set_option(runtime::asio::socket_base::linger(true, 0), ignored);
  co_return;
}

awaitable<void> write_after_reading(runtime::tcp_socket& socket, std::string octets) {
  std::array<char, 4096> room;
  runtime::error_code error;
  co_await socket.async_read_some(runtime::asio::buffer(room),
                                  runtime::asio::redirect_error(runtime::use_awaitable, error));
  co_await runtime::asio::async_write(socket, runtime::asio::buffer(octets),
                                      runtime::asio::redirect_error(runtime::use_awaitable, error));
}

awaitable<void> garbage(runtime::clock&, runtime::tcp_socket socket, runtime::connection_id) {
  std::string octets = "220 mail.example ESMTP\r\n\x01\xff\r\n\r\n";
  co_await write_after_reading(socket, std::move(octets));
}

awaitable<void> endless(runtime::clock&, runtime::tcp_socket socket, runtime::connection_id) {
  std::string head = "HTTP/1.1 200 OK\r\n\r\n";
  co_await write_after_reading(socket, std::move(head));
  const std::string more(65536, 'x');
  runtime::error_code error;
  while (!error) {
    co_await runtime::asio::async_write(
        socket, runtime::asio::buffer(more),
        runtime::asio::redirect_error(runtime::use_awaitable, error));
  }
}

awaitable<void> short_of_its_length(runtime::clock&, runtime::tcp_socket socket,
                                    runtime::connection_id) {
  std::string octets = "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n0";
  co_await write_after_reading(socket, std::move(octets));
}

awaitable<void> empty_answers(runtime::clock&, runtime::tcp_socket socket, runtime::connection_id) {
  std::string octets = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  co_await write_after_reading(socket, std::move(octets));
}

struct misbehaviour {
  std::string name;
  session serve;
  std::string seen;
};

class Misbehaving : public testing::TestWithParam<misbehaviour> {};

TEST_P(Misbehaving, IsExaminedToTheEnd) {
  world w;
  const session serve = GetParam().serve;
  runtime::listener server(
      w.io.get_executor(), {runtime::asio::ip::address_v4::loopback(), 0},
      [&w, serve](runtime::tcp_socket socket, runtime::connection_id port) {
        return serve(w.clock, std::move(socket), port);
      },
      64);
  const auto done = w.examine(target_of(profile::rfc6960), server.local_endpoint());
  EXPECT_TRUE(done.reached);
  EXPECT_LT(done.took, 60s);
  EXPECT_EQ(done.checks.size(), all_checks().size());
  EXPECT_EQ(find(done, 64).found.verdict, verdict::fail);
  EXPECT_THAT(find(done, 64).found.why, HasSubstr(GetParam().seen));
  EXPECT_EQ(find(done, 65).found.verdict, verdict::fail);
  EXPECT_EQ(find(done, 21).found.verdict, verdict::skip);
  EXPECT_GE(count(done).must_failed, 2u);
  server.close();
  server.close_sessions();
  w.run(server.join());
}

INSTANTIATE_TEST_SUITE_P(
    Servers, Misbehaving,
    testing::Values(misbehaviour{"hangs", hang, "no answer in time"},
                    misbehaviour{"closes", close, "connection"},
                    misbehaviour{"resets", reset, "connection reset"},
                    misbehaviour{"garbage", garbage, "no HTTP response"},
                    misbehaviour{"endless", endless, "an answer without end"},
                    misbehaviour{"short_of_its_length", short_of_its_length, "connection closed"},
                    misbehaviour{"empty_answers", empty_answers, "the body is empty"}),
    [](const auto& info) { return info.param.name; });

TEST(Examination, NothingListens) {
  world w;
  std::optional<runtime::tcp::endpoint> address;
  {
    our_responder gone(w, profile::rfc6960, false);
    address = gone.server.local_endpoint();
  }
  const auto done = w.examine(target_of(profile::rfc6960), *address);
  EXPECT_FALSE(done.reached);
  EXPECT_EQ(done.exchanges, 1u);
  EXPECT_THAT(find(done, 64).found.why, HasSubstr("no connection"));
}

responder::fault_rule rule(std::string_view name) {
  responder::fault_rule made;
  made.what = *responder::make_fault(name, {});
  return made;
}

TEST(Examination, R20TellsOfAResponderThatGoesAway) {
  world w;
  our_responder ours(w, profile::rfc6960, false);
  auto outage = rule("refuse_connections");
  outage.window = {start + 5s, std::nullopt};  // while the slow body drips
  ASSERT_TRUE(ours.server.add_fault(outage));
  const auto done = w.examine(target_of(profile::rfc6960), ours.server.local_endpoint());
  EXPECT_EQ(find(done, 20).found.verdict, verdict::fail);
  EXPECT_THAT(find(done, 20).found.why, HasSubstr("stopped answering after check R20"));
  EXPECT_EQ(find(done, 1).found.verdict, verdict::skip);
  EXPECT_THAT(find(done, 1).found.why, HasSubstr("stopped answering after check R20"));
  EXPECT_EQ(find(done, 21).found.verdict, verdict::pass);
}

TEST(Examination, R65FailsAloneWhereOnlyGetHangs) {
  world w;
  our_responder ours(w, profile::rfc6960, false);
  auto hanging = rule("hang");
  hanging.match.method = "GET";
  ASSERT_TRUE(ours.server.add_fault(hanging));
  const auto done = w.examine(target_of(profile::rfc6960), ours.server.local_endpoint());
  EXPECT_EQ(find(done, 65).found.verdict, verdict::fail);
  EXPECT_EQ(find(done, 66).found.verdict, verdict::skip);
  EXPECT_EQ(find(done, 21).found.verdict, verdict::pass);
  EXPECT_EQ(find(done, 1).found.verdict, verdict::pass) << find(done, 1).found.why;
  EXPECT_LT(done.took, 60s);
}

TEST(Examination, R21FailsForABadSignature) {
  world w;
  our_responder ours(w, profile::rfc6960, false);
  ASSERT_TRUE(ours.server.add_fault(rule("bad_signature")));
  const auto done = w.examine(target_of(profile::rfc6960), ours.server.local_endpoint());
  EXPECT_EQ(find(done, 21).found.verdict, verdict::fail);
  EXPECT_EQ(find(done, 22).found.verdict, verdict::pass);
}

TEST(Examination, TheNumberOfExchangesIsLimited) {
  for (const std::size_t limit : {5u, 6u}) {
    world w;
    our_responder ours(w, profile::rfc6960, false);
    const auto done =
        w.examine(target_of(profile::rfc6960), ours.server.local_endpoint(), {.exchanges = limit});
    EXPECT_EQ(done.exchanges, limit);
    EXPECT_THAT(find(done, 1).found.why, HasSubstr("exchanges were used up"));
  }
}

TEST(Examination, TheTimeIsLimited) {
  world w;
  our_responder ours(w, profile::rfc6960, false);
  const auto done =
      w.examine(target_of(profile::rfc6960), ours.server.local_endpoint(), {.whole = 3s});
  EXPECT_LE(done.took, 3s);
  EXPECT_EQ(find(done, 21).found.verdict, verdict::pass);
  EXPECT_THAT(find(done, 1).found.why, HasSubstr("the time for the whole run, 3 s"));
}

TEST(Examination, WhatIsLeftOutIsSkipped) {
  world w;
  our_responder ours(w, profile::rfc6960, false);
  const auto done =
      w.examine(target_of(profile::rfc6960), ours.server.local_endpoint(), {.left_out = {20, 48}});
  EXPECT_EQ(find(done, 20).found.verdict, verdict::skip);
  EXPECT_LT(done.took, 10s);
}

// -- reports -------------------------------------------------------------------------------------

class Report : public testing::Test {
 protected:
  Report() {
    our_responder ours(w_, profile::rfc9919, false);
    auto lie = rule("no_next_update");
    EXPECT_TRUE(ours.server.add_fault(lie));
    done_ = w_.examine(target_of(profile::rfc9919), ours.server.local_endpoint());
  }
  world w_;
  std::optional<examination> done_;
};

TEST_F(Report, JsonHasTheKeysOfTheContract) {
  for (const auto how : {detail::summary, detail::hex, detail::decoded}) {
    const auto json = nlohmann::json::parse(json_report(*done_, "http://x/", how));
    EXPECT_EQ(json.at("url"), "http://x/");
    EXPECT_EQ(json.at("profile"), "rfc9919");
    EXPECT_TRUE(json.at("duration_ms").is_number_integer());
    std::size_t passed = 0, failed = 0;
    for (const auto& each : json.at("checks")) {
      for (const auto* key : {"id", "level", "verdict", "clause", "sent", "received", "why"})
        EXPECT_TRUE(each.at(key).is_string());
      passed += each.at("verdict") == "pass";
      failed += each.at("verdict") == "fail" && each.at("level") == "must";
      if (each.at("id") != "R42") continue;
      EXPECT_EQ(each.at("level"), "must");
      EXPECT_EQ(each.at("verdict"), "fail");
      EXPECT_FALSE(each.at("sent").get<std::string>().empty());
      EXPECT_FALSE(each.at("received").get<std::string>().empty());
    }
    EXPECT_EQ(json.at("totals").at("passed"), passed);
    EXPECT_EQ(json.at("totals").at("must_failed"), failed);
    EXPECT_GE(failed, 1u);
  }
}

TEST_F(Report, JUnitCountsMustsOnly) {
  const std::string xml = junit_report(*done_, "http://x/?a&b");
  EXPECT_THAT(xml, HasSubstr("http://x/?a&amp;b"));
  EXPECT_THAT(xml, HasSubstr("failures=\"" + std::to_string(count(*done_).must_failed) + "\""));
  EXPECT_THAT(xml, HasSubstr("<failure type=\"must\" message=\"nextUpdate is missing"));
}

TEST_F(Report, TextHasALineForEachCheckAndNoEscapesUnlessAsked) {
  const std::string text = text_report(*done_, "http://x/", detail::decoded, {});
  for (const checked& each : done_->checks)
    EXPECT_THAT(text, HasSubstr(" " + each.what->id() + " "));
  EXPECT_THAT(text, HasSubstr("FAIL   R42"));
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  const report_style rich{.colour = true, .unicode = true};
  EXPECT_THAT(text_report(*done_, "http://x/", detail::hex, rich), HasSubstr("\x1b[31m"));
}

}  // namespace
}  // namespace staplelab::conform::test
