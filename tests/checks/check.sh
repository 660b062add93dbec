#!/bin/sh
# The part of CI that users need not run. Called by ./do check, from the top of the repository.
set -eu
say() { printf '\n== %s\n' "$*"; }
jobs=$(nproc)

say "source rules and format"
python3 tests/checks/source_rules.py
git ls-files '*.cpp' '*.hpp' | xargs clang-format-19 --dry-run -Werror

say "every number of the conformance list in the name of a test, or excused"
python3 tests/checks/conformance_numbers.py

say "each header compiles alone"
git ls-files '*/*.hpp' | grep -v '^tests/' | xargs -P "$jobs" -I{} \
  clang++-19 -std=c++20 -fsyntax-only -Wno-pragma-once-outside-header -I. \
  -Ibuild/release/scenarios -DBOOST_ASIO_SEPARATE_COMPILATION -x c++ {}

say "each scenario twice, with equal transcripts"
build/release/cli/staplelab run --repeat 2 --jobs "$jobs"

say "tests under AddressSanitizer and UndefinedBehaviorSanitizer"
cmake --preset asan -DSTAPLELAB_FUZZ=ON >/dev/null
cmake --build --preset asan
ctest --preset asan --parallel "$jobs"

say "tests built by g++ 12"
cmake --preset gcc >/dev/null
cmake --build --preset gcc
ctest --preset gcc --parallel "$jobs"

say "fuzzers, a few seconds each"
sh tests/checks/fuzz.sh 10 build/asan
