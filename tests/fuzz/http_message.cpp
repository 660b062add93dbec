// Any octets, fed in two pieces: the parsers end, stay inside their limits, and give the same
// whatever the cut.
#include <cstdlib>
#include <string_view>

#include "runtime/http.hpp"

namespace {

using namespace staplelab::runtime;

const http_limits small{.header_octets = 512, .body_octets = 256};

std::size_t requests_in(std::string_view octets, std::size_t cut) {
  http_request_parser parser(small);
  std::size_t found = 0;
  for (const std::string_view piece : {octets.substr(0, cut), octets.substr(cut)}) {
    parser.feed(piece);
    while (true) {
      auto next = parser.next();
      if (const auto* request = std::get_if<http_request>(&next)) {
        if (request->body.size() > small.body_octets) std::abort();
        ++found;
      } else if (std::holds_alternative<http_flaw>(next)) {
        return found;
      } else {
        break;
      }
    }
  }
  return found;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  if (requests_in(octets, 0) != requests_in(octets, size / 2)) std::abort();
  http_response_parser responses(small, false);
  responses.feed(octets);
  if (std::holds_alternative<http_response_parser::need_more>(responses.next())) {
    responses.finish();
  }
  http_url::parse(octets);
  return 0;
}
