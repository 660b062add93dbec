// How the program ends: the exit codes that scripts rely on, and the one exception that carries
// them to main.
#pragma once

#include <stdexcept>
#include <string>

namespace staplelab::cli {

enum class exit_code {
  success = 0,
  usage = 1,          // the command line makes no sense
  bad_input = 2,      // a scenario, a configuration or another file has an error
  could_not_run = 3,  // internal, or the endpoint ended itself
  unmet = 4,          // an expectation was not met
  missing = 5,        // the environment lacks something: a port is taken, a path cannot be written
};

// "staplelab: <what>", then the hint on a line of its own. Lower case, no full stop.
class failure : public std::runtime_error {
 public:
  failure(exit_code code, const std::string& what, std::string hint = {})
      : std::runtime_error(what), code_(code), hint_(std::move(hint)) {}
  exit_code code() const noexcept { return code_; }
  const std::string& hint() const noexcept { return hint_; }

 private:
  exit_code code_;
  std::string hint_;
};

}  // namespace staplelab::cli
