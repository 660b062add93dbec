#!/usr/bin/env python3
"""Lets verifiers that are not ours look at every vector: oracles.py STAPLELAB

The index must follow its schema (python3-jsonschema), and every response must be to the openssl
program and to python3-cryptography what the index says, but for the differences listed below, each
with its reason. A difference that is listed and not seen is an error as well."""

import datetime
import hashlib
import importlib.util
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import warnings

NOT_RUN = 77
SOUND = {"good", "revoked", "unknown"}
# What openssl ocsp cannot be asked: it compares times with the real clock alone, and a nonce only
# with a request of its own.
NOT_ASKED_OF_OPENSSL = {"not_yet_valid", "expired"}

OPENSSL_DIFFERS = {}
CRYPTOGRAPHY_DIFFERS = {}


def known(table, names, reason):
    for name in names:
        table[name] = reason


known(OPENSSL_DIFFERS, ["form_trailing_octets", "form_twice", "form_octets_behind_basic"],
      "it stops reading where the structure ends")
known(OPENSSL_DIFFERS, ["form_indefinite_length", "form_padded_length", "form_loose_boolean"],
      "it takes BER for DER")
known(OPENSSL_DIFFERS, ["form_version_2"], "it does not look at the version")
known(OPENSSL_DIFFERS, ["form_times_without_seconds", "form_times_with_offset",
                        "form_times_without_zone", "form_times_of_no_day"],
      "it prints the status beside a warning about the times")
known(OPENSSL_DIFFERS, ["delegate_fit_beside_its_namesake"],
      "of several certificates of one name it tries the first only")
known(OPENSSL_DIFFERS, ["delegate_last_second"],
      "to it a certificate has expired in its last second (RFC 5280 4.1.2.5: inclusive)")
known(OPENSSL_DIFFERS, ["delegate_key_may_not_sign"],
      "it does not look at a responder's keyUsage")
known(OPENSSL_DIFFERS, ["delegate_by_sha1", "signature_p256_sha1", "signature_rsa_sha1",
                        "signature_rsa_md5", "signature_rsa_1024"],
      "at its default security level no algorithm is too weak for a response")
known(OPENSSL_DIFFERS, ["extension_unknown_critical", "extension_unknown_critical_in_single",
                        "extension_unknown_critical_second"],
      "it passes over critical extensions")
known(OPENSSL_DIFFERS, ["nonce_another", "nonce_cut_short", "nonce_missing_strict"],
      "it compares a nonce only with a request of its own")

known(CRYPTOGRAPHY_DIFFERS, ["form_version_2"], "it does not look at the version")


class Openssl:
    """openssl ocsp -respin: `refused` or the status it prints."""

    def __init__(self, folder):
        self.folder = folder

    def pem(self, file):
        target = self.folder / (file.replace("/", "_") + ".pem")
        if not target.exists():
            subprocess.run(["openssl", "x509", "-inform", "der", "-in", self.folder / file,
                            "-out", target], check=True)
        return str(target)

    def judge(self, case):
        """With the digest by which it finds a status, if there is one."""
        said = ""
        for digest in ("-sha1", "-sha256", "-sha384", "-sha512"):
            said = self.judge_by(digest, case)
            if said != "wrong_cert":
                break
        return said

    def judge_by(self, digest, case):
        when = datetime.datetime.fromisoformat(case["time"].replace("Z", "+00:00"))
        issuer = self.pem(case["issuer"])
        command = ["openssl", "ocsp", "-respin", str(self.folder / case["response"]),
                   digest, "-issuer", issuer, "-CAfile", issuer, "-cert",
                   self.pem(case["certificate"]),
                   "-attime", str(int(when.timestamp())), "-no_nonce", "-partial_chain"]
        for file in case.get("trusted_signers", []):
            command += ["-VAfile", self.pem(file)]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        said = ended.stdout + ended.stderr
        if "Responder Error" in said:
            return "error_status"
        if "Error reading" in said or "unable to load response" in said.lower():
            return "malformed"
        if "Response verify OK" not in said:
            return "refused"
        if "No Status found" in said:
            return "wrong_cert"
        # Behind a warning about times, it stands on a line of its own.
        status = re.search(r"(?:^|: )(good|revoked|unknown)$", said, re.M)
        return status.group(1) if status else "malformed"

    @staticmethod
    def expected(case):
        allowed = {case["verdict"], *case.get("acceptable", [])}
        out = set()
        for verdict in allowed:
            if verdict in NOT_ASKED_OF_OPENSSL:
                out |= SOUND
            elif verdict in SOUND | {"error_status", "malformed", "wrong_cert"}:
                out |= {verdict}
            else:
                out |= {"refused"}
        # A response that is malformed or of another certificate may have been refused before.
        if allowed & {"malformed", "wrong_cert"}:
            out |= {"refused", "malformed"}
        return out


class Cryptography:
    """load_der_ocsp_response: form, status, serial number and times."""

    def __init__(self, folder):
        from cryptography import exceptions, x509
        from cryptography.x509 import ocsp
        self.folder, self.x509, self.ocsp = folder, x509, ocsp
        self.unsupported = exceptions.UnsupportedAlgorithm

    def judge(self, case):
        ocsp = self.ocsp
        try:
            answer = ocsp.load_der_ocsp_response((self.folder / case["response"]).read_bytes())
            if answer.response_status != ocsp.OCSPResponseStatus.SUCCESSFUL:
                return "error_status"
            leaf = self.x509.load_der_x509_certificate(
                (self.folder / case["certificate"]).read_bytes())
            mine = [one for one in answer.responses
                    if one.serial_number == leaf.serial_number and self.names(case, one)]
            if not mine:
                return "wrong_cert"
            return self.by_times(case, mine[-1], answer.produced_at)
        except (ValueError, self.unsupported):
            return "malformed"

    def names(self, case, single):
        issuer = self.x509.load_der_x509_certificate((self.folder / case["issuer"]).read_bytes())
        key = self.x509.SubjectKeyIdentifier.from_public_key(issuer.public_key())
        digest = single.hash_algorithm.name
        if hashlib.new(digest, issuer.subject.public_bytes()).digest() != single.issuer_name_hash:
            return False
        if digest == "sha1":
            return key.digest == single.issuer_key_hash
        return single.issuer_key_hash == hashlib.new(digest, self.key_octets(issuer)).digest()

    @staticmethod
    def key_octets(issuer):
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
        return issuer.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @staticmethod
    def by_times(case, single, produced):
        now = datetime.datetime.fromisoformat(case["time"][:-1])
        skew = datetime.timedelta(seconds=case["skew_s"])
        begin, end = single.this_update, single.next_update
        if begin - now > skew or produced - now > skew:
            return "not_yet_valid"
        if end is None:
            oldest = datetime.timedelta(seconds=case.get("max_age_s", 10 ** 9))
            if case["profile"] != "rfc6960" or now - begin - skew > oldest:
                return "expired"
        elif end < begin or now - end > skew:
            return "expired"
        return single.certificate_status.name.lower()

    @staticmethod
    def expected(case):
        allowed = {case["verdict"], *case.get("acceptable", [])}
        # It does not look at signers, signatures, extensions and nonces.
        if allowed & {"unauthorized_signer", "bad_signature", "critical_extension"} or \
                "nonce" in case:
            allowed |= SOUND | {"malformed", "expired", "not_yet_valid"}
        return allowed


def compare(cases, oracle, differs):
    errors, seen = [], []
    for case in cases:
        said, wanted = oracle.judge(case), oracle.expected(case)
        agrees = said in wanted
        if agrees and case["name"] in differs:
            errors.append(f"{case['name']}: listed as a difference, and is none ({said})")
        elif not agrees and case["name"] not in differs:
            errors.append(f"{case['name']}: must be {case['verdict']}, said {said}; {case['why']}")
        elif not agrees:
            seen.append(f"  {case['name']} is {case['verdict']}, said {said}: "
                        f"{differs[case['name']]}")
    name = type(oracle).__name__
    print(f"{name}: {len(cases) - len(seen) - len(errors)} of {len(cases)} agree, "
          f"{len(seen)} known differences")
    print("\n".join(seen + [f"{name}: {error}" for error in errors]))
    return errors


def main():
    missing = [name for name in ("cryptography", "jsonschema")
               if importlib.util.find_spec(name) is None]
    if missing or not shutil.which("openssl"):
        print("skipped: not installed:", *missing, "" if shutil.which("openssl") else "openssl")
        return NOT_RUN
    import jsonschema
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run([sys.argv[1], "vectors", name], check=True)
        index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
        schema = json.loads((folder / "index.schema.json").read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        jsonschema.Draft202012Validator(schema).validate(index)
        assert index["count"] == len(index["cases"])
        for case in index["cases"]:
            for key in ("response", "certificate", "issuer"):
                assert (folder / case[key]).is_file(), case[key]
        errors = compare(index["cases"], Openssl(folder), OPENSSL_DIFFERS)
        errors += compare(index["cases"], Cryptography(folder), CRYPTOGRAPHY_DIFFERS)
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
