"""The servers that bench/run.py compares, each on a loopback port of its own and on one core."""

import base64
import contextlib
import os
import pathlib
import shutil
import signal
import socket
import struct
import subprocess
import time

SERVER_CORE, LOAD_CORE = 0, 1
TICK = os.sysconf("SC_CLK_TCK")


def pinned(core):
    def pin():
        if (os.cpu_count() or 1) > 1:
            os.sched_setaffinity(0, {core})
    return pin


def free_port():
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listens(port):
    """Asks the kernel, not the server: openssl ocsp never recovers from a silent connection."""
    listening = "0A"
    for table in ("tcp", "tcp6"):
        for line in pathlib.Path("/proc/net", table).read_text(encoding="ascii").splitlines()[1:]:
            fields = line.split()
            if fields[3] == listening and int(fields[1].rsplit(":", 1)[1], 16) == port:
                return True
    return False


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK  # utime, stime: of all its threads


def resident_mb(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    return 0.0


class Server:
    """A program that was started here, and its children; ended by process id."""

    def __init__(self, folder, name, command, port, cores=(SERVER_CORE,), announces=False):
        self.name, self.port = name, port
        self.log = pathlib.Path(folder) / f"{name.replace(' ', '-').replace('/', '-')}.log"
        begun = time.monotonic()
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [str(part) for part in command], stdout=subprocess.PIPE if announces else log,
                stderr=log, stdin=subprocess.DEVNULL,
                preexec_fn=lambda: os.sched_setaffinity(0, set(cores)))
        if announces:
            said = self.process.stdout.readline().decode()
            if not said.startswith("listening on "):
                raise SystemExit(f"{name} did not start:\n{self.log.read_text()}")
            self.port = int(said.rsplit(":", 1)[1])
        else:
            self.wait_for_port()
        self.start_s = time.monotonic() - begun

    def wait_for_port(self):
        for _ in range(200):
            if listens(self.port):
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise SystemExit(f"{self.name} did not start:\n{self.log.read_text(errors='replace')}")

    def pids(self):
        found, waiting = [], [self.process.pid]
        while waiting:
            pid = waiting.pop()
            found.append(pid)
            with contextlib.suppress(OSError):
                children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text()
                waiting += [int(child) for child in children.split()]
        return found

    def cpu_seconds(self):
        return sum(cpu_seconds(pid) for pid in self.pids())

    def resident_mb(self):
        return sum(resident_mb(pid) for pid in self.pids())

    def end(self):
        pids = self.pids()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for pid in pids[1:]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def missing(*programs):
    return [program for program in programs if shutil.which(program, path=PATH) is None]


PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


def found(program):
    return shutil.which(program, path=PATH)


def requests_file(path, requests):
    path.write_bytes(b"".join(struct.pack(">I", len(each)) + each for each in requests))
    return path


def get(der, more=b""):
    return b"GET /" + base64.b64encode(der) + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n" + more + b"\r\n"


def post(der, more=b""):
    return (b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/ocsp-request\r\n"
            + more + b"Content-Length: %d\r\n\r\n" % len(der) + der)


class Lab:
    """A CA with certificates, and everything the servers need of it as files."""

    def __init__(self, folder, program, names=("www.example",), key="p256"):
        self.folder, self.program = pathlib.Path(folder), program
        self.folder.mkdir(parents=True, exist_ok=True)
        self.ca = self.folder / "ca"
        self.run("ca", "init", self.ca, "--key", key)
        for name in names:
            self.run("ca", "issue", self.ca, name, "--must-staple", "--ocsp-url",
                     "http://127.0.0.1:1/")
        self.leaf = self.ca / f"{names[0]}.pem"
        chain = self.leaf.read_text().split("-----BEGIN CERTIFICATE-----")
        self.issuer = self.folder / "issuer.pem"
        self.issuer.write_text("-----BEGIN CERTIFICATE-----" + chain[2])

    def run(self, *arguments):
        subprocess.run([self.program, *map(str, arguments)], check=True,
                       stdout=subprocess.DEVNULL)

    def request(self, nonce=False, leaf=None):
        file = self.folder / "request.der"
        subprocess.run(["openssl", "ocsp", "-issuer", self.issuer, "-cert", leaf or self.leaf,
                        "-reqout", file, "-nonce" if nonce else "-no_nonce"],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return file.read_bytes()

    def response(self, port, request):
        from urllib.request import Request, urlopen
        asked = Request(f"http://127.0.0.1:{port}/", request,
                        {"Content-Type": "application/ocsp-request"})
        with urlopen(asked, timeout=10) as answer:
            return answer.read()

    def responder(self, *options, threads=1, cores=(SERVER_CORE,), name="staplelab"):
        return Server(self.folder, name,
                      [self.program, "responder", "--ca", self.ca, "--listen", "127.0.0.1:0",
                       "--threads", threads, *options], 0, cores, announces=True)


def nginx(folder, name, body):
    """`body` is what stands in its server block; PORT in it is replaced."""
    folder = pathlib.Path(folder) / name.replace(" ", "-")
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    config = folder / "nginx.conf"
    config.write_text(f"""
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 2048; }}
http {{
  access_log off;
  sendfile off;
  tcp_nopush off;
  keepalive_requests 1000000000;
  open_file_cache max=1000;
  open_file_cache_valid 1h;
  default_type application/ocsp-response;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ {body.replace('PORT', str(port))} }}
}}
""")
    return Server(folder, name, [found("nginx"), "-e", folder / "error.log", "-c", config,
                                 "-p", folder], port)


def openssl_ocsp(lab):
    """One process, one connection at a time: an index of one certificate that is good."""
    port = free_port()
    text = subprocess.run(["openssl", "x509", "-in", lab.leaf, "-noout", "-serial"], check=True,
                          capture_output=True, text=True).stdout
    index = lab.folder / "index.txt"
    index.write_text(f"V\t351231235959Z\t\t{text.strip().split('=')[1]}\tunknown\t/CN=x\n")
    key = lab.folder / "signer.key"
    cert = lab.folder / "signer.pem"
    lab.run("ca", "issue", lab.ca, "openssl-signer", "--role", "ocsp-signer")
    key.write_bytes((lab.ca / "openssl-signer.key").read_bytes())
    cert.write_bytes((lab.ca / "openssl-signer.pem").read_bytes())
    return Server(lab.folder, "openssl ocsp",
                  ["openssl", "ocsp", "-port", port, "-index", index, "-CA", lab.issuer,
                   "-rsigner", cert, "-rkey", key, "-ndays", "7"], port)


def cfssl(lab, response):
    port = free_port()
    file = lab.folder / "cfssl.responses"
    file.write_text(base64.b64encode(response).decode() + "\n")
    return Server(lab.folder, "cfssl ocspserve",
                  [found("cfssl"), "ocspserve", "-port", port, "-responses", file,
                   "-loglevel", "5"], port)
