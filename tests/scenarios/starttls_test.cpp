// The words before TLS, without a socket.
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "scenarios/probe_starttls.hpp"

namespace staplelab::scenarios {
namespace {

struct dialogue_case {
  std::string name;
  starttls protocol;
  std::vector<std::string> server;  // each read of the client's
  std::vector<std::string> client;  // what it says
  std::string ending;               // "tls", "no: ...", "waits"
};

void PrintTo(const dialogue_case& what, std::ostream* out) {
  *out << what.name;
}

// What the client said, and how it ended.
std::pair<std::vector<std::string>, std::string> talk(const dialogue_case& what) {
  starttls_dialogue dialogue(what.protocol);
  std::vector<std::string> said;
  std::size_t heard = 0;
  while (true) {
    const auto next = dialogue.next();
    if (const auto* say = std::get_if<starttls_dialogue::say>(&next)) {
      said.push_back(say->octets);
    } else if (const auto* no = std::get_if<starttls_dialogue::no_tls>(&next)) {
      return {said, "no: " + no->why};
    } else if (std::holds_alternative<starttls_dialogue::begin_tls>(next)) {
      return {said, "tls"};
    } else if (heard == what.server.size()) {
      return {said, "waits"};
    } else {
      dialogue.feed(what.server[heard++]);
    }
  }
}

class Starttls : public testing::TestWithParam<dialogue_case> {};

TEST_P(Starttls, TalksItsWayToTls) {
  const auto [said, ending] = talk(GetParam());
  EXPECT_EQ(said, GetParam().client);
  EXPECT_EQ(ending, GetParam().ending);
}

const std::string ehlo = "EHLO probe.invalid\r\n";

INSTANTIATE_TEST_SUITE_P(
    Dialogues, Starttls,
    testing::Values(
        dialogue_case{"none_needs_no_words", starttls::none, {}, {}, "tls"},
        dialogue_case{"smtp",
                      starttls::smtp,
                      {"220 mx.example ESMTP\r\n",
                       "250-mx.example\r\n250-SIZE 1\r\n250 STARTTLS\r\n", "220 go ahead\r\n"},
                      {ehlo, "STARTTLS\r\n"},
                      "tls"},
        dialogue_case{"smtp_octet_by_octet",
                      starttls::smtp,
                      {"2", "20", " x\r", "\n", "250", " \r\n", "220 \n"},
                      {ehlo, "STARTTLS\r\n"},
                      "tls"},
        dialogue_case{"smtp_greeting_of_two_lines",
                      starttls::smtp,
                      {"220-one\r\n", "220 two\r\n"},
                      {ehlo},
                      "waits"},
        dialogue_case{"smtp_says_no",
                      starttls::smtp,
                      {"220 x\r\n", "250 x\r\n", "454 TLS not available\r\n"},
                      {ehlo, "STARTTLS\r\n"},
                      "no: the server said '454 TLS not available' before TLS"},
        dialogue_case{"smtp_injects",
                      starttls::smtp,
                      {"220 x\r\n", "250 x\r\n", "220 go\r\n250 injected\r\n"},
                      {ehlo, "STARTTLS\r\n"},
                      "no: the server sent octets between its go-ahead and TLS"},
        dialogue_case{"imap",
                      starttls::imap,
                      {"* OK ready\r\n", "* CAPABILITY IMAP4rev1\r\na1 OK begin\r\n"},
                      {"a1 STARTTLS\r\n"},
                      "tls"},
        dialogue_case{"imap_says_bad",
                      starttls::imap,
                      {"* OK ready\r\n", "a1 BAD unknown\r\n"},
                      {"a1 STARTTLS\r\n"},
                      "no: the server said 'a1 BAD unknown' before TLS"},
        dialogue_case{"imap_bye",
                      starttls::imap,
                      {"* BYE too many\r\n"},
                      {},
                      "no: the server said '* BYE too many' before TLS"},
        dialogue_case{"ftp",
                      starttls::ftp,
                      {"220-Welcome\r\nto this place\r\n220 Ready\r\n", "234 AUTH TLS\r\n"},
                      {"AUTH TLS\r\n"},
                      "tls"},
        dialogue_case{"ftp_says_no",
                      starttls::ftp,
                      {"220 Ready\r\n", "502 no\r\n"},
                      {"AUTH TLS\r\n"},
                      "no: the server said '502 no' before TLS"},
        dialogue_case{"nats", starttls::nats, {"INFO {\"tls_required\":true} \r\n"}, {}, "tls"},
        dialogue_case{"nats_says_error",
                      starttls::nats,
                      {"-ERR 'maximum connections exceeded'\r\n"},
                      {},
                      "no: the server said '-ERR 'maximum connections exceeded'' before TLS"},
        dialogue_case{"as_much_as_is_allowed",
                      starttls::nats,
                      {"INFO " + std::string(starttls_dialogue::max_octets - 6, 'x') + "\n"},
                      {},
                      "tls"},
        dialogue_case{"one_octet_more",
                      starttls::nats,
                      {"INFO " + std::string(starttls_dialogue::max_octets - 5, 'x') + "\n"},
                      {},
                      "no: the server says more than 64 KiB before TLS"}),
    [](const auto& given) { return given.param.name; });

}  // namespace
}  // namespace staplelab::scenarios
