#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <cstdio>
#include <string>
#include <variant>

#include "cli/command.hpp"
#include "cli/input_file.hpp"
#include "cli/ocsp_json.hpp"
#include "pki/ocsp_text.hpp"

namespace staplelab::cli {
namespace {

class decode_command final : public command {
 public:
  void describe(CLI::App& app) override {
    app.add_option("FILE", file_,
                   "OCSP request or response: DER, base64, PEM or a GET URL; - for stdin")
        ->required();
    app.add_flag("--json", json_, "one JSON object on stdout");
    app.footer(R"(
Examples:
  staplelab decode response.der
  openssl ocsp -issuer ca.pem -cert www.pem -reqout - | staplelab decode -
)");
  }

  exit_code run() override {
    const ocsp_message message = recognise(read_ocsp(file_));
    if (const auto* other = std::get_if<not_ocsp>(&message)) {
      throw failure(exit_code::bad_input, fmt::format("{}: no OCSP message", file_), other->why);
    }
    const auto* request = std::get_if<pki::ocsp_request>(&message);
    const std::string text = request ? show(*request) : show(std::get<pki::ocsp_response>(message));
    std::fputs(text.c_str(), stdout);
    return exit_code::success;
  }

 private:
  template <class Message>
  std::string show(const Message& message) const {
    return json_ ? to_json(message) : pki::describe(message);
  }

  std::string file_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<command> make_decode() {
  return std::make_unique<decode_command>();
}

}  // namespace staplelab::cli
