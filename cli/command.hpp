// The subcommands. Each is an object that registers its options with the parser, is filled by it,
// and then runs.
//
// A command prints its answer on stdout and everything else on stderr. It throws failure for what
// the user can mend; main knows what to make of any other exception.
#pragma once

#include <memory>

#include "cli/failure.hpp"

namespace CLI {
class App;
}

namespace staplelab::cli {

class command {
 public:
  virtual ~command() = default;
  virtual void describe(CLI::App& app) = 0;  // once; `this` must stay where it is
  virtual exit_code run() = 0;
};

std::unique_ptr<command> make_run();
std::unique_ptr<command> make_ca_init();
std::unique_ptr<command> make_ca_issue();
std::unique_ptr<command> make_ca_revoke();
std::unique_ptr<command> make_ca_hold();
std::unique_ptr<command> make_ca_release();
std::unique_ptr<command> make_ca_list();
std::unique_ptr<command> make_ca_crl();
std::unique_ptr<command> make_ca_import();
std::unique_ptr<command> make_responder();
std::unique_ptr<command> make_stapler();
std::unique_ptr<command> make_probe();
std::unique_ptr<command> make_verify();
std::unique_ptr<command> make_decode();
std::unique_ptr<command> make_vectors();
std::unique_ptr<command> make_conform();
std::unique_ptr<command> make_schema();
std::unique_ptr<command> make_targets();
std::unique_ptr<command> make_incidents();

}  // namespace staplelab::cli
