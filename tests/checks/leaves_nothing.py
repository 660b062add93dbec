#!/usr/bin/env python3
"""Runs staplelab against a server that is not ours again and again, and ends every other run with
SIGKILL, each at a later moment of what the run before it took: no process, no listening port and no
temporary file may be left.

    leaves_nothing.py STAPLELAB [--runs 50] [--target nats-server] [--filter GLOB]

Whoever loses its parent becomes a child of this program, so that nothing can hide; as root it all
happens in a network of its own, so that every port is one of ours. Exit 1 when something is left.
"""

import argparse
import ctypes
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

PR_SET_CHILD_SUBREAPER = 36
CLONE_NEWNET = 0x40000000
GRACE = 10.0  # seconds for what is ending

libc = ctypes.CDLL(None, use_errno=True)


def own_network() -> bool:
    """Only the loopback device, and nobody else on it."""
    if libc.unshare(CLONE_NEWNET) != 0:
        return False
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    return True


def children() -> list[int]:
    own = pathlib.Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return [int(pid) for pid in own]


def reap() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0] != 0:
            pass
    except ChildProcessError:
        pass


def name_of(pid: int) -> str:
    try:
        words = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        return f"process {pid}: {b' '.join(words[:4]).decode(errors='replace')}"
    except OSError:
        return f"process {pid}"


def listening() -> list[str]:
    rows = pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]
    return [f"port {int(row.split()[1].split(':')[1], 16)}" for row in rows if row.split()[3] == "0A"]


def left(folder: pathlib.Path, ports: bool) -> list[str]:
    """After the grace that what is ending gets."""
    deadline = time.monotonic() + GRACE
    while True:
        reap()
        found = [name_of(pid) for pid in children()]
        found += [f"file {path}" for path in folder.iterdir()]
        found += listening() if ports else []
        if not found or time.monotonic() > deadline:
            return found
        time.sleep(0.05)


def run_once(command: list[str], environment: dict[str, str], kill_after: float | None) -> str:
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    try:
        process.wait(kill_after)
        return f"ended with {process.returncode}"
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
        return "killed"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("staplelab")
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--target", default="nats-server")
    parser.add_argument("--filter", default="revocation/a-week-and-a-half")
    wanted = parser.parse_args()
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    ports = own_network()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="staplelab-check-"))
    folder.chmod(0o755)
    command = [wanted.staplelab, "run", "--target", wanted.target, "--filter", wanted.filter,
               "--mode", "auto"]
    environment = dict(os.environ, TMPDIR=str(folder))
    outcomes: dict[str, int] = {}
    failures = []
    began = time.monotonic()
    whole = 0.0  # seconds that the last run that was not killed took
    for number in range(wanted.runs):
        part = (number // 2 + 1) / (wanted.runs // 2 + 1)
        run_began = time.monotonic()
        how = run_once(command, environment, whole * part if number % 2 else None)
        if number % 2 == 0:
            whole = time.monotonic() - run_began
        outcomes[how] = outcomes.get(how, 0) + 1
        found = left(folder, ports)
        failures += [f"run {number + 1} ({how}): {each}" for each in found]
        if found:
            break
    shutil.rmtree(folder, ignore_errors=True)
    told = ", ".join(f"{count} {how}" for how, count in sorted(outcomes.items()))
    seen = "processes, ports and files" if ports else "processes and files"
    print(f"{sum(outcomes.values())} runs in {time.monotonic() - began:.0f} s: {told}; "
          f"{len(failures)} {seen} left")
    print("\n".join(failures), end="\n" if failures else "")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
