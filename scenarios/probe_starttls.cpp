#include "scenarios/probe_starttls.hpp"

#include <algorithm>

namespace staplelab::scenarios {

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
  while (true) {
    const auto end = heard_.find('\n');
    if (end == std::string::npos) return need_more{};
    std::string line = heard_.substr(0, end);
    if (line.ends_with('\r')) line.pop_back();
    heard_.erase(0, end + 1);
    outcome reply = need_more{};
    switch (protocol_) {
      case starttls::none:
        return begin_tls{};
      case starttls::smtp:
        reply = smtp(line);
        break;
      case starttls::imap:
        reply = imap(line);
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

starttls_dialogue::outcome starttls_dialogue::go_ahead() const {
  if (!heard_.empty()) return no_tls{"the server sent octets between its go-ahead and TLS"};
  return begin_tls{};
}

}  // namespace staplelab::scenarios
