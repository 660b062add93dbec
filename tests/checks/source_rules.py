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
    "fingerprint": {"fingerprint", "scenarios", "responder", "stapler", "pki", "runtime"},
    "conform": {"conform", "pki", "runtime"},
    "console": {"console"},
    "cli": {"cli", "vectors", "conform", "console", "fingerprint", "scenarios", "responder",
            "stapler", "pki", "runtime"},
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
]


# g++ 12 destroys these twice when they are built inside a co_await expression.
BUILT_INSIDE = re.compile(r"\{|\?|\[[&=\w, ]*\]\s*\(")


def awaited(code):
    """Yields line number and text of each awaited expression, comments taken out."""
    code = re.sub(r"//[^\n]*", "", code)
    for start in re.finditer(r"\bco_await\b", code):
        depth = 0
        for end in range(start.end(), len(code)):
            letter = code[end]
            if depth == 0 and letter in ");,{?":
                break
            depth += (letter in "([{") - (letter in ")]}")
        yield code.count("\n", 0, start.start()) + 1, code[start.end():end]


def breaches(path):
    relative = path.relative_to(ROOT).as_posix()
    folder = relative.split("/")[0]
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    for number, expression in awaited(text):
        if BUILT_INSIDE.search(expression):
            yield number, "built inside co_await, g++ 12 destroys it twice: name it first"
    if folder == "tests":
        return
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
    for folder in [*FLOORS, "tests"]:
        for path in sorted((ROOT / folder).rglob("*.[ch]pp")):
            if "node_modules" in path.parts:
                continue
            for number, message in breaches(path):
                print(f"{path.relative_to(ROOT)}:{number}: {message}")
                found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
