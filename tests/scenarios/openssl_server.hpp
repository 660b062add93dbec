// OpenSSL's own TLS server, for what the probe sees of servers that are not ours.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lab.hpp"
#include "scenarios/probe.hpp"
#include "tests/pki/run_program.hpp"

namespace staplelab::scenarios::test {

// `openssl s_server` on a port of its own, which staples what a file holds.
class openssl_server {
 public:
  openssl_server(const lab& here, std::string_view name, const std::optional<pki::bytes>& staple,
                 std::vector<std::string> more = {});
  runtime::tcp::endpoint address();  // once
  // Reads what it prints until a line holds the text; false when it ends without.
  bool says(std::string_view text);

 private:
  tests::temporary_directory files_;
  std::unique_ptr<tests::child_process> process_;
};

probe_result run_probe(probe_request request);  // on the wall clock
pki::time_point wall_time();

}  // namespace staplelab::scenarios::test
