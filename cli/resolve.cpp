#include "cli/resolve.hpp"

#include <fmt/format.h>

#include <boost/asio/ip/basic_resolver.hpp>
#include <charconv>

#include "cli/failure.hpp"
#include "cli/options.hpp"

namespace staplelab::cli {

host_port parse_host_port(std::string_view option, std::string_view text) {
  const std::string hint = "a server looks like www.example:443, 127.0.0.1:8443 or [::1]:8443";
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) refuse_value(option, text, hint);
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (host.empty() || error != std::errc() || end != port.data() + port.size() || number == 0) {
    refuse_value(option, text, hint);
  }
  return {std::string(host), number};
}

std::vector<runtime::tcp::endpoint> resolve_all(const host_port& server) {
  runtime::asio::io_context io;
  runtime::asio::ip::basic_resolver<runtime::tcp, runtime::executor> resolver(io);
  runtime::error_code error;
  const auto found = resolver.resolve(server.host, std::to_string(server.port), error);
  if (error || found.empty()) {
    throw failure(exit_code::missing,
                  fmt::format("{}: no address found: {}", server.host, error.message()));
  }
  std::vector<runtime::tcp::endpoint> all;
  for (const auto& each : found)
    all.push_back(each.endpoint());
  return all;
}

runtime::tcp::endpoint resolve(const host_port& server) {
  return resolve_all(server).front();
}

}  // namespace staplelab::cli
