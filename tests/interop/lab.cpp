#include "tests/interop/lab.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

namespace staplelab::interop {
namespace {

constexpr const char* end_line = "-----END CERTIFICATE-----\n";

// The certificates of a PEM file, each by itself.
std::vector<std::string> certificates_in(const std::string& file) {
  const std::string text = cli::content_of(file);
  std::vector<std::string> all;
  std::size_t begin = 0;
  for (auto end = text.find(end_line); end != std::string::npos; end = text.find(end_line, begin)) {
    end += std::string_view(end_line).size();
    all.push_back(text.substr(begin, end - begin));
    begin = end;
  }
  return all;
}

}  // namespace

command mortal(command what) {
  what.insert(what.begin(), {"setpriv", "--pdeathsig", "KILL", "--"});
  return what;
}

bool is_installed(const std::string& program) {
  return run_program({"sh", "-c", "command -v \"$0\"", program}).exit_code == 0;
}

std::string python_with(const std::string& module) {
  for (const std::string interpreter : {"python3", "/usr/bin/python3"}) {
    const auto tried =
        run_program({"sh", "-c", "exec \"$0\" -c \"import $1\"", interpreter, module});
    if (tried.exit_code == 0) return interpreter;
  }
  return {};
}

std::string port_of(const std::string& address) {
  return address.substr(address.rfind(':') + 1);
}

std::string free_port() {
  const int listening = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  EXPECT_EQ(::bind(listening, generic, size), 0);
  EXPECT_EQ(::getsockname(listening, generic, &size), 0);
  ::close(listening);
  return std::to_string(ntohs(address.sin_port));
}

void lab::SetUp() {
  ASSERT_EQ(cli::staplelab({"ca", "init", ca}).exit_code, 0);
  split_authorities();
  url = start_responder({"--admin", "127.0.0.1:0"});
  const std::string said = "admin API on port ";
  ASSERT_TRUE(running_.back()->wait_for_log(said));
  const std::string& log = running_.back()->log();
  const auto at = log.find(said) + said.size();
  admin_ = "http://127.0.0.1:" + log.substr(at, log.find_first_not_of("0123456789", at) - at);
  for (const std::string name : {"www.example", "old.example", "plain.example"}) {
    command issue{"ca", "issue", ca, name, "--ocsp-url", url};
    if (name != "plain.example") issue.push_back("--must-staple");
    ASSERT_EQ(cli::staplelab(issue).exit_code, 0);
  }
  ASSERT_EQ(
      cli::staplelab({"ca", "revoke", ca, "old.example", "--reason", "keyCompromise"}).exit_code,
      0);
}

void lab::split_authorities() {
  const auto authorities = certificates_in(file("ca.pem"));
  ASSERT_EQ(authorities.size(), 2U);
  root = folder.write("root.pem", authorities[0]);
  issuing = folder.write("issuing.pem", authorities[1]);
}

std::string lab::leaf(const std::string& name) const {
  return folder.write(name + ".leaf.pem", certificates_in(file(name + ".pem")).at(0));
}

std::string lab::start_responder(command options) {
  options.insert(options.begin(),
                 {STAPLELAB_PROGRAM, "responder", "--ca", ca, "--listen", "127.0.0.1:0"});
  running_.push_back(std::make_unique<background_program>(mortal(options)));
  return "http://" + running_.back()->wait_for_line("listening on ");
}

std::string lab::responder_with(command options) {
  return start_responder(std::move(options));
}

void lab::set_fault(const std::string& name) const {
  command tell{"curl", "-sSf", "--noproxy", "*", admin_ + "/faults"};
  const command how = name.empty() ? command{"-X", "DELETE"}
                                   : command{"-d", nlohmann::json{{"fault", name}}.dump()};
  tell.insert(tell.end(), how.begin(), how.end());
  const auto told = run_program(tell);
  EXPECT_EQ(told.exit_code, 0) << told.err;
}

std::string lab::serve(const std::string& name, const std::string& mode) {
  const auto configuration = folder.write(
      "stapler.conf", "ocsp { mode: " + mode + " }\ntls { cert_file: \"" + file(name + ".pem") +
                          "\", key_file: \"" + file(name + ".key") + "\", ca_file: \"" +
                          file("ca.pem") + "\" }\n");
  running_.push_back(std::make_unique<background_program>(mortal(
      {STAPLELAB_PROGRAM, "stapler", "--config", configuration, "--listen", "127.0.0.1:0"})));
  return port_of(running_.back()->wait_for_line("listening on "));
}

std::string lab::probed(const std::string& port, const std::string& name) const {
  const auto seen = cli::staplelab(
      {"probe", "127.0.0.1:" + port, "--sni", name, "--ca", file("ca.pem"), "--json"});
  const auto parsed = nlohmann::json::parse(seen.out, nullptr, false);
  return parsed.is_object() ? parsed.value("verdict", "no verdict") : seen.err;
}

}  // namespace staplelab::interop
