#include <CLI/CLI.hpp>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "cli/failure.hpp"
#include "cli/fingerprint.hpp"
#include "cli/program.hpp"
#include "cli/usage.hpp"
#include "pki/errors.hpp"

namespace {

using namespace staplelab::cli;

struct entry {
  CLI::App* app;
  std::unique_ptr<command> what;
};

class command_line {
 public:
  command_line() : root_(program_summary, program_name) {
    root_.set_version_flag("--version", std::string(program_name) + " " + program_version);
    root_.require_subcommand(1);
    root_.failure_message(CLI::FailureMessage::simple);
    root_.footer(program_footer);
    add(root_, "run", "run scenarios over their matrix and report", make_run());
    add_ca();
    add(root_, "responder", "serve OCSP for a mini-CA", make_responder());
    add(root_, "stapler", "serve TLS with a stapled OCSP response", make_stapler());
    add(root_, "probe", "one handshake that asks for a staple, judged", make_probe());
    add(root_, "verify", "judge one OCSP response", make_verify());
    add(root_, "decode", "print an OCSP request or response", make_decode());
    add(root_, "vectors", "write test vectors for verifiers of OCSP responses", make_vectors());
    add(root_, "conform", "examine somebody's OCSP responder, check by check", make_conform());
    add(root_, "schema", "print the JSON Schema of scenario files", make_schema());
    add(root_, "incidents", "list the real incidents that the library replays", make_incidents());
    add(root_, "targets", "list the servers that scenarios can be run against", make_targets());
    add(root_, "fingerprint", "find out from outside how a server staples", make_fingerprint());
  }

  exit_code run(int argc, char** argv) {
    try {
      root_.parse(argc, argv);
    } catch (const CLI::Success& asked) {  // --help, --version
      root_.exit(asked);
      return exit_code::success;
    } catch (const CLI::ParseError& error) {
      throw explain(root_, error);
    }
    for (const entry& each : entries_) {
      if (each.app->parsed()) return each.what->run();
    }
    throw failure(exit_code::usage, "a command is missing", "see staplelab --help");
  }

 private:
  void add(CLI::App& parent, const std::string& name, const std::string& about,
           std::unique_ptr<command> what) {
    CLI::App* app = parent.add_subcommand(name, about);
    what->describe(*app);
    for (CLI::Option* option : app->get_options()) {
      if (option->get_positional()) option->type_name("");  // the name says what it is
    }
    entries_.push_back({app, std::move(what)});
  }

  void add_ca() {
    CLI::App& ca = *root_.add_subcommand("ca", "a mini-CA on disk: issue, revoke, list");
    ca.require_subcommand(1);
    ca.footer(ca_footer);
    add(ca, "init", "make a CA: a root and an issuing authority", make_ca_init());
    add(ca, "issue", "issue a certificate", make_ca_issue());
    add(ca, "revoke", "revoke a certificate", make_ca_revoke());
    add(ca, "hold", "put a certificate on hold", make_ca_hold());
    add(ca, "release", "take a certificate off hold", make_ca_release());
    add(ca, "list", "list what was issued, and its status", make_ca_list());
    add(ca, "crl", "write a CRL", make_ca_crl());
    add(ca, "import", "take over a CA that was made elsewhere", make_ca_import());
  }

  CLI::App root_;
  std::vector<entry> entries_;
};

exit_code report(exit_code code, const std::string& what, const std::string& hint) {
  std::fflush(stdout);
  std::fprintf(stderr, "staplelab: %s\n", what.c_str());
  if (!hint.empty()) std::fprintf(stderr, "  %s\n", hint.c_str());
  return code;
}

exit_code run_guarded(int argc, char** argv) {
  try {
    const exit_code code = command_line().run(argc, argv);
    if (std::fflush(stdout) != 0 || std::ferror(stdout)) {
      return report(exit_code::missing, "cannot write to standard output", "is the disk full?");
    }
    return code;
  } catch (const failure& error) {
    return report(error.code(), error.what(), error.hint());
  } catch (const staplelab::pki::input_error& error) {
    return report(exit_code::bad_input, error.what(), "");
  } catch (const staplelab::pki::store_error& error) {  // a CA that cannot be read or written
    return report(exit_code::bad_input, error.what(), "");
  } catch (const std::exception& error) {
    return report(exit_code::could_not_run, error.what(), "");
  }
}

}  // namespace

int main(int argc, char** argv) {
  return static_cast<int>(run_guarded(argc, argv));
}
