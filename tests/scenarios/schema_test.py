"""Holds scenarios/schema.json against files, with a validator that is not ours.

Every file of the library must satisfy it. Every file in bad/ must break it, and every one in
bad_beyond_schema/ must not: those mistakes (a reference to nothing, a case left out) are for the
parser alone, and moving a file to the wrong folder would hide what an editor can tell.
"""

import json
import pathlib
import sys

from jsonschema import Draft202012Validator

here = pathlib.Path(__file__).parent
scenarios = here.parent.parent / "scenarios"
schema = json.loads((scenarios / "schema.json").read_text())
Draft202012Validator.check_schema(schema)
validator = Draft202012Validator(schema)


def mistakes(file: pathlib.Path) -> list[str]:
    """What the schema says against a file."""
    found = validator.iter_errors(json.loads(file.read_text()))
    return [f"/{'/'.join(map(str, e.path))}: {e.message}" for e in found]


def main() -> int:
    library = sorted((scenarios / "library").rglob("*.json"))
    bad = sorted((here / "bad").glob("*.json"))
    beyond = sorted((here / "bad_beyond_schema").glob("*.json"))
    assert len(library) >= 30 and bad and beyond, "files are missing"

    failures = []
    for file in library + beyond:
        failures += [f"{file}: refused: {m}" for m in mistakes(file)]
    for file in bad:
        if not mistakes(file):
            failures.append(f"{file}: accepted")
    for example in schema["examples"]:
        failures += [f"the schema's own example: {e.message}" for e in validator.iter_errors(example)]

    print("\n".join(failures))
    print(f"{len(library)} of the library, {len(bad)} bad, {len(beyond)} beyond; "
          f"{len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
