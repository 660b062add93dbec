#include "responder/loopback_only.hpp"

#include <boost/asio/ip/address_v4.hpp>
#include <boost/system/error_code.hpp>

namespace staplelab::responder {

namespace {

bool is_port(std::string_view text) {
  return text.empty() || (text.size() > 1 && text.size() <= 6 && text.front() == ':' &&
                          text.substr(1).find_first_not_of("0123456789") == std::string_view::npos);
}

}  // namespace

bool names_loopback(std::string_view host_field) {
  constexpr std::string_view v6 = "[::1]";
  if (host_field.starts_with(v6)) return is_port(host_field.substr(v6.size()));
  const auto host = host_field.substr(0, host_field.find(':'));
  if (!is_port(host_field.substr(host.size()))) return false;
  if (host == "localhost") return true;
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address_v4(std::string(host), error);
  return !error && address.is_loopback();
}

std::optional<std::string> foreign_field(const runtime::http_request& request) {
  const auto host = request.fields.find("Host");
  if (host ? !names_loopback(*host) : request.version > 10) {
    return "the Host field must name a loopback address";
  }
  const auto origin = request.fields.find("Origin");
  if (!origin) return std::nullopt;
  const auto scheme_end = origin->find("://");
  if (scheme_end == std::string_view::npos || !names_loopback(origin->substr(scheme_end + 3))) {
    return "the Origin field must name a loopback address";
  }
  return std::nullopt;
}

}  // namespace staplelab::responder
