"""Asks an endpoint by libcurl built with GnuTLS, which must see a sound staple.

usage: curl_gnutls.py NAME PORT ROOT-FILE TLS-VERSION; ends with libcurl's code, or with 77
when this libcurl is built with something else."""

import io
import sys

import pycurl

VERSIONS = {"1.2": pycurl.SSLVERSION_MAX_TLSv1_2, "1.3": pycurl.SSLVERSION_TLSv1_3}


def main():
    name, port, root, version = sys.argv[1:]
    if "GnuTLS" not in pycurl.version:
        print("this libcurl is", pycurl.version)
        return 77
    easy = pycurl.Curl()
    easy.setopt(pycurl.URL, f"https://{name}:{port}/status")
    easy.setopt(pycurl.RESOLVE, [f"{name}:{port}:127.0.0.1"])
    easy.setopt(pycurl.CAINFO, root)
    easy.setopt(pycurl.NOPROXY, "*")
    easy.setopt(pycurl.TIMEOUT, 20)
    easy.setopt(pycurl.SSLVERSION, VERSIONS[version])
    easy.setopt(pycurl.SSL_VERIFYSTATUS, 1)
    easy.setopt(pycurl.WRITEDATA, io.BytesIO())
    try:
        easy.perform()
    except pycurl.error as error:
        code, text = error.args
        print(text)
        return code
    print("HTTP", easy.getinfo(pycurl.RESPONSE_CODE))
    return 0


if __name__ == "__main__":
    sys.exit(main())
