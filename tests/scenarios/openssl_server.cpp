#include "tests/scenarios/openssl_server.hpp"

#include <gtest/gtest.h>

#include <exception>
#include <utility>

#include "runtime/clock.hpp"

namespace staplelab::scenarios::test {

openssl_server::openssl_server(const lab& here, std::string_view name,
                               const std::optional<pki::bytes>& staple,
                               std::vector<std::string> more) {
  const auto leaf = here.leaf(name);
  // With -www it reads nothing from its standard input, whose end would be its own.
  std::vector<std::string> command = {"openssl", "s_server", "-www", "-accept", "127.0.0.1:0"};
  command.insert(command.end(), {"-cert", files_.file("leaf.pem", leaf.cert.to_pem())});
  command.insert(command.end(), {"-key", files_.file("leaf.key", leaf.key.to_pem())});
  if (staple) {
    command.emplace_back("-status_file");
    command.push_back(files_.file("staple.der", *staple));
  }
  command.insert(command.end(), more.begin(), more.end());
  process_ = std::make_unique<tests::child_process>(command);
}

runtime::tcp::endpoint openssl_server::address() {
  constexpr std::string_view prefix = "ACCEPT 127.0.0.1:";
  while (auto line = process_->read_line()) {
    if (!line->starts_with(prefix)) continue;
    const auto port = static_cast<std::uint16_t>(std::stoi(line->substr(prefix.size())));
    return {runtime::asio::ip::address_v4::loopback(), port};
  }
  ADD_FAILURE() << "openssl s_server does not listen";
  return {};
}

bool openssl_server::says(std::string_view text) {
  while (auto line = process_->read_line()) {
    if (line->find(text) != std::string::npos) return true;
  }
  return false;
}

probe_result run_probe(probe_request request) {
  runtime::system_clock time;
  runtime::asio::io_context io;
  std::optional<probe_result> result;
  const auto ask = [](runtime::clock& clock, probe_request what,
                      std::optional<probe_result>& into) -> runtime::awaitable<void> {
    into = co_await probe(clock, std::move(what));
  };
  std::exception_ptr failure;
  runtime::asio::co_spawn(io.get_executor(), ask(time, std::move(request), result),
                          [&](std::exception_ptr thrown) { failure = std::move(thrown); });
  io.run();
  if (failure) std::rethrow_exception(failure);
  return *result;
}

pki::time_point wall_time() {
  return runtime::system_clock().now();
}

}  // namespace staplelab::scenarios::test
