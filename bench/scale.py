"""A CA with very many certificates beside a small one: figures of bench/run.py's section "scale"."""

import pathlib
import random
import socket
import sqlite3
import subprocess
import time

from servers import post

PRODUCED_AHEAD = ("--produce-every", "12h", "--produce-on-change")
ISSUED = "SELECT serial FROM certificates WHERE kind = 'issued' AND name LIKE 'load-%' ORDER BY id"


def der(tag, content):
    size = len(content)
    head = bytes([tag, size]) if size < 0x80 else bytes([tag, 0x81, size])
    return head + content


def elements(content):
    """Of DER with lengths below 128: (tag, content) one after the other."""
    while content:
        size = content[1]
        yield content[0], content[2:2 + size]
        content = content[2 + size:]


def first(content):
    return next(elements(content))[1]


class Asker:
    """Makes requests for any certificate of an authority, from one request for one of them."""

    def __init__(self, request):
        for _ in range(5):  # OCSPRequest, TBSRequest, requestList, Request, CertID
            request = first(request)
        fields = list(elements(request))
        self.issuer = b"".join(der(tag, content) for tag, content in fields[:3])

    def request(self, serial_hex):
        number = bytes.fromhex(serial_hex.zfill(len(serial_hex) + len(serial_hex) % 2))
        serial = der(0x02, (b"\0" if number[0] >= 0x80 else b"") + number)
        whole = self.issuer + serial
        for _ in range(5):
            whole = der(0x30, whole)
        return whole


class Scale:
    def __init__(self, lab, certificates):
        self.lab, self.certificates = lab, certificates
        begun = time.monotonic()
        lab.run("ca", "issue", lab.ca, "load", "--count", certificates)
        self.issued_in_s = time.monotonic() - begun
        with sqlite3.connect(f"file:{lab.ca}/ca.db?mode=ro", uri=True) as ca:
            self.serials = [row[0] for row in ca.execute(ISSUED)]
        self.asker = Asker(lab.request())

    def start(self):
        """With all answers produced ahead; counts the seconds until that is over."""
        server = self.lab.responder(*PRODUCED_AHEAD, threads=2, cores=(0, 1),
                                    name=f"staplelab-{self.certificates}")
        begun = time.monotonic()
        settle(server)
        self.produced_in_s = time.monotonic() - begun
        return server

    def questions(self, count):
        chosen = random.Random(1).sample(self.serials, min(count, len(self.serials)))
        return [post(self.asker.request(serial)) for serial in chosen]


def settle(server, quiet_s=1.0):
    """Waits until the server has used next to no processor time for a while."""
    while True:
        before = server.cpu_seconds()
        time.sleep(quiet_s)
        if server.cpu_seconds() - before < 0.03 * quiet_s:
            return


class Client:
    """One connection that asks one question at a time."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)

    def says_revoked(self, request):
        self.socket.sendall(request)
        got = b""
        while b"\r\n\r\n" not in got:
            got += self.receive()
        head, body = got.split(b"\r\n\r\n", 1)
        length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n")
                      if line.lower().startswith(b"content-length:"))
        while len(body) < length:
            body += self.receive()
        # revokedInfo is the certStatus that is constructed: [1], after the serial number (RFC 6960).
        serial = serial_in(request)
        return body[body.index(serial) + len(serial)] == 0xA1

    def receive(self):
        got = self.socket.recv(65536)
        if not got:
            raise ConnectionError("the responder closed the connection")
        return got


def serial_in(http_request):
    """The serial number at the end of a request's only CertID, with tag and length."""
    request = http_request.split(b"\r\n\r\n", 1)[1]
    for _ in range(5):
        request = first(request)
    tag, content = list(elements(request))[-1]
    return der(tag, content)


def seen_after(client, act, request):
    """Milliseconds from the end of an act to the first answer that says revoked; 0: not later."""
    assert not client.says_revoked(request)
    acting = subprocess.Popen([str(part) for part in act], stdout=subprocess.DEVNULL)
    ended = None
    while True:
        if ended is None and acting.poll() is not None:
            ended = time.monotonic()
        if client.says_revoked(request):
            break
    seen = time.monotonic()
    assert acting.wait() == 0
    return max(0.0, (seen - ended) * 1000) if ended else 0.0


def revocations(scale, port, folder, in_one_step):
    """Of single certificates, and of very many at once: how soon it shows."""
    client = Client(port)
    program, ca = scale.lab.program, scale.lab.ca
    singly = []
    for serial in scale.serials[:5]:
        singly.append(seen_after(client, (program, "ca", "revoke", ca, serial),
                                 post(scale.asker.request(serial))))
    many = scale.serials[5:5 + in_one_step]
    listed = pathlib.Path(folder) / "many"
    listed.write_text("\n".join(many) + "\n")
    begun = time.monotonic()
    act = (program, "ca", "revoke", ca, "--list", listed, "--reason", "keyCompromise")
    last = seen_after(client, act, post(scale.asker.request(many[-1])))
    took = time.monotonic() - begun
    for serial in many[::max(1, len(many) // 200)]:
        if not client.says_revoked(post(scale.asker.request(serial))):
            raise SystemExit(f"{serial} is not revoked after all were")
    return {"singly_ms": max(singly), "many": len(many), "many_ms": last, "many_s": took}
