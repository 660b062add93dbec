// The subcommand `fingerprint`.
#pragma once

#include <memory>

#include "cli/command.hpp"

namespace staplelab::cli {

std::unique_ptr<command> make_fingerprint();

}  // namespace staplelab::cli
