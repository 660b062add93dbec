// What the endpoint says of itself over HTTPS: a small page for people at /, JSON at /status and
// for whoever accepts application/json.
#pragma once

#include <vector>

#include "runtime/http.hpp"
#include "stapler/mode.hpp"
#include "stapler/policy.hpp"
#include "stapler/staple_keeper.hpp"

namespace staplelab::stapler {

struct endpoint_state {
  mode ocsp_mode;
  profile behaviour;
  std::vector<certificate_state> certificates;
};

// GET and HEAD; 405 for other methods, 404 for other paths.
runtime::http_response status_page(const runtime::http_request& request,
                                   const endpoint_state& state, time_point now);

}  // namespace staplelab::stapler
