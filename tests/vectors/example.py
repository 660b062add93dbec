#!/usr/bin/env python3
"""The example of docs/vectors.md does what the text says: example.py STAPLELAB VECTORS.MD"""

import importlib.util
import pathlib
import re
import subprocess
import sys
import tempfile

NOT_RUN = 77


def main():
    if importlib.util.find_spec("cryptography") is None:
        print("skipped: python3-cryptography is not installed")
        return NOT_RUN
    program, document = sys.argv[1], pathlib.Path(sys.argv[2])
    code = re.search(r"```python\n(.*?)```", document.read_text(encoding="utf-8"), re.S).group(1)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([program, "vectors", folder], check=True, stdout=subprocess.DEVNULL)
        ended = subprocess.run([sys.executable, "-W", "ignore", "-c", code], cwd=folder,
                               capture_output=True, text=True, check=False)
    print(ended.stdout, ended.stderr)
    assert ended.returncode == 0, "the example does not run"
    assert len(code.splitlines()) <= 25
    found = ended.stdout.splitlines()
    assert 10 < len(found) < 100, "it must differ where it does not look, and nowhere else"
    assert any(line.startswith("signer_stranger: must be unauthorized_signer, found good")
               for line in found)
    assert not any(line.startswith(("status_", "error_")) for line in found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
