#!/usr/bin/env python3
"""Examines three responders with `staplelab conform`, ours, `openssl ocsp` and `cfssl ocspserve`,
and rewrites the tables of docs/conformance.md between their markers.

    python3 tests/conform/compare_responders.py build/release/cli/staplelab

Needs openssl and cfssl (package golang-cfssl). Everything listens on 127.0.0.1 and is ended here.
"""

import contextlib
import datetime
import json
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree

DOCUMENT = pathlib.Path(__file__).resolve().parents[2] / "docs" / "conformance.md"
PROFILES = ("rfc6960", "rfc9919", "webpki")
NOT_IN_PROFILE = "this profile's documents have no such rule"
UNSEEN = {
    16: "its source of statuses would have to fail, or its signer",
    29: "it would have to be started with an unfit delegate",
    34: "a certificate would have to be put on hold and released",
    39: "a CA's key would have to be compromised",
    50: "when a status was known is told by nobody but the responder; R41 checks the order",
    62: "a variant that was signed before looks like one signed now; R61 checks the choice",
    63: "extras of single products, which no document asks for",
    72: "it takes until max-age is over; R71 checks that max-age ends before nextUpdate",
}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(command, ready):
    program = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        if isinstance(ready, str):
            for line in program.stdout:
                if ready in line:
                    break
        else:
            deadline = time.monotonic() + 10
            while time.monotonic() < deadline:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", ready)):
                    break
                time.sleep(0.05)
        yield
    finally:
        program.kill()
        program.wait()


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


def make_pki(folder):
    """An issuer, a delegate, and two certificates, one of them revoked, for the others' programs."""
    def path(name):
        return str(folder / name)

    def key(name):
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", path(name + ".key"))

    key("ca")
    openssl("req", "-x509", "-new", "-key", path("ca.key"), "-subj", "/CN=A CA", "-days", "30",
            "-addext", "keyUsage=critical,keyCertSign,cRLSign", "-out", path("ca.pem"))
    (folder / "delegate.ext").write_text(
        "extendedKeyUsage=OCSPSigning\nkeyUsage=critical,digitalSignature\nnoCheck=ignored\n")
    (folder / "leaf.ext").write_text("keyUsage=digitalSignature\n")
    for name in ("leaf", "revoked", "delegate"):
        key(name)
        openssl("req", "-new", "-key", path(name + ".key"), "-subj", "/CN=" + name,
                "-out", path(name + ".csr"))
        extensions = "delegate.ext" if name == "delegate" else "leaf.ext"
        openssl("x509", "-req", "-in", path(name + ".csr"), "-CA", path("ca.pem"), "-CAkey",
                path("ca.key"), "-CAcreateserial", "-days", "20", "-extfile", path(extensions),
                "-out", path(name + ".pem"))

    def serial(name):
        shown = subprocess.run(["openssl", "x509", "-in", path(name + ".pem"), "-noout", "-serial"],
                               check=True, capture_output=True, text=True).stdout
        return shown.strip().split("=")[1]

    end = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=20))
    end = end.strftime("%y%m%d%H%M%SZ")
    revoked_at = "250101000000Z,keyCompromise"
    (folder / "index.txt").write_text(
        f"V\t{end}\t\t{serial('leaf')}\tunknown\t/CN=leaf\n"
        f"R\t{end}\t{revoked_at}\t{serial('revoked')}\tunknown\t/CN=revoked\n")


def conform(program, port, folder, profile, *more):
    command = [program, "conform", f"http://127.0.0.1:{port}/", "--issuer", str(folder / "ca.pem"),
               "--cert", str(folder / "leaf.pem"), "--revoked", str(folder / "revoked.pem"),
               "--profile", profile, "--json", "--report-junit", str(folder / "report.xml"), *more]
    done = subprocess.run(command, capture_output=True, text=True, timeout=70)
    if done.returncode not in (0, 4):
        sys.exit(f"{' '.join(command)}: {done.stderr}")
    report = json.loads(done.stdout)
    report["by_id"] = {check["id"]: check for check in report["checks"]}
    for case in xml.etree.ElementTree.parse(folder / "report.xml").iter("testcase"):
        name, title = case.get("name").split(" ", 1)
        report["by_id"][name]["title"] = title
    return report


def examine_ours(program, folder, profile):
    ca = folder / f"ours-{profile}"
    subprocess.run([program, "ca", "init", ca], check=True, capture_output=True)
    for name in ("leaf", "revoked"):
        subprocess.run([program, "ca", "issue", ca, name], check=True, capture_output=True)
    subprocess.run([program, "ca", "revoke", ca, "revoked", "--reason", "keyCompromise"],
                   check=True, capture_output=True)
    port = free_port()
    with running([program, "responder", "--ca", str(ca), "--listen", f"127.0.0.1:{port}",
                  "--signer", "delegate", "--validity", "4d", "--profile", profile],
                 "listening on"):
        return conform(program, port, ca, profile)


def examine_openssl(program, folder, profile):
    """As it is started usually; then once more, so that what R20 makes impossible is seen as well."""
    def serve(port, *more):
        return running(["openssl", "ocsp", "-port", str(port), "-index", str(folder / "index.txt"),
                        "-CA", str(folder / "ca.pem"), "-rsigner", str(folder / "delegate.pem"),
                        "-rkey", str(folder / "delegate.key"), "-ndays", "4", *more],
                       "waiting for OCSP client connections")

    port = free_port()
    with serve(port):
        usual = conform(program, port, folder, profile)
    port = free_port()
    with serve(port, "-ignore_err"):
        rest = conform(program, port, folder, profile, "--skip", "R20,R48")
    for name in ("R20", "R48"):
        rest["by_id"][name] = usual["by_id"][name]
    return rest


def examine_cfssl(program, folder, profile):
    responses = ""
    for name, status in (("leaf", "good"), ("revoked", "revoked")):
        made = subprocess.run(
            ["cfssl", "ocspsign", "-loglevel", "5", "-ca", folder / "ca.pem", "-responder",
             folder / "delegate.pem", "-responder-key", folder / "delegate.key", "-cert",
             folder / f"{name}.pem", "-status", status, "-reason", "1"],
            check=True, capture_output=True, text=True).stdout
        responses += json.loads(made)["ocspResponse"] + "\n"
    (folder / "responses").write_text(responses)
    port = free_port()
    with running(["cfssl", "ocspserve", "-loglevel", "5", "-port", str(port), "-responses",
                  str(folder / "responses")], port):
        return conform(program, port, folder, profile)


def cell(check):
    if check["verdict"] == "fail":
        return "**fails**" if check["level"] == "must" else "should"
    return {"pass": "ok", "acceptable": "acceptable", "skip": "–"}[check["verdict"]]


def level(check):
    return "–" if check["why"] == NOT_IN_PROFILE else check["level"]


def table_of_checks(ours):
    lines = ["| | what | rfc6960 | rfc9919 | webpki | clause |", "|---|---|---|---|---|---|"]
    for number in range(1, 79):
        name = f"R{number}"
        if number in UNSEEN:
            lines.append(f"| {name} | *not seen from outside: {UNSEEN[number]}* | | | | |")
            continue
        found = [ours[profile]["by_id"][name] for profile in PROFILES]
        levels = " | ".join(level(check) for check in found)
        lines.append(f"| {name} | {found[0]['title']} | {levels} | {found[0]['clause']} |")
    return "\n".join(lines)


def table_of_three(profile, reports):
    lines = ["| | what | staplelab responder | openssl ocsp | cfssl ocspserve |",
             "|---|---|---|---|---|"]
    for check in reports[0]["checks"]:
        cells = " | ".join(cell(report["by_id"][check["id"]]) for report in reports)
        if check["why"] != NOT_IN_PROFILE:
            lines.append(f"| {check['id']} | {check['title']} | {cells} |")
    lines.append("")
    for name, report in zip(("openssl ocsp", "cfssl ocspserve"), reports[1:]):
        lines.append(f"What fails with `{name}`, in the words of `conform` (profile {profile}):\n")
        for check in report["by_id"].values():
            if check["verdict"] == "fail":
                lines.append(f"- {check['id']} ({check['level']}): {check['why']}")
        lines.append("")
    return "\n".join(lines)


def put(text, marker, content):
    begin, end = f"<!-- {marker} -->", f"<!-- end of {marker} -->"
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.S)
    return pattern.sub(lambda _: f"{begin}\n{content}\n{end}", text)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    program = sys.argv[1]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        make_pki(folder)
        ours = {profile: examine_ours(program, folder, profile) for profile in PROFILES}
        profile = "rfc9919"
        three = [ours[profile], examine_openssl(program, folder, profile),
                 examine_cfssl(program, folder, profile)]
    text = DOCUMENT.read_text(encoding="utf-8")
    text = put(text, "checks", table_of_checks(ours))
    text = put(text, "three responders", table_of_three(profile, three))
    DOCUMENT.write_text(text, encoding="utf-8")
    for profile, report in ours.items():
        print(profile, report["totals"], f"{report['duration_ms']} ms")
        for check in report["checks"]:
            if check["verdict"] == "fail":
                print(" ", check["id"], check["level"], check["why"])


if __name__ == "__main__":
    main()
