#!/usr/bin/env python3
"""How fast the responder, the endpoint and the library are, beside other programs in the same run.

    bench/run.py [--build build/release] [--only SECTION,...] [--rounds 5] [--seconds 1]
                 [--certificates 1000000] [--out docs]

Sections: answers, live, connections, latency, handshakes, scale, library, pieces. What is measured
replaces what was measured before, in OUT/performance.json; the table in OUT/performance.md and the
picture OUT/images/performance.svg are drawn anew from all of it.

The server has one core and the load another. A figure is the median over rounds in which all
contenders take turns, counted for each second of processor time that the server used. A sample in
which neither the server nor its load had 0.8 of its core is refused: others had it.
"""

import argparse
import datetime
import json
import os
import pathlib
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import drawing
from contest import Contender, alternate, machine, ratio
from servers import (LOAD_CORE, Lab, Server, cfssl, free_port, get, missing, nginx, openssl_ocsp, pinned,
                     post, requests_file)
from scale import Scale, revocations


class Bench:
    def __init__(self, options, folder):
        self.options, self.folder = options, pathlib.Path(folder)
        self.program = options.build / "cli" / "staplelab"
        self.load = options.build / "bench" / "load"
        self.servers = []

    def keep(self, server):
        self.servers.append(server)
        return server

    def end_servers(self):
        for server in self.servers:
            server.end()
        self.servers.clear()

    def alternate(self, contenders):
        return alternate(contenders, self.load, self.options.rounds, self.options.seconds)

    def requests(self, name, *requests):
        return requests_file(self.folder / name, list(requests))

    @staticmethod
    def asking(file, *more):
        return lambda port: ["http", port, file, *more]

    # Pre-produced answers over connections that stay, and over one connection each.

    def files(self, lab, responder):
        """The same octets for nginx as a file: what the responder says."""
        request = lab.request()
        body = lab.response(responder.port, request)
        root = self.folder / "root"
        root.mkdir(exist_ok=True)
        (root / "answer").write_bytes(body)
        return request, body, nginx(self.folder, "nginx, static file",
                                    f"listen 127.0.0.1:PORT; location / {{ root {root}; }}")

    def answers(self):
        lab = Lab(self.folder / "rsa", self.program, key="rsa2048")
        ours = self.keep(lab.responder("--signer", "delegate", "--delegate-key", "rsa2048",
                                       "--produce-every", "12h"))
        request, body, static = self.files(lab, ours)
        self.keep(static)
        signer = self.keep(cfssl(lab, body))
        small = Lab(self.folder / "p256", self.program)
        one_each = self.keep(openssl_ocsp(small))
        keep = "connections=32"
        asked = {
            "get": self.requests("get", get(request)), "post": self.requests("post", post(request)),
            "file": self.requests("file", b"GET /answer HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"),
            "p256": self.requests("p256-post", post(small.request()))}
        results = self.alternate([
            Contender("staplelab, GET", ours, self.asking(asked["get"], keep)),
            Contender("staplelab, POST", ours, self.asking(asked["post"], keep)),
            Contender("staplelab, GET, 256 connections", ours,
                      self.asking(asked["get"], "connections=256")),
            Contender("nginx, static file", static, self.asking(asked["file"], keep)),
            Contender("cfssl ocspserve, POST", signer, self.asking(asked["post"], keep)),
            Contender("openssl ocsp, a connection each", one_each,
                      self.asking(asked["p256"], "connections=4", "reconnect=1")),
        ])
        get_name, post_name = "staplelab, GET", "staplelab, POST"
        bars = []
        for mine in (get_name, post_name):
            bars += [(f"{mine} : nginx", ratio(results, mine, "nginx, static file"), 1.5),
                     (f"{mine} : cfssl", ratio(results, mine, "cfssl ocspserve, POST"), 15),
                     (f"{mine} : openssl ocsp",
                      ratio(results, mine, "openssl ocsp, a connection each"), 15)]
        bars.append(("256 connections : 32",
                     ratio(results, "staplelab, GET, 256 connections", get_name), 0.9))
        return {"unit": "answers", "results": results, "bars": bars,
                "note": f"answers of {len(body)} octets"}

    def connections(self):
        lab = Lab(self.folder / "each", self.program)
        ours = self.keep(lab.responder())
        theirs = self.keep(openssl_ocsp(lab))
        close = b"Connection: close\r\n"
        mine = self.requests("each-post", post(lab.request(), close))
        slow = self.requests("each-slow", post(lab.request()))
        results = self.alternate([
            Contender("staplelab, a connection each", ours,
                      self.asking(mine, "connections=16", "reconnect=1")),
            Contender("openssl ocsp, a connection each", theirs,
                      self.asking(slow, "connections=4", "reconnect=1"))])
        return {"unit": "answers", "results": results,
                "bars": [("a connection each : openssl ocsp",
                          ratio(results, "staplelab, a connection each",
                                "openssl ocsp, a connection each"), 2.5)]}

    # Answers that are signed when they are asked for.

    def live(self):
        lab = Lab(self.folder / "live", self.program)
        ours = self.keep(lab.responder())
        asked = self.requests("nonce", *[post(lab.request(nonce=True)) for _ in range(16)])
        results = self.alternate([
            Contender("staplelab, nonce, P-256", ours, self.asking(asked, "connections=32"))])
        signatures = [self.openssl_speed() for _ in range(self.options.rounds)]
        results["openssl speed ecdsap256"] = {"per_cpu_s": statistics.median(signatures),
                                              "samples": len(signatures), "refused": []}
        print(f"  {'openssl speed ecdsap256':42} {statistics.median(signatures):12,.0f} /CPU-s")
        return {"unit": "answers or signatures", "results": results,
                "bars": [("live answers : signatures",
                          ratio(results, "staplelab, nonce, P-256", "openssl speed ecdsap256"),
                          0.85)]}

    @staticmethod
    def openssl_speed():
        """openssl itself counts signatures for each second of its own processor time."""
        said = subprocess.run(["openssl", "speed", "-seconds", "1", "ecdsap256"],
                              capture_output=True, text=True, check=True).stdout
        return float(re.search(r"256 bits ecdsa.*?s\s+[\d.]+s\s+([\d.]+)", said).group(1))

    # p99 against p50 at half of what the server can do.

    def latency(self):
        lab = Lab(self.folder / "latency", self.program)
        ours = self.keep(lab.responder("--produce-every", "12h"))
        asked = self.requests("latency-get", get(lab.request()))
        full = Contender("full load", ours, self.asking(asked, "connections=32"))
        top = self.alternate([full])["full load"]["per_s"] or 0
        rate = max(1000, int(top / 2))
        (self.folder / "latency-root").mkdir()
        (self.folder / "latency-root" / "answer").write_bytes(
            lab.response(ours.port, lab.request()))
        static = self.keep(nginx(self.folder, "nginx", "listen 127.0.0.1:PORT; location / "
                                 f"{{ root {self.folder}/latency-root; }}"))
        file = self.requests("latency-file", b"GET /answer HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        paced = ("connections=32", f"rate={rate}")
        results = self.alternate([
            Contender(f"staplelab, GET, {rate:,} a second", ours, self.asking(asked, *paced),
                      pace=rate),
            Contender("nginx, static file, at the same rate", static, self.asking(file, *paced),
                      pace=rate)])
        only = next(iter(results.values()))
        return {"unit": "answers", "results": results,
                "note": f"p50 {only['p50_us']:.0f} us, p99 {only['p99_us']:.0f} us",
                "bars": [("p99 : p50 at half load", only["p99_us"] / only["p50_us"], -3)]}

    # TLS 1.3, each with a staple of the same size.

    def handshakes(self):
        lab = Lab(self.folder / "tls", self.program)
        responder = self.keep(lab.responder("--signer", "delegate", cores=(1,)))
        staple = self.folder / "staple.der"
        staple.write_bytes(lab.response(responder.port, lab.request()))
        chain, key = lab.leaf, lab.leaf.with_suffix(".key")

        def endpoint(name, mode):
            config = self.folder / f"{mode}.conf"
            config.write_text(f"""
                ocsp {{ mode: {mode}, url: "http://127.0.0.1:{responder.port}" }}
                tls {{ cert_file: "{chain}", key_file: "{key}", ca_file: "{lab.ca}/ca.pem" }}""")
            return self.keep(Server(self.folder, name, [
                self.program, "stapler", "--config", config, "--listen", "127.0.0.1:0"], 0,
                announces=True))

        ours = endpoint("staplelab stapler", "auto")
        bare = endpoint("staplelab stapler without staple", "never")
        theirs = self.keep(nginx(self.folder, "nginx with staple", f"""
            listen 127.0.0.1:PORT ssl; ssl_certificate {chain}; ssl_certificate_key {key};
            ssl_session_tickets on; ssl_protocols TLSv1.3;
            ssl_stapling on; ssl_stapling_file {staple}; return 204;"""))
        port = free_port()
        s_server = self.keep(Server(self.folder, "openssl s_server", [
            "openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", chain, "-cert_chain",
            chain, "-key", key, "-status_file", staple, "-tls1_3", "-quiet"], port))

        def shaking(*more):
            return lambda port: ["tls", port, "www.example", "connections=16", *more]
        results = self.alternate([
            Contender("staplelab, with staple", ours, shaking()),
            Contender("staplelab, without staple", bare, shaking()),
            Contender("nginx, with staple", theirs, shaking()),
            Contender("openssl s_server, with staple", s_server,
                      lambda port: ["tls", port, "www.example", "connections=4"])])
        mine = "staplelab, with staple"
        return {"unit": "handshakes", "results": results,
                "bars": [("handshakes : nginx", ratio(results, mine, "nginx, with staple"), 1.0),
                         ("handshakes : s_server",
                          ratio(results, mine, "openssl s_server, with staple"), 1.3),
                         ("with staple : without",
                          ratio(results, mine, "staplelab, without staple"), 0.95)]}

    # A CA of a thousand certificates beside one of a million, everything produced ahead.

    def scale(self):
        labs, servers = {}, {}
        for count in (1000, self.options.certificates):
            labs[count] = Scale(Lab(self.folder / f"ca-{count}", self.program), count)
            servers[count] = self.keep(labs[count].start())
            print(f"  {count:,} certificates: issued in {labs[count].issued_in_s:.1f} s, listening "
                  f"after {servers[count].start_s:.2f} s, all answers after "
                  f"{labs[count].produced_in_s:.1f} s, {servers[count].resident_mb():,.0f} MB",
                  flush=True)
        small, large = servers
        results = self.alternate([
            Contender(f"staplelab, {count:,} certificates", servers[count],
                      self.asking(self.requests(f"asks-{count}", *labs[count].questions(20_000)),
                                  "connections=32"))
            for count in servers])
        seen = revocations(labs[large], servers[large].port, self.folder,
                           min(100_000, large // 10))
        gigabytes = servers[large].resident_mb() / 1024
        return {"unit": "answers", "results": results,
                "note": f"{large:,} certificates are issued in {labs[large].issued_in_s:.0f} s; "
                        f"listening after {servers[large].start_s:.1f} s, all answers produced "
                        f"after {labs[large].produced_in_s:.0f} s, on two cores; "
                        f"{seen['many']:,} revoked in one act of {seen['many_s']:.1f} s",
                "bars": [(f"{large:,} certificates : {small:,}",
                          ratio(results, *reversed(results)), 0.9),
                         ("GB with all answers", gigabytes, -2.5),
                         ("a revocation shows, ms", seen["singly_ms"], -50),
                         (f"{seen['many']:,} revocations in one act show, ms", seen["many_ms"],
                          -50)]}

    # The bundled scenarios on the virtual clock.

    def library(self):
        report = self.folder / "report.json"
        speeds = []
        for _ in range(min(3, self.options.rounds)):  # each is long enough
            begun = time.monotonic()
            subprocess.run([self.program, "run", "--report-json", report], check=False,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            took = time.monotonic() - begun
            speeds.append(json.loads(report.read_text())["simulated_ms"] / 1000 / took)
        speed = statistics.median(speeds)
        print(f"  the library: {speed:,.0f} simulated seconds a second")
        return {"unit": "simulated seconds", "results": {"the bundled scenarios": {
            "per_cpu_s": None, "per_s": speed, "samples": len(speeds), "refused": []}},
            "bars": [("simulated seconds a second", speed, 10_000_000)]}

    # With Google Benchmark, on one core.

    def pieces(self):
        said = subprocess.run([self.options.build / "bench" / "pieces", "--benchmark_format=json",
                               "--benchmark_min_time=0.2"], capture_output=True, text=True,
                              check=True, preexec_fn=pinned(LOAD_CORE)).stdout
        results = {}
        for each in json.loads(said)["benchmarks"]:
            results[each["name"].replace("_", " ")] = {
                "per_cpu_s": 1e9 / each["cpu_time"], "p50_us": each["cpu_time"] / 1000,
                "samples": 1, "refused": []}
            print(f"  {each['name'].replace('_', ' '):42} {each['cpu_time'] / 1000:10.2f} us")
        return {"unit": "calls", "results": results, "bars": []}


SECTIONS = ["answers", "connections", "live", "latency", "handshakes", "scale", "library",
            "pieces"]


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build/release"))
    parser.add_argument("--only", default=",".join(SECTIONS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--certificates", type=int, default=1_000_000)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("docs"))
    options = parser.parse_args()
    options.build = options.build.resolve()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the servers end as well
    lacking = missing("openssl", "nginx", "cfssl")
    if lacking:
        raise SystemExit(f"bench: not installed: {', '.join(lacking)}")
    kept = options.out / "performance.json"
    known = json.loads(kept.read_text()) if kept.exists() else {}
    for section in options.only.split(","):
        print(f"{section}:", flush=True)
        with tempfile.TemporaryDirectory(prefix="staplelab-bench-") as folder:
            os.chmod(folder, 0o755)  # nginx, started by root, reads it as somebody else
            bench = Bench(options, folder)
            try:
                measured = getattr(bench, section)()
            finally:
                bench.end_servers()
        measured["measured"] = datetime.date.today().isoformat()
        measured["machine"] = machine()
        known[section] = measured
        for text, figure, bar in measured["bars"]:
            print(f"    {text:42} {drawing.verdict(figure, bar)}", flush=True)
        options.out.mkdir(exist_ok=True)
        kept.write_text(json.dumps(known, indent=1) + "\n")
        drawing.write(options.out, known)


if __name__ == "__main__":
    main()
