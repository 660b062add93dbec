#!/usr/bin/env python3
"""Makes the corpora of requests and responses anew, with `openssl ocsp` and keys that are thrown
away afterwards, and ocsp_parties.hpp, which tells the fuzzers who signed what:

    python3 tests/fuzz/make_ocsp_corpus.py
"""

import datetime
import hashlib
import pathlib
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
HEADER = """\
// Made by make_ocsp_corpus.py. The parties of the corpora, and what they signed: their keys are
// gone, so whatever else holds a signature of theirs was forged.
#pragma once

#include <array>
#include <string_view>

namespace staplelab::fuzz {{

// An hour after the responses were made.
inline constexpr std::string_view now = "{now}";

inline constexpr std::string_view issuer_pem = R"({issuer})";

inline constexpr std::string_view leaf_pem = R"({leaf})";

// SHA-256 of the ResponseData in every response of the corpus.
inline constexpr std::array<std::string_view, {count}> signed_data{{
{hashes}
}};

}}  // namespace staplelab::fuzz
"""


HEAD = """\
HTTP/1.1 200 OK\r
Date: Wed, 25 Nov 2026 18:00:00 GMT\r
Content-Type: application/ocsp-response\r
Content-Length: {length}\r
Last-Modified: Wed, 25 Nov 2026 18:00:00 GMT\r
Expires: Wed, 02 Dec 2026 18:00:00 GMT\r
ETag: "one"\r
Cache-Control: max-age=3600, public, no-transform, must-revalidate\r
\r
"""


def element(octets):
    """Tag, content, and what follows the first element."""
    length, start = octets[1], 2
    if length >= 0x80:
        start = 2 + (length & 0x7F)
        length = int.from_bytes(octets[2:start], "big")
    return octets[:start + length], octets[start:start + length], octets[start + length:]


def response_data(response):
    _, inside, _ = element(response)
    _, _, rest = element(inside)        # responseStatus
    _, held, _ = element(rest)          # [0]
    _, typed, _ = element(held)         # ResponseBytes
    _, _, rest = element(typed)         # responseType
    _, basic, _ = element(rest)         # OCTET STRING
    _, inside, _ = element(basic)       # BasicOCSPResponse
    data, _, _ = element(inside)
    return data


class lab:
    def __init__(self, folder):
        self.folder = folder
        self.make("ca", ["keyUsage=critical,keyCertSign", "basicConstraints=critical,CA:TRUE"], "")
        for name in ("leaf", "revoked", "other"):
            self.make(name, ["keyUsage=digitalSignature"], "ca")
        self.make("delegate", ["extendedKeyUsage=OCSPSigning", "noCheck=ignored"], "ca")
        end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=300)
        lines = [f"V\t{end:%y%m%d%H%M%SZ}\t\t{self.serial('leaf')}\tunknown\t/CN=leaf",
                 f"R\t{end:%y%m%d%H%M%SZ}\t250101000000Z,keyCompromise\t"
                 f"{self.serial('revoked')}\tunknown\t/CN=revoked"]
        (folder / "index.txt").write_text("\n".join(lines) + "\n")

    def path(self, name):
        return str(self.folder / name)

    def openssl(self, *arguments):
        return subprocess.run(["openssl", *arguments], check=True, capture_output=True).stdout

    def make(self, name, extensions, issuer):
        key, request, cert = (self.path(name + end) for end in (".key", ".csr", ".pem"))
        self.openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
        self.openssl("req", "-new", "-key", key, "-subj", f"/CN={name}", "-out", request)
        (self.folder / "extensions").write_text("\n".join(extensions) + "\n")
        signer = (["-CA", self.path("ca.pem"), "-CAkey", self.path("ca.key"), "-CAcreateserial"]
                  if issuer else ["-signkey", key])
        self.openssl("x509", "-req", "-in", request, *signer, "-days", "300",
                     "-extfile", self.path("extensions"), "-out", cert)

    def serial(self, name):
        shown = self.openssl("x509", "-in", self.path(name + ".pem"), "-noout", "-serial")
        return shown.decode().strip().split("=")[1]

    def request(self, name, *more):
        target = self.path(name)
        self.openssl("ocsp", "-issuer", self.path("ca.pem"), "-no_nonce", *more, "-reqout", target)
        return pathlib.Path(target).read_bytes()

    def response(self, name, request, signer, *more):
        target = self.path(name)
        self.openssl("ocsp", "-index", self.path("index.txt"), "-CA", self.path("ca.pem"),
                     "-rsigner", self.path(signer + ".pem"), "-rkey", self.path(signer + ".key"),
                     "-reqin", self.path(request), "-ndays", "7", *more, "-respout", target)
        return pathlib.Path(target).read_bytes()


def main():
    with tempfile.TemporaryDirectory() as name:
        made = lab(pathlib.Path(name))
        leaf, revoked, other = (made.path(n + ".pem") for n in ("leaf", "revoked", "other"))
        requests = {
            "sha1.der": ["-cert", leaf],
            "sha256.der": ["-sha256", "-cert", leaf],
            "two.der": ["-cert", leaf, "-cert", revoked],
            "revoked.der": ["-cert", revoked],
            "unknown.der": ["-cert", other],
            "nonce.der": ["-nonce", "-cert", leaf],
            "signed.der": ["-cert", leaf, "-signer", leaf, "-signkey", made.path("leaf.key")],
        }
        responses = {
            "good.der": ("sha1.der", "ca", "-resp_no_certs", "-resp_key_id"),
            "by_name.der": ("sha256.der", "ca", "-resp_no_certs"),
            "sha384.der": ("sha1.der", "ca", "-resp_no_certs", "-rmd", "sha384"),
            "delegate.der": ("sha1.der", "delegate", "-resp_key_id"),
            "two.der": ("two.der", "delegate"),
            "revoked.der": ("revoked.der", "ca", "-resp_no_certs"),
            "unknown.der": ("unknown.der", "ca", "-resp_no_certs"),
            "nonce.der": ("nonce.der", "ca", "-resp_no_certs"),
            "unfit_signer.der": ("sha1.der", "leaf"),
        }
        for name, options in requests.items():
            (HERE / "corpus/ocsp_request" / name).write_bytes(made.request(name, *options))
        hashes = []
        for name, (request, signer, *more) in responses.items():
            octets = made.response("r-" + name, request, signer, *more)
            for folder in ("ocsp_response", "conform_response"):
                (HERE / "corpus" / folder / name).write_bytes(octets)
            answered = HEAD.format(length=len(octets)).encode() + octets
            (HERE / "corpus/conform_judgement" / name.replace("der", "http")).write_bytes(answered)
            hashes.append(hashlib.sha256(response_data(octets)).hexdigest())
        now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
        header = HEADER.format(now=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
                               issuer=pathlib.Path(made.path("ca.pem")).read_text(),
                               leaf=pathlib.Path(leaf).read_text(), count=len(hashes),
                               hashes="\n".join(f'    "{each}",' for each in hashes))
        (HERE / "ocsp_parties.hpp").write_text(header)


if __name__ == "__main__":
    main()
