// Ctrl-C, or the SIGTERM by which a CI job is cancelled, during work in pieces: the first one lets
// the pieces that run come to their end, the second one ends the program.
#pragma once

#include <atomic>

namespace staplelab::cli {

void catch_interrupt();  // from now on

const std::atomic<bool>& interrupted();  // whether the first one has come

}  // namespace staplelab::cli
