#include "pki/ocsp_parts.hpp"

#include <algorithm>
#include <cstdint>

#include "pki/asn1.hpp"

namespace staplelab::pki {

std::optional<response_parts> parts_of_response(bytes_view response) {
  auto at = read_der(response);
  if (at) at = read_der(at->content);  // responseStatus
  if (at) at = read_der(at->rest);     // [0]
  if (at) at = read_der(at->content);  // ResponseBytes
  if (at) at = read_der(at->content);  // responseType
  if (at) at = read_der(at->rest);     // response
  if (at) at = read_der(at->content);  // BasicOCSPResponse
  const auto data = at ? read_der(at->content) : std::nullopt;
  const auto algorithm = data ? read_der(data->rest) : std::nullopt;
  const auto signature = algorithm ? read_der(algorithm->rest) : std::nullopt;
  if (!signature) return std::nullopt;
  const auto algorithm_size = data->rest.size() - algorithm->rest.size();
  return response_parts{data->content, data->rest.first(algorithm_size), signature->rest};
}

bool has_usual_parameters(bytes_view cert_id) {
  constexpr std::uint8_t null[] = {0x05, 0x00};
  auto at = read_der(cert_id);
  if (at) at = read_der(at->content);  // hashAlgorithm
  if (at) at = read_der(at->content);  // algorithm
  return at && (at->rest.empty() || std::ranges::equal(at->rest, null));
}

}  // namespace staplelab::pki
