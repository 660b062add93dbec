#!/bin/sh
# The part of CI that users need not run. Called by ./do check, from the top of the repository.
# With the argument `all` every test runs under the sanitizers and under g++ 12 as well, which takes
# two cores an hour longer; without it, the tests of what reads octets from strangers run under the
# sanitizers, and what g++ 12 builds is held to the scenario library.
set -eu
scope=${1:-some}
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

say "the measuring programs build and run"
cmake --preset release -DSTAPLELAB_BENCH=ON >/dev/null
cmake --build --preset release --target load pieces handshakes
build/release/bench/pieces --benchmark_min_time=0.01

say "each scenario twice, with equal transcripts"
build/release/cli/staplelab run --repeat 2 --jobs "$jobs"

say "nothing is left of a server under test, however the run ends"
if command -v nats-server >/dev/null 2>&1; then
  python3 tests/checks/leaves_nothing.py build/release/cli/staplelab --runs 6
else
  echo "left out: nats-server is not installed"
fi

say "tests under AddressSanitizer and UndefinedBehaviorSanitizer"
cmake --preset asan -DSTAPLELAB_FUZZ=ON >/dev/null
if [ "$scope" = all ]; then
  cmake --build --preset asan
  ctest --preset asan --parallel "$jobs"
else
  fuzzers="fuzz_ocsp_request fuzz_ocsp_response fuzz_http_message fuzz_get_target fuzz_configuration"
  cmake --build --preset asan --target test_pki test_responder test_stapler $fuzzers
  for folder in pki responder stapler; do
    build/asan/tests/$folder/test_$folder --gtest_brief=1
  done
fi

say "built by g++ 12"
cmake --preset gcc >/dev/null
if [ "$scope" = all ]; then
  cmake --build --preset gcc
  ctest --preset gcc --parallel "$jobs"
else
  cmake --build --preset gcc --target staplelab
fi
build/gcc/cli/staplelab run --jobs "$jobs"

say "fuzzers, a few seconds each"
sh tests/checks/fuzz.sh 10 build/asan
