#include "cli/program.hpp"

namespace staplelab::cli {

const char* const program_version = STAPLELAB_VERSION;

const char* const program_summary =
    "A testbed for OCSP stapling: a mini-CA, an OCSP responder that can misbehave, a TLS endpoint\n"
    "that staples in four modes, and scenarios that drive them over days in milliseconds.";

const char* const program_footer = R"(
Examples:
  staplelab run                                  every bundled scenario, all modes
  staplelab run my.json --mode must -v           one file, one mode, with transcripts
  staplelab ca init ca && staplelab ca issue ca www.example --must-staple
  staplelab responder --ca ca --listen 127.0.0.1:8888
  staplelab probe 127.0.0.1:8443 --ca ca/ca.pem

Exit codes:
  0 all well   1 usage   2 a scenario, configuration or file has an error   3 could not run
  4 an expectation was not met   5 the environment lacks something (a port, a directory)
)";

const char* const ca_footer = R"(
Examples:
  staplelab ca init ca
  staplelab ca issue ca www.example --must-staple --ocsp-url http://127.0.0.1:8888
  staplelab ca revoke ca www.example --reason keyCompromise
  staplelab ca list ca
)";

}  // namespace staplelab::cli
