"""Holds the schemas of scenarios and of targets against files, with a validator that is not ours.

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


def validator_of(file: pathlib.Path) -> Draft202012Validator:
    """A schema that is one."""
    schema = json.loads(file.read_text())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def mistakes(validator: Draft202012Validator, file: pathlib.Path) -> list[str]:
    """What the schema says against a file."""
    found = validator.iter_errors(json.loads(file.read_text()))
    return [f"/{'/'.join(map(str, e.path))}: {e.message}" for e in found]


def check(schema: pathlib.Path, good: list[pathlib.Path], bad: list[pathlib.Path]) -> list[str]:
    validator = validator_of(schema)
    assert good and bad, "files are missing"
    failures = []
    for file in good:
        failures += [f"{file}: refused: {m}" for m in mistakes(validator, file)]
    for file in bad:
        if not mistakes(validator, file):
            failures.append(f"{file}: accepted")
    for example in validator.schema.get("examples", []):
        failures += [f"the schema's own example: {e.message}" for e in validator.iter_errors(example)]
    print(f"{schema.name}: {len(good)} good, {len(bad)} bad; {len(failures)} failures")
    return failures


def main() -> int:
    library = sorted((scenarios / "library").rglob("*.json"))
    assert len(library) >= 30, "files are missing"
    beyond = sorted((here / "bad_beyond_schema").glob("*.json"))
    failures = check(scenarios / "schema.json", library + beyond, sorted((here / "bad").glob("*.json")))

    target_schema = scenarios / "targets" / "target.schema.json"
    targets = sorted(set((scenarios / "targets").glob("*.json")) - {target_schema})
    beyond = sorted((here / "bad_targets_beyond_schema").glob("*.json"))
    failures += check(target_schema, targets + beyond, sorted((here / "bad_targets").glob("*.json")))

    print("\n".join(failures))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
