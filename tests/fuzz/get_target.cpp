// Any octets as a GET target, and as the body of a POST: DER or a refusal with an HTTP status, and
// slashes and padding never change what was asked.
#include <cstdlib>
#include <string>
#include <string_view>

#include "responder/http_mapping.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace staplelab;
  const std::string octets(reinterpret_cast<const char*>(data), size);
  const responder::http_mapping_limits limits{.target_octets = 1024};

  runtime::http_request get;
  get.method = "GET";
  get.target = "/" + octets;
  const auto plain = responder::to_ocsp(get, "", limits);
  if (!plain && (plain.error().status < 400 || plain.error().status > 499)) std::abort();
  get.target = "/ocsp/" + octets;
  const auto prefixed = responder::to_ocsp(get, "/ocsp", limits);
  if (octets.size() < 900 && plain && (!prefixed || *prefixed != *plain)) std::abort();

  runtime::http_request post;
  post.method = "POST";
  post.target = "/";
  post.body = octets;
  responder::to_ocsp(post, "", limits);
  return 0;
}
