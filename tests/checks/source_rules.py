#!/usr/bin/env python3
"""Rules of the source tree that a compiler does not know: include directions, where time may be
read, words and constructs that are not ours. Prints file:line: rule for each breach; exit 1 if any."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
FLOORS = {
    "pki": {"pki"},
    "vectors": {"vectors", "pki"},
    "runtime": {"runtime"},
    "responder": {"responder", "pki", "runtime"},
    "stapler": {"stapler", "pki", "runtime"},
    "scenarios": {"scenarios", "responder", "stapler", "pki", "runtime"},
    "conform": {"conform", "pki", "runtime"},
    "console": {"console"},
    "cli": {"cli", "vectors", "conform", "console", "scenarios", "responder", "stapler", "pki",
            "runtime"},
}
# The last two speak of the calls by which other programs read it.
TIME_READERS = {"runtime/clock.cpp", "runtime/clock_answers.cpp", "runtime/clock_filter.cpp"}

HIDDEN_TIME = re.compile(
    r"(system|steady|high_resolution)_clock::now|\btime\s*\((NULL|nullptr|0)\)|gettimeofday|"
    r"clock_gettime|OCSP_check_validity|X509_gmtime_adj|X509_cmp_current_time|sleep_for|"
    r"sleep_until\s*\(\s*std::chrono|expires_after|\busleep\b|\bnanosleep\b")
RULES = [
    ("a detached coroutine: join it in a task_group", re.compile(r"\bdetached\b")),
    ("an umbrella include", re.compile(r"#include <boost/(asio|beast)\.hpp>")),
    ("catch-all", re.compile(r"catch \(\.\.\.\)")),
    ("unfinished work", re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")),
    ("g++ 12 double-frees an aggregate or lambda built inside co_await: name it first",
     re.compile(r"co_await [^;]*\(\{|co_await [^;]*[A-Za-z_]\{[^}]|co_await \[[^]]")),
]


def breaches(path):
    relative = path.relative_to(ROOT).as_posix()
    folder = relative.split("/")[0]
    lines = path.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        code = line.split("//")[0]
        include = re.match(r'\s*#include "([a-z_]+)/', line)
        if include and include.group(1) in FLOORS and include.group(1) not in FLOORS[folder]:
            yield number, f"{folder} must not include {include.group(1)}"
        if folder == "pki" and "#include <boost/asio" in line:
            yield number, "pki knows no Asio"
        if folder == "runtime" and "#include <openssl/" in line:
            yield number, "runtime knows no OpenSSL"
        if relative not in TIME_READERS and HIDDEN_TIME.search(code):
            yield number, "time is read or slept on outside runtime/clock"
        for message, pattern in RULES:
            if pattern.search(code):
                yield number, message
        if len(line) > 100:
            yield number, "longer than 100 columns"
    limit = 200 if path.suffix == ".hpp" else 400
    if len(lines) > limit:
        yield len(lines), f"longer than {limit} lines"


def main():
    found = 0
    for folder in FLOORS:
        for path in sorted((ROOT / folder).rglob("*.[ch]pp")):
            if "node_modules" in path.parts:
                continue
            for number, message in breaches(path):
                print(f"{path.relative_to(ROOT)}:{number}: {message}")
                found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
