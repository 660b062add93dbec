// Takes the body of one HTTP/1.x message out of a run of octets, however it is cut: by length, in
// chunks (RFC 9112 7.1), or until the connection closes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "runtime/http.hpp"
#include "runtime/http_syntax.hpp"

namespace staplelab::runtime {

class http_body_reader {
 public:
  http_body_reader(const http_limits& limits, http_syntax::body_framing framing);

  struct need_more {};
  struct complete {};
  using outcome = std::variant<need_more, complete, http_flaw>;
  // Removes what it used from the front of `octets`; the rest comes again with more behind it.
  outcome take(std::string_view& octets);
  // Whether the end of the connection ends the body.
  bool ends_at_close() const { return phase_ == phase::until_close; }
  std::string& body() { return body_; }

 private:
  enum class phase { sized, chunk_line, chunk_end, trailers, until_close, whole, flawed };
  void begin(std::uint64_t octets);
  outcome fail(http_flaw flaw);
  outcome take_sized(std::string_view& octets);
  outcome take_chunk_line(std::string_view& octets);
  outcome take_chunk_end(std::string_view& octets);
  outcome take_trailers(std::string_view& octets);
  outcome take_until_close(std::string_view& octets);

  http_limits limits_;
  phase phase_ = phase::whole;
  bool chunked_ = false;
  std::uint64_t left_ = 0;  // of the sized body, or of this chunk
  std::size_t trailer_octets_ = 0;
  http_flaw flaw_ = http_flaw::malformed;
  std::string body_;
};

}  // namespace staplelab::runtime
