#!/usr/bin/env python3
"""Does a fetch that hangs delay handshakes? Measures it; judges nothing.

    bench/handshake_latency.py [--build build/release] [--rounds 7] [--handshakes 500]

Starts a CA, `staplelab responder` and `staplelab stapler` (profile resilient, a must-staple
certificate), and opens 500 connections at once, in turn while the responder answers and while it
is stopped in the middle of a fetch: it accepts the connection, and says nothing. A round counts as
hung only if the fetch was under way from before its first handshake until after its last. Prints
the medians over the rounds. A round takes about 10 seconds.
"""

import argparse
import json
import pathlib
import signal
import statistics
import subprocess
import tempfile
import time

VALIDITY_S = 16  # so that a fetch is due every 8 seconds
MOST_ATTEMPTS = 4  # to get one round in while a fetch hangs


class Server:
    """A program of ours with its log in a file, ended by its process id."""

    def __init__(self, folder, name, command):
        self.log = folder / f"{name}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        said = self.process.stdout.readline()
        if not said.startswith("listening on "):
            raise SystemExit(f"{name} did not start:\n{self.log.read_text()}")
        self.address = said.split()[-1]

    def send(self, which):
        self.process.send_signal(which)

    def end(self):
        self.send(signal.SIGCONT)
        self.process.terminate()
        self.process.wait()


class Endpoint(Server):
    def fetches(self):
        """Started, and ended."""
        text = self.log.read_text(errors="replace")
        return text.count(": fetching from "), sum(
            " by " in line and ": fetching from " not in line and "http://" in line
            for line in text.splitlines())

    def fetching(self):
        started, ended = self.fetches()
        return started > ended

    def wait(self, wanted, patience_s=60):
        deadline = time.monotonic() + patience_s
        while self.fetching() != wanted:
            if time.monotonic() > deadline:
                raise SystemExit(f"no fetch {'began' if wanted else 'ended'}:\n" +
                                 self.log.read_text()[-2000:])
            time.sleep(0.02)


def start(folder, build):
    program = build / "cli" / "staplelab"
    ca = folder / "ca"

    def staplelab(*arguments):
        subprocess.run([program, *arguments], check=True, stdout=subprocess.DEVNULL)

    staplelab("ca", "init", ca)
    responder = Server(folder, "responder", [
        program, "responder", "--ca", ca, "--listen", "127.0.0.1:0", "--validity",
        f"{VALIDITY_S}s"])
    staplelab("ca", "issue", ca, "www.example", "--must-staple", "--ocsp-url",
              f"http://{responder.address}")
    config = folder / "stapler.conf"
    config.write_text(f"""
        ocsp {{ mode: auto }}
        tls {{ cert_file: "{ca}/www.example.pem", key_file: "{ca}/www.example.key",
               ca_file: "{ca}/ca.pem" }}""")
    endpoint = Endpoint(folder, "stapler", [
        program, "stapler", "--config", config, "--listen", "127.0.0.1:0"])
    return responder, endpoint


def measure(rounds, count, build, responder, endpoint):
    port = endpoint.address.rsplit(":", 1)[1]

    def shake():
        return json.loads(subprocess.check_output(
            [build / "bench" / "handshakes", port, "www.example", str(count)]))

    shake()  # warms both up
    found = {"healthy": [], "hung": []}
    while len(found["hung"]) < rounds:
        if len(found["healthy"]) == rounds * MOST_ATTEMPTS:
            raise SystemExit("a round of handshakes takes longer than an attempt to fetch (3 s): "
                             "the machine is too busy to measure; try nice -n -19")
        found["healthy"].append(shake())
        responder.send(signal.SIGSTOP)
        endpoint.wait(True)
        before = endpoint.fetches()
        during = shake()
        if endpoint.fetching() and endpoint.fetches() == before:
            found["hung"].append(during)
        responder.send(signal.SIGCONT)
        endpoint.wait(False)
        time.sleep(1)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build/release"))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--handshakes", type=int, default=500)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="staplelab-") as name:
        responder, endpoint = start(pathlib.Path(name), options.build.resolve())
        try:
            found = measure(options.rounds, options.handshakes, options.build.resolve(), responder,
                            endpoint)
        finally:
            endpoint.end()
            responder.end()
    medians = {}
    for state, rounds in found.items():
        medians[state] = {key: statistics.median(each[key] for each in rounds) for key in rounds[0]}
        print(f"{state:8} {len(rounds)} rounds of {options.handshakes} at once:"
              f"  p50 {medians[state]['p50_ms']:7.1f} ms  p99 {medians[state]['p99_ms']:7.1f} ms"
              f"  stapled {medians[state]['stapled']:.0f}  failed {medians[state]['failed']:.0f}")
    for key in ("p50_ms", "p99_ms"):
        print(f"hung / healthy, {key[:3]}: "
              f"{medians['hung'][key] / medians['healthy'][key]:.2f}")


if __name__ == "__main__":
    main()
