// HTTP/1.x messages as values, and a parser that is fed octets: no socket in sight.
//
// Limits are named here and hold for every server and client in the project. Nothing throws for any
// octets.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace staplelab::runtime {

struct http_limits {
  std::size_t header_octets = 16 * 1024;  // start line and fields together
  std::size_t body_octets = 64 * 1024;
};

struct http_fields {
  std::vector<std::pair<std::string, std::string>> list;  // in order; names as written
  // The first value, names compared without case; empty if absent.
  std::optional<std::string_view> find(std::string_view name) const;
  void set(std::string_view name, std::string_view value);
};

struct http_request {
  std::string method = {};  // "GET"
  std::string target = {};  // as on the wire: not decoded, not normalised
  int version = 11;         // 10 or 11
  http_fields fields = {};
  std::string body = {};
  bool keep_alive = true;
};

struct http_response {
  int status = 200;
  http_fields fields = {};  // Content-Length and Connection are written by serialise()
  std::string body = {};
  int version = 11;
  bool keep_alive = true;
};

enum class http_flaw { malformed, header_too_large, body_too_large, version_not_supported };
int status_of(http_flaw flaw);  // 400, 431, 413, 505
std::string_view reason_phrase(int status);

// Feeds on octets as they come; keeps what belongs to the next message (pipelining).
class http_request_parser {
 public:
  explicit http_request_parser(const http_limits& limits);
  http_request_parser(http_request_parser&&) noexcept;
  ~http_request_parser();

  struct need_more {};
  // The client waits for "100 Continue" before it sends the body (RFC 9110 10.1.1).
  struct expects_continue {};
  using outcome = std::variant<need_more, expects_continue, http_request, http_flaw>;
  void feed(std::string_view octets);
  outcome next();
  bool idle() const;  // between messages: nothing of the next one has arrived

 private:
  struct state;
  std::unique_ptr<state> state_;
};

class http_response_parser {
 public:
  // `head_only`: the response to a HEAD request has no body.
  http_response_parser(const http_limits& limits, bool head_only);
  http_response_parser(http_response_parser&&) noexcept;
  ~http_response_parser();

  struct need_more {};
  using outcome = std::variant<need_more, http_response, http_flaw>;
  void feed(std::string_view octets);
  outcome next();
  // The peer closed: ends a body that has no length (RFC 9112 6.3); need_more says that the message
  // stays incomplete.
  outcome finish();

 private:
  struct state;
  std::unique_ptr<state> state_;
};

std::string serialise(const http_request& request);
// `head_only`: the fields of the whole response, without its body.
std::string serialise(const http_response& response, bool head_only = false);

// "http://host[:port][/path]"; https and everything else is refused.
struct http_url {
  std::string host;  // without brackets
  std::uint16_t port = 80;
  std::string path;  // as written, may be empty
  static std::optional<http_url> parse(std::string_view text);
  std::string host_field() const;  // for the Host field
};

// IMF-fixdate, RFC 9110 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT". Seconds since 1970.
std::string http_date(std::int64_t unix_seconds);

}  // namespace staplelab::runtime
