#!/usr/bin/env python3
"""Which of the numbered conformance checks, R1 to R78, C1 to C22 and T1 to T18, is tested by what:
a number counts as tested when a test bears it in its name.

    python3 tests/checks/conformance_numbers.py [--list] [BUILD_DIRECTORY]

Names come from the test programs below BUILD_DIRECTORY (default build/release; parametrised names
count) and from `def test_...` in tests/**/*.py. Numbers that no test can have stand with their
reason in docs/conformance.md. Prints what is missing, and exceptions that a test has overtaken;
exit 1 if there is any, 2 if the tests cannot be listed. --list prints every number with its tests.
"""

import argparse
import ast
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "conformance.md"
HEADING = "## What cannot be tested, and why"
LAST = {"R": 78, "C": 22, "T": 18}
ALL = [f"{letter}{number}" for letter, last in LAST.items() for number in range(1, last + 1)]

# In R7_echoes, FailsR20BesideSilence, test_r7_echo; but not in SHA1, RFC9919 or CRC32.
IN_CAMEL_CASE = re.compile(r"(?<![A-Z0-9])([RCT])([1-9][0-9]?)(?![0-9])")
IN_SNAKE_CASE = re.compile(r"(?<![A-Za-z0-9])([rctRCT])([1-9][0-9]?)(?![0-9A-Za-z])")


def numbers_in(name, pattern):
    found = {letter.upper() + number for letter, number in pattern.findall(name)}
    return found & set(ALL)


def names_of_program(program):
    """gtest prints a suite at the margin and its tests below it, each with `# parameters`."""
    listed = subprocess.run([program, "--gtest_list_tests"], capture_output=True, text=True,
                            timeout=60)
    if listed.returncode != 0:
        print(f"{program}: cannot list its tests: {listed.stderr.strip()}", file=sys.stderr)
        sys.exit(2)
    suite = ""
    for line in listed.stdout.splitlines():
        name = line.split("#")[0].rstrip()
        if line.startswith(" "):
            yield suite + name.strip()
        elif name.endswith("."):
            suite = name


def names_of_script(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            if node.name.lower().startswith("test") or node.name.endswith("Test"):
                yield f"{path.relative_to(ROOT).as_posix()}:{node.name}"


def tested(build):
    tests = {number: [] for number in ALL}
    programs = sorted(path for path in (build / "tests").glob("*/test_*")
                      if path.is_file() and path.stat().st_mode & 0o111 and "." not in path.name)
    if not programs:
        print(f"no test program below {build}/tests: build first", file=sys.stderr)
        sys.exit(2)
    for program in programs:
        for name in names_of_program(program):
            for number in numbers_in(name, IN_CAMEL_CASE):
                tests[number].append(name)
    for script in sorted((ROOT / "tests").rglob("*.py")):
        for name in names_of_script(script):
            for number in numbers_in(name.split(":")[1], IN_SNAKE_CASE):
                tests[number].append(name)
    return tests


def exceptions():
    """Lines `- R63: reason` below the heading; a reason may go on in indented lines."""
    text = DOCUMENT.read_text(encoding="utf-8")
    if HEADING not in text:
        return {}
    section = text.split(HEADING, 1)[1].split("\n## ", 1)[0]
    found = re.findall(r"^- ([RCT][1-9][0-9]?): +(\S.*)", section, re.M)
    return {number: reason for number, reason in found if number in ALL}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--list", action="store_true", help="every number with its tests")
    parser.add_argument("build", nargs="?", default="build/release", type=pathlib.Path)
    options = parser.parse_args()

    tests, excused = tested(options.build), exceptions()
    if options.list:
        for number in ALL:
            print(f"{number}: {', '.join(tests[number]) or excused.get(number, '-')}")
    missing = [number for number in ALL if not tests[number] and number not in excused]
    overtaken = [number for number in excused if tests[number]]
    for number in missing:
        print(f"{number}: in no test's name, and without a reason in {DOCUMENT.name}")
    for number in overtaken:
        print(f"{number}: excused in {DOCUMENT.name}, yet tested by {tests[number][0]}")
    by_name = sum(bool(tests[number]) for number in ALL)
    print(f"{len(ALL)} numbers: {by_name} tested, {len(excused)} excused, {len(missing)} missing")
    return 1 if missing or overtaken else 0


if __name__ == "__main__":
    sys.exit(main())
