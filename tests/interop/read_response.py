"""Reads an OCSP response with python3-cryptography and prints every field of it as JSON, in the
words of `staplelab decode --json`. The keys under "checked" are judgements of this script.

usage: read_response.py RESPONSE ISSUER"""

import datetime
import hashlib
import json
import sys

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ocsp

REASONS = {None: None, x509.ReasonFlags.key_compromise: "keyCompromise"}


def rfc3339(naive_utc):
    return naive_utc.replace(tzinfo=datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def without_nothing(fields):
    return {key: value for key, value in fields.items() if value is not None}


def single(it):
    revoked = it.revocation_time
    return without_nothing({
        "serial": format(it.serial_number, "x"),
        "hash": it.hash_algorithm.name,
        "issuer_name_hash": it.issuer_name_hash.hex(),
        "issuer_key_hash": it.issuer_key_hash.hex(),
        "status": it.certificate_status.name.lower(),
        "revoked_at": rfc3339(revoked) if revoked else None,
        "reason": REASONS[it.revocation_reason],
        "this_update": rfc3339(it.this_update),
        "next_update": rfc3339(it.next_update) if it.next_update else None,
    })


def nonce_of(response):
    for extension in response.extensions:
        if isinstance(extension.value, x509.OCSPNonce):
            return extension.value.nonce.hex()
    return None


def sha1(octets):
    return hashlib.sha1(octets).hexdigest()


def key_hash(certificate):
    """Over the content of the BIT STRING, as RFC 6960 4.1.1 wants it."""
    point = certificate.public_key().public_bytes(serialization.Encoding.X962,
                                                  serialization.PublicFormat.UncompressedPoint)
    return sha1(point)


def main():
    with open(sys.argv[1], "rb") as file:
        response = ocsp.load_der_ocsp_response(file.read())
    with open(sys.argv[2], "rb") as file:
        issuer = x509.load_pem_x509_certificate(file.read())
    signer = response.certificates[0] if response.certificates else issuer
    for signed, octets, by, with_hash in (
            (response.signature, response.tbs_response_bytes, signer,
             response.signature_hash_algorithm),
            (signer.signature, signer.tbs_certificate_bytes, issuer,
             signer.signature_hash_algorithm)):
        if by is not signer or signer is not issuer or signed == response.signature:
            by.public_key().verify(signed, octets, ec.ECDSA(with_hash))  # throws when it is wrong
    print(json.dumps(without_nothing({
        "status": response.response_status.name.lower(),
        "responder_id": "key:" + response.responder_key_hash.hex(),
        "produced_at": rfc3339(response.produced_at),
        "nonce": nonce_of(response),
        "responses": [single(it) for it in response.responses],
        "checked": {
            "signer_is_responder": response.responder_key_hash.hex() == key_hash(signer),
            "issuer_name_hash": sha1(issuer.subject.public_bytes()),
            "issuer_key_hash": key_hash(issuer),
            "certificates": len(response.certificates),
        },
    })))


if __name__ == "__main__":
    main()
