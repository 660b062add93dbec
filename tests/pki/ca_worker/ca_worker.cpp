// A process to be killed: issues certificates under the CA in a directory until it dies, and writes
// a line for each act once the mini-CA has acknowledged it.
//
// Usage: ca_worker DIRECTORY PREFIX [COUNT]. Lines: "issued NAME SERIAL", "revoked NAME SERIAL".
#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>

#include "pki/mini_ca.hpp"

namespace {

using namespace staplelab;

// One write a line: what the reader has got was acknowledged, and nothing waits in a buffer.
void acknowledge(const std::string& act, const std::string& name, const std::string& serial) {
  const std::string line = act + " " + name + " " + serial + "\n";
  if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) std::exit(3);
}

void work(const std::string& directory, const std::string& prefix, int count) {
  auto ca = pki::mini_ca::open(directory, pki::mini_ca::random_serials());
  const pki::time_point now = pki::parse_rfc3339("2026-03-01T00:00:00Z").value();
  for (int i = 0; i < count; ++i) {
    pki::issue_description what;
    what.name = prefix + std::to_string(i);
    what.issuer = "root";
    what.not_before = now;
    what.not_after = now + std::chrono::days{90};
    const auto issued = ca.issue(what, now);
    const std::string serial = issued.cert.serial().hex();
    acknowledge("issued", what.name, serial);
    if (i % 2 == 0) continue;
    ca.revoke(what.name, pki::crl_reason::key_compromise, now);
    acknowledge("revoked", what.name, serial);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 1;
  try {
    work(argv[1], argv[2], argc > 3 ? std::atoi(argv[3]) : 1'000'000);
  } catch (const std::exception& failure) {
    std::cerr << failure.what() << "\n";
    return 2;
  }
  return 0;
}
