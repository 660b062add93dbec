#!/bin/sh
# demo: build, then run the bundled scenarios over all modes.   test: build, then run the tests.
# check: what CI adds (sanitizers, g++ 12, format, source rules, equal transcripts, fuzzers);
#   check all: every test under each of them.
# fuzz: every fuzzer for 60 seconds (or ./do fuzz SECONDS).
# matrix: finds out how every bundled server on this machine staples, and writes docs/servers.md.
# bench: measure beside nginx, cfssl and OpenSSL, and write docs/performance.md (bench/README.md).
# Installs what is missing with apt on Debian 12; elsewhere it says what is needed.
set -eu
cd "$(dirname "$0")"

build_packages="clang-19 lld-19 cmake ninja-build ccache libboost1.81-dev libssl-dev nlohmann-json3-dev
  libcli11-dev libspdlog-dev libfmt-dev libsqlite3-dev zlib1g-dev nodejs npm"
test_packages="$build_packages libgtest-dev libgmock-dev openssl curl gnutls-bin
  libnss3-tools nats-server nginx apache2-bin haproxy
  mariadb-server-core python3-cryptography python3-pycurl python3-jsonschema
  libxml2-utils perl procps golang-cfssl tcpdump chromium"
bench_packages="$build_packages libbenchmark-dev openssl nginx golang-cfssl python3"
check_packages="$test_packages libbenchmark-dev g++-12 libclang-rt-19-dev clang-format-19"

fail() { # EXIT-CODE, LINES
  code=$1; shift
  printf '%s\n' "$@" >&2
  exit "$code"
}

# Node.js often comes from its makers, with an npm of its own that Debian's would conflict with.
is_there() { # PACKAGE
  case $1 in
    nodejs) command -v node >/dev/null 2>&1 && return ;;
    npm) command -v npm >/dev/null 2>&1 && return ;;
  esac
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null || true)" = installed ]
}

need() { # PACKAGES: installs those that are missing
  if ! command -v dpkg-query >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
    fail 5 "staplelab: this is not a Debian system; its packages cannot be installed from here" \
      "  what the build needs, by the names of Debian 12: $(echo $*)" \
      "  then: cmake --preset release && cmake --build --preset release"
  fi
  missing=""
  for package in "$@"; do
    is_there "$package" || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  echo "installing, with all that they depend on:$missing"
  if [ "$(id -u)" = 0 ]; then
    as_root=""
  elif command -v sudo >/dev/null 2>&1 && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
    as_root="sudo"
  else
    fail 5 "staplelab: packages are missing, and neither root nor sudo is at hand; as root run:" \
      "  apt-get install$missing"
  fi
  log=$(mktemp)
  if ! { $as_root apt-get update -q && \
         $as_root env DEBIAN_FRONTEND=noninteractive \
           apt-get install -y -q --no-install-recommends $missing; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    fail 5 "staplelab: apt could not install:$missing" \
      "  the packages are those of Debian 12; on another release names may differ"
  fi
  rm -f "$log"
}

build() { # PRESET, TESTS (ON or OFF), TARGET...
  preset=$1; tests=$2; shift 2
  cmake --preset "$preset" -DSTAPLELAB_TESTS="$tests" >build-configure.log 2>&1 ||
    { cat build-configure.log >&2; exit 3; }
  rm -f build-configure.log
  cmake --build --preset "$preset" --target "$@"
}

run_tests() { # PRESET
  ctest --preset "$1" --parallel "$(nproc)" --output-log "build/$1/ctest.log"
}

case "${1:-}" in
  demo)
    need $build_packages
    build release OFF staplelab
    build/release/cli/staplelab run
    ;;
  test)
    need $test_packages
    build release ON all
    run_tests release
    ;;
  check)
    need $check_packages
    sh tests/checks/check.sh "${2:-some}"
    ;;
  fuzz)
    need $check_packages
    sh tests/checks/fuzz.sh "${2:-60}"
    ;;
  matrix)
    need $build_packages
    build release OFF staplelab
    build/release/cli/staplelab fingerprint --installed --markdown >docs/servers.md.new
    mv docs/servers.md.new docs/servers.md
    ;;
  bench)
    shift
    need $bench_packages
    cmake --preset release -DSTAPLELAB_BENCH=ON >/dev/null
    build release OFF staplelab load pieces
    python3 bench/run.py "$@"
    ;;
  *)
    [ -z "${1:-}" ] || echo "./do: no such thing to do: $1" >&2
    sed -n '2,8s/^# //p' "$0"
    exit 1
    ;;
esac
