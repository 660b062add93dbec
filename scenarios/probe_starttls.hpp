// The plain words, or octets, that some protocols exchange before TLS may begin, as a dialogue
// without a socket.
//
// It refuses a server that says no, lines and dialogues without end, and octets that come between
// the go-ahead and TLS (they could be anybody's).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

#include "scenarios/probe.hpp"

namespace staplelab::scenarios {

class starttls_dialogue {
 public:
  static constexpr std::size_t max_octets = 64 * 1024;  // all that the server says

  explicit starttls_dialogue(starttls protocol) : protocol_(protocol) {}

  struct need_more {};
  struct say {
    std::string octets;
  };
  struct begin_tls {};
  struct no_tls {
    std::string why;
  };
  using outcome = std::variant<need_more, say, begin_tls, no_tls>;
  void feed(std::string_view octets);
  // To be called again after `say`.
  outcome next();

 private:
  outcome smtp(std::string_view line);
  outcome imap(std::string_view line);
  outcome pop3(std::string_view line);
  outcome ftp(std::string_view line);
  outcome nats(std::string_view line);
  // These two speak in octets, not lines.
  outcome postgres();
  outcome mysql();
  outcome by_lines();
  outcome go_ahead() const;

  starttls protocol_;
  std::string heard_;  // not yet consumed
  std::size_t heard_in_all_ = 0;
  int stage_ = 0;  // replies so far
};

}  // namespace staplelab::scenarios
