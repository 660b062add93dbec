#include <algorithm>
#include <cassert>
#include <optional>

#include "runtime/http.hpp"
#include "runtime/http_body.hpp"
#include "runtime/http_syntax.hpp"

namespace staplelab::runtime {

namespace {

// Octets that have arrived and not been used; heads are cut off its front.
class inbox {
 public:
  void feed(std::string_view octets) {
    octets_.erase(0, used_);
    used_ = 0;
    octets_.append(octets);
  }
  std::string_view rest() const { return std::string_view(octets_).substr(used_); }
  void use(std::size_t count) {
    used_ += count;
    searched_ = 0;
  }
  // RFC 9112 2.2: empty lines before a request line are ignored.
  void skip_empty_lines() {
    while (rest().starts_with("\r\n"))
      use(2);
  }

  struct need_more {};
  // A start line and its fields, each line with its CRLF, without the empty line that ends them.
  // Stays valid until the next feed().
  std::variant<need_more, std::string_view, http_flaw> take_head(std::size_t limit) {
    const auto end = rest().substr(0, limit).find("\r\n\r\n", searched_);
    if (end == std::string_view::npos) {
      if (rest().size() >= limit) return http_flaw::header_too_large;
      searched_ = rest().size() < 3 ? 0 : rest().size() - 3;
      return need_more{};
    }
    const auto head = rest().substr(0, end + 2);
    use(end + 4);
    return head;
  }

 private:
  std::string octets_;
  std::size_t used_ = 0;
  std::size_t searched_ = 0;
};

bool is_target(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

// RFC 9112 3.2: exactly one Host from HTTP/1.1 on.
bool has_fitting_host(const http_request& request) {
  const auto hosts = std::count_if(
      request.fields.list.begin(), request.fields.list.end(),
      [](const auto& field) { return http_syntax::equal_without_case(field.first, "Host"); });
  return request.version < 11 ? hosts <= 1 : hosts == 1;
}

std::optional<http_flaw> read_head(std::string_view head, http_request& request) {
  const auto line = http_syntax::take_line(head);
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return http_flaw::malformed;
  request.method = line.substr(0, first);
  request.target = line.substr(first + 1, last - first - 1);
  if (!http_syntax::is_token(request.method) || !is_target(request.target)) {
    return http_flaw::malformed;
  }
  const auto version = http_syntax::version(line.substr(last + 1));
  if (const auto* flaw = std::get_if<http_flaw>(&version)) return *flaw;
  request.version = std::get<int>(version);
  if (auto flaw = http_syntax::read_fields(head, false, request.fields)) return flaw;
  if (!has_fitting_host(request)) return http_flaw::malformed;
  request.keep_alive = http_syntax::persists(request.fields, request.version);
  return std::nullopt;
}

// HTTP-version SP status-code SP [ reason-phrase ]; the second SP is often left out.
std::optional<http_flaw> read_head(std::string_view head, http_response& response) {
  constexpr std::size_t version_size = 8;
  const auto line = http_syntax::take_line(head);
  const auto version = http_syntax::version(line.substr(0, version_size));
  if (const auto* flaw = std::get_if<http_flaw>(&version)) return *flaw;
  response.version = std::get<int>(version);
  const auto rest = line.substr(version_size);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (rest.size() < 4 || rest[0] != ' ' || rest[1] == '0' ||
      !std::all_of(rest.begin() + 1, rest.begin() + 4, is_digit) ||
      (rest.size() > 4 && rest[4] != ' ') || !http_syntax::is_field_value(rest)) {
    return http_flaw::malformed;
  }
  response.status = (rest[1] - '0') * 100 + (rest[2] - '0') * 10 + (rest[3] - '0');
  if (auto flaw = http_syntax::read_fields(head, true, response.fields)) return flaw;
  response.keep_alive = http_syntax::persists(response.fields, response.version);
  return std::nullopt;
}

// RFC 9112 6.3, rules 1 and 2.
bool never_has_body(int status) {
  return status / 100 == 1 || status == 204 || status == 304;
}

}  // namespace

struct http_request_parser::state {
  http_limits limits;
  inbox arrived;
  http_request message;
  std::optional<http_body_reader> body;  // while a body is being read
  std::optional<http_flaw> flaw;         // ends everything
  bool continue_wanted = false;

  outcome fail(http_flaw what) {
    flaw = what;
    return what;
  }
  std::optional<outcome> begin();
};

// Reads a head. Nothing: a body follows.
std::optional<http_request_parser::outcome> http_request_parser::state::begin() {
  arrived.skip_empty_lines();
  const auto head = arrived.take_head(limits.header_octets);
  if (std::holds_alternative<inbox::need_more>(head)) return need_more{};
  if (const auto* what = std::get_if<http_flaw>(&head)) return fail(*what);
  message = {};
  if (auto what = read_head(std::get<std::string_view>(head), message)) return fail(*what);
  auto framing = http_syntax::framing(message.fields, message.version);
  // RFC 9112 6.3, rule 7: a request without a framing field has no body.
  if (std::holds_alternative<http_syntax::body_until_close>(framing)) {
    framing = http_syntax::no_body{};
  }
  body.emplace(limits, framing);
  // RFC 9110 10.1.1: HTTP/1.0 cannot expect it, and who has begun to send no longer waits for it.
  continue_wanted = message.version >= 11 && arrived.rest().empty() &&
                    http_syntax::lists(message.fields, "Expect", "100-continue");
  return std::nullopt;
}

http_request_parser::http_request_parser(const http_limits& limits)
    : state_(std::make_unique<state>()) {
  state_->limits = limits;
}
http_request_parser::http_request_parser(http_request_parser&&) noexcept = default;
http_request_parser::~http_request_parser() = default;

void http_request_parser::feed(std::string_view octets) {
  state_->arrived.feed(octets);
}

bool http_request_parser::idle() const {
  return !state_->body && !state_->flaw && state_->arrived.rest().empty();
}

http_request_parser::outcome http_request_parser::next() {
  auto& now = *state_;
  if (now.flaw) return *now.flaw;
  if (!now.body) {
    if (auto ended = now.begin()) return std::move(*ended);
  }
  auto rest = now.arrived.rest();
  const auto before = rest.size();
  const auto taken = now.body->take(rest);
  now.arrived.use(before - rest.size());
  if (const auto* what = std::get_if<http_flaw>(&taken)) return now.fail(*what);
  if (std::holds_alternative<http_body_reader::need_more>(taken)) {
    if (std::exchange(now.continue_wanted, false)) return expects_continue{};
    return need_more{};
  }
  now.message.body = std::move(now.body->body());
  now.body.reset();
  return std::move(now.message);
}

struct http_response_parser::state {
  http_limits limits;
  bool head_only = false;
  inbox arrived;
  http_response message;
  std::optional<http_body_reader> body;
  std::optional<http_flaw> flaw;

  outcome fail(http_flaw what) {
    flaw = what;
    return what;
  }
  std::optional<outcome> begin();
  http_response end();
};

std::optional<http_response_parser::outcome> http_response_parser::state::begin() {
  for (;;) {
    const auto head = arrived.take_head(limits.header_octets);
    if (std::holds_alternative<inbox::need_more>(head)) return need_more{};
    if (const auto* what = std::get_if<http_flaw>(&head)) return fail(*what);
    message = {};
    if (auto what = read_head(std::get<std::string_view>(head), message)) return fail(*what);
    // Nobody here asks for an upgrade; other interim responses are passed over (RFC 9110 15.2).
    if (message.status == 101) return fail(http_flaw::malformed);
    if (message.status / 100 != 1) break;
  }
  const bool empty = head_only || never_has_body(message.status);
  body.emplace(limits, empty ? http_syntax::body_framing{http_syntax::no_body{}}
                             : http_syntax::framing(message.fields, message.version));
  return std::nullopt;
}

http_response http_response_parser::state::end() {
  message.body = std::move(body->body());
  if (body->ends_at_close()) message.keep_alive = false;
  body.reset();
  return std::move(message);
}

http_response_parser::http_response_parser(const http_limits& limits, bool head_only)
    : state_(std::make_unique<state>()) {
  state_->limits = limits;
  state_->head_only = head_only;
}
http_response_parser::http_response_parser(http_response_parser&&) noexcept = default;
http_response_parser::~http_response_parser() = default;

void http_response_parser::feed(std::string_view octets) {
  state_->arrived.feed(octets);
}

http_response_parser::outcome http_response_parser::next() {
  auto& now = *state_;
  if (now.flaw) return *now.flaw;
  if (!now.body) {
    if (auto ended = now.begin()) return std::move(*ended);
  }
  auto rest = now.arrived.rest();
  const auto before = rest.size();
  const auto taken = now.body->take(rest);
  now.arrived.use(before - rest.size());
  if (const auto* what = std::get_if<http_flaw>(&taken)) return now.fail(*what);
  if (std::holds_alternative<http_body_reader::need_more>(taken)) return need_more{};
  return now.end();
}

http_response_parser::outcome http_response_parser::finish() {
  auto last = next();
  const bool incomplete = std::holds_alternative<need_more>(last);
  if (incomplete && state_->body && state_->body->ends_at_close()) return state_->end();
  return last;
}

}  // namespace staplelab::runtime
