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
const std::string ssl_request("\x00\x00\x00\x08\x04\xd2\x16\x2f", 8);
const std::string mysql_request =
    std::string("\x20\x00\x00\x01\x01\x8a\x00\x00\x00\x00\x00\x01\x21", 13) + std::string(23, '\0');

std::string packet(std::string_view content) {
  return std::string{static_cast<char>(content.size()), '\0', '\0', '\0'} + std::string(content);
}

// As MySQL 8 greets, with these abilities (the lower half of them).
std::string mysql_greeting(unsigned abilities) {
  std::string content(
      "\x0a"
      "8.0.36\x00\x08\x00\x00\x00saltsalt\x00",
      21);
  content += static_cast<char>(abilities & 0xff);
  content += static_cast<char>(abilities >> 8);
  content += std::string("\xff\x02\x00\xff\xdf\x15", 6) + std::string(10, '\0');
  return packet(content + std::string("saltsaltsalt\x00mysql_native_password\x00", 35));
}

std::vector<std::string> octet_by_octet(const std::string& whole) {
  std::vector<std::string> octets;
  for (const char octet : whole)
    octets.emplace_back(1, octet);
  return octets;
}

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
        dialogue_case{"pop3",
                      starttls::pop3,
                      {"+OK POP3 ready <1896.697170952@mx.example>\r\n", "+OK begin\r\n"},
                      {"STLS\r\n"},
                      "tls"},
        dialogue_case{"pop3_says_no",
                      starttls::pop3,
                      {"+OK ready\r\n", "-ERR unknown\r\n"},
                      {"STLS\r\n"},
                      "no: the server said '-ERR unknown' before TLS"},
        dialogue_case{"postgres", starttls::postgres, {"S"}, {ssl_request}, "tls"},
        dialogue_case{"postgres_says_no",
                      starttls::postgres,
                      {"N"},
                      {ssl_request},
                      "no: the server does not do TLS"},
        dialogue_case{"postgres_of_another_kind",
                      starttls::postgres,
                      {"E\x10"},
                      {ssl_request},
                      "no: the server did not answer the SSLRequest with S or N"},
        // CVE-2021-23222 and its like: clear text that would count as what came under TLS.
        dialogue_case{"postgres_injects",
                      starttls::postgres,
                      {"Sx"},
                      {ssl_request},
                      "no: the server sent octets between its go-ahead and TLS"},
        dialogue_case{"postgres_waits", starttls::postgres, {}, {ssl_request}, "waits"},
        dialogue_case{"mysql", starttls::mysql, {mysql_greeting(0xffff)}, {mysql_request}, "tls"},
        dialogue_case{"mysql_octet_by_octet",
                      starttls::mysql,
                      octet_by_octet(mysql_greeting(0x0800)),
                      {mysql_request},
                      "tls"},
        dialogue_case{"mysql_without_tls",
                      starttls::mysql,
                      {mysql_greeting(0xf7ff)},
                      {},
                      "no: the server does not do TLS"},
        dialogue_case{"mysql_says_error",
                      starttls::mysql,
                      {packet("\xff\x10\x04Too many connections")},
                      {},
                      "no: the server does not speak MySQL's protocol 10"},
        dialogue_case{"mysql_cut_short",
                      starttls::mysql,
                      {packet("\x0a"
                              "8.0.36")},
                      {},
                      "no: the server's first packet is cut short"},
        dialogue_case{"mysql_too_long",
                      starttls::mysql,
                      {std::string("\xff\xff\xff\x00\x0a", 5)},
                      {},
                      "no: the server's first packet is too long"},
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
