#!/bin/sh
# Runs every fuzzer for SECONDS on its corpus and tells its speed. A finding is left in
# build/fuzz/findings and fails. FOLDER is a build that has the fuzzers already; without one they are
# built.
set -eu
seconds=$1
folder=${2:-build/fuzz}
if [ $# -lt 2 ]; then
  cmake --preset fuzz >/dev/null
  cmake --build --preset fuzz --target fuzzers
fi
mkdir -p build/fuzz/findings
for fuzzer in "$folder"/fuzz/fuzz_*; do
  [ -x "$fuzzer" ] && [ -f "$fuzzer" ] || continue
  name=${fuzzer##*/fuzz_}
  mkdir -p "build/fuzz/corpus/$name"
  log="build/fuzz/findings/$name.log"
  if ! "$fuzzer" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -verbosity=0 -artifact_prefix="build/fuzz/findings/$name-" \
    "build/fuzz/corpus/$name" "tests/fuzz/corpus/$name" >"$log" 2>&1; then
    tail -n 60 "$log" >&2
    echo "$name: a finding, see build/fuzz/findings" >&2
    exit 4
  fi
  sed -n "s/^stat::average_exec_per_sec: */$name: executions per second: /p" "$log"
done
