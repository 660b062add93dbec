#include "scenarios/probe_starttls.hpp"

#include <algorithm>
#include <utility>

namespace staplelab::scenarios {

std::string_view to_string(starttls protocol) {
  switch (protocol) {
    case starttls::none:
      return "none";
    case starttls::smtp:
      return "smtp";
    case starttls::imap:
      return "imap";
    case starttls::pop3:
      return "pop3";
    case starttls::ftp:
      return "ftp";
    case starttls::postgres:
      return "postgres";
    case starttls::mysql:
      return "mysql";
    case starttls::nats:
      return "nats";
  }
  return {};
}

std::optional<starttls> parse_starttls(std::string_view name) {
  const auto found = std::ranges::find(all_starttls, name, [](auto one) { return to_string(one); });
  if (found == all_starttls.end()) return std::nullopt;
  return *found;
}

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// SMTP and FTP: "250-more" goes on, "250 last" ends a reply.
// (and in FTP the lines between may be any text).
bool ends_reply(std::string_view line) {
  return line.size() >= 3 && std::all_of(line.begin(), line.begin() + 3, is_digit) &&
         (line.size() == 3 || line[3] == ' ');
}

bool begins_with(std::string_view line, std::string_view word) {
  return line.substr(0, word.size()) == word;
}

starttls_dialogue::no_tls unexpected(std::string_view line) {
  return {"the server said '" + std::string(line.substr(0, 80)) + "' before TLS"};
}

}  // namespace

void starttls_dialogue::feed(std::string_view octets) {
  heard_in_all_ += octets.size();
  heard_.append(octets);
}

starttls_dialogue::outcome starttls_dialogue::next() {
  if (protocol_ == starttls::none) return begin_tls{};
  if (heard_in_all_ > max_octets) return no_tls{"the server says more than 64 KiB before TLS"};
  if (protocol_ == starttls::postgres) return postgres();
  if (protocol_ == starttls::mysql) return mysql();
  return by_lines();
}

starttls_dialogue::outcome starttls_dialogue::by_lines() {
  while (true) {
    const auto end = heard_.find('\n');
    if (end == std::string::npos) return need_more{};
    std::string line = heard_.substr(0, end);
    if (line.ends_with('\r')) line.pop_back();
    heard_.erase(0, end + 1);
    outcome reply = need_more{};
    switch (protocol_) {
      case starttls::none:
      case starttls::postgres:
      case starttls::mysql:
        return begin_tls{};
      case starttls::smtp:
        reply = smtp(line);
        break;
      case starttls::imap:
        reply = imap(line);
        break;
      case starttls::pop3:
        reply = pop3(line);
        break;
      case starttls::ftp:
        reply = ftp(line);
        break;
      case starttls::nats:
        reply = nats(line);
        break;
    }
    if (!std::holds_alternative<need_more>(reply)) return reply;
  }
}

// RFC 3207
starttls_dialogue::outcome starttls_dialogue::smtp(std::string_view line) {
  static constexpr std::string_view wanted[]{"220", "250", "220"};
  if (!begins_with(line, wanted[stage_])) return unexpected(line);
  if (!ends_reply(line)) return need_more{};
  switch (stage_++) {
    case 0:
      return say{"EHLO probe.invalid\r\n"};
    case 1:
      return say{"STARTTLS\r\n"};
    default:
      return go_ahead();
  }
}

// RFC 9051 6.2.1
starttls_dialogue::outcome starttls_dialogue::imap(std::string_view line) {
  if (stage_ == 0) {
    if (!begins_with(line, "* OK")) return unexpected(line);
    stage_ = 1;
    return say{"a1 STARTTLS\r\n"};
  }
  if (begins_with(line, "* ")) return need_more{};
  if (!begins_with(line, "a1 OK")) return unexpected(line);
  return go_ahead();
}

// RFC 2595 section 4
starttls_dialogue::outcome starttls_dialogue::pop3(std::string_view line) {
  if (!begins_with(line, "+OK")) return unexpected(line);
  return stage_++ == 0 ? outcome(say{"STLS\r\n"}) : go_ahead();
}

// RFC 4217 section 4
starttls_dialogue::outcome starttls_dialogue::ftp(std::string_view line) {
  if (!ends_reply(line)) return need_more{};
  if (stage_ == 0) {
    if (!begins_with(line, "220")) return unexpected(line);
    stage_ = 1;
    return say{"AUTH TLS\r\n"};
  }
  if (!begins_with(line, "234")) return unexpected(line);
  return go_ahead();
}

// The NATS client protocol: the server speaks first, one INFO line, and then waits for TLS.
starttls_dialogue::outcome starttls_dialogue::nats(std::string_view line) {
  if (!begins_with(line, "INFO ")) return unexpected(line);
  return go_ahead();
}

// The client speaks first, with an SSLRequest; the answer is one octet (PostgreSQL's documentation,
// "Message Flow").
starttls_dialogue::outcome starttls_dialogue::postgres() {
  static constexpr std::string_view ssl_request("\x00\x00\x00\x08\x04\xd2\x16\x2f", 8);
  if (stage_ == 0) {
    stage_ = 1;
    return say{std::string(ssl_request)};
  }
  if (heard_.empty()) return need_more{};
  const char answer = heard_.front();
  heard_.erase(0, 1);
  if (answer == 'S') return go_ahead();
  if (answer == 'N') return no_tls{"the server does not do TLS"};
  return no_tls{"the server did not answer the SSLRequest with S or N"};
}

// The server speaks first, with a packet of protocol 10 that tells what it can do; the client's
// SSLRequest is a login that ends before the user's name (MySQL's documentation, "Connection
// Phase").
starttls_dialogue::outcome starttls_dialogue::mysql() {
  if (stage_ == 1) return go_ahead();
  constexpr std::size_t header = 4;  // three octets of length, one of sequence
  const auto octet = [this](std::size_t at) { return static_cast<unsigned char>(heard_[at]); };
  if (heard_.size() <= header) return need_more{};
  const std::size_t length =
      octet(0) | static_cast<std::size_t>(octet(1)) << 8 | static_cast<std::size_t>(octet(2)) << 16;
  if (length > max_octets) return no_tls{"the server's first packet is too long"};
  if (heard_.size() < header + length) return need_more{};
  if (octet(header) != 10) return no_tls{"the server does not speak MySQL's protocol 10"};
  const auto version_end = heard_.find('\0', header + 1);
  // Thread, eight octets of salt, a zero; then what the server can do.
  const std::size_t abilities =
      version_end == std::string::npos ? header + length : version_end + 14;
  if (abilities + 2 > header + length) return no_tls{"the server's first packet is cut short"};
  constexpr unsigned can_tls = 0x0800;
  const unsigned can = octet(abilities) | static_cast<unsigned>(octet(abilities + 1)) << 8;
  if ((can & can_tls) == 0) return no_tls{"the server does not do TLS"};
  heard_.erase(0, header + length);
  stage_ = 1;
  // LONG_PASSWORD, PROTOCOL_41, SSL, SECURE_CONNECTION; packets of 16 MiB; utf8.
  std::string request("\x20\x00\x00\x01\x01\x8a\x00\x00\x00\x00\x00\x01\x21", 13);
  request.append(23, '\0');
  return say{std::move(request)};
}

starttls_dialogue::outcome starttls_dialogue::go_ahead() const {
  if (!heard_.empty()) return no_tls{"the server sent octets between its go-ahead and TLS"};
  return begin_tls{};
}

}  // namespace staplelab::scenarios
