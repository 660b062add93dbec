// Made by make_ocsp_corpus.py. The parties of the corpora, and what they signed: their keys are
// gone, so whatever else holds a signature of theirs was forged.
#pragma once

#include <array>
#include <string_view>

namespace staplelab::fuzz {

// An hour after the responses were made.
inline constexpr std::string_view now = "2026-11-25T19:27:59Z";

inline constexpr std::string_view issuer_pem = R"(-----BEGIN CERTIFICATE-----
MIIBXjCCAQSgAwIBAgIUO0ODFemeZjsRPiXoP8oS1hMILF4wCgYIKoZIzj0EAwIw
DTELMAkGA1UEAwwCY2EwHhcNMjYxMTI1MTgyNzU2WhcNMjcwOTIxMTgyNzU2WjAN
MQswCQYDVQQDDAJjYTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABGKqA2oqkimK
EyksF+xoktBSEPgI4BZuMlhyd4AmznOs0p7mtiAF3P8Vc4a5VXNvVcBuxEnD56cH
X5GPyNmdcNijQjBAMA4GA1UdDwEB/wQEAwICBDAPBgNVHRMBAf8EBTADAQH/MB0G
A1UdDgQWBBQemR7eugJFFlVpFMlVFMVQGzkq6jAKBggqhkjOPQQDAgNIADBFAiEA
21ysKZ0nPdlwoqJfQ/Bfb5GZzuRIarLloqs6GZpPY9UCIF3X3qV5gRyw9bwNTc6k
7Btrwsyu+mBVVwkqjI1cL7dI
-----END CERTIFICATE-----
)";

inline constexpr std::string_view leaf_pem = R"(-----BEGIN CERTIFICATE-----
MIIBbDCCAROgAwIBAgIUI1vNrXhPHTMb4vnSiWtplf+5bvcwCgYIKoZIzj0EAwIw
DTELMAkGA1UEAwwCY2EwHhcNMjYxMTI1MTgyNzU2WhcNMjcwOTIxMTgyNzU2WjAP
MQ0wCwYDVQQDDARsZWFmMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEy81UK3Cf
MRlwyGozWGh3INZAofuYVf/nvvhtIeexKZXCKkaPhdBnoSVlJPxhyRVYNOC6IT+O
/noZOtiKGiGloqNPME0wCwYDVR0PBAQDAgeAMB0GA1UdDgQWBBTZV1VUWXtFC6+W
Ux11Emsrzb+QkjAfBgNVHSMEGDAWgBQemR7eugJFFlVpFMlVFMVQGzkq6jAKBggq
hkjOPQQDAgNHADBEAiB3sY5bYBHQWUKjuJjKHRvmnW81sbhJJh3qPcOR80fYCgIg
B7ZWaPiegPJ8HDwkwf/4D67BvlcwP/0+TCWnKwTzZyM=
-----END CERTIFICATE-----
)";

// SHA-256 of the ResponseData in every response of the corpus.
inline constexpr std::array<std::string_view, 9> signed_data{
    "b29537f4a886702145c00d0dee0a27eb39b280e4290cf3b11a46a007844df9d6",
    "aa55adbaa070b71db96085876568826f69f6998e6ef11960c46cf8dfdd1aa479",
    "c6e30fc0c952d107d005300696b502924c343c83996e665f6547a707a6c7f962",
    "7ab4455ed67af99371717988ae91bd715f065a6692807d33f9e2492b572445d1",
    "35681618ba07f588355f5165a2a819876da99526cb44ef2c9721a231c2ea6fb5",
    "0dca8e48a7e819258f2ed0dbae25537f07a6c976cdaa163e3f8ced6b55b23c96",
    "72b682f51b92142e887a02be05b376bc5728c65d0cc6a4366957ebb5a2944da8",
    "0fb41e048f0278b166ef10cfb7c20718e3b28f38bbb04d958b5652bbf2db8796",
    "66524b48c9382a2a0623c7672f38834f5d40ba5d1690685123605dfe96321bf6",
};

}  // namespace staplelab::fuzz
