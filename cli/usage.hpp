// What was wrong with a command line, said in the program's own words.
#pragma once

#include "cli/failure.hpp"

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace staplelab::cli {

// `root` is the parser that threw `error`, and still knows what it could not place: a misspelt
// subcommand or flag gets "did you mean". Code 1, whatever the parser's own code is.
failure explain(const CLI::App& root, const CLI::ParseError& error);

}  // namespace staplelab::cli
