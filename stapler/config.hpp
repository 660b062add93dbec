// The endpoint's configuration as a person writes it: NATS's relaxed syntax, or JSON, which is a
// subset of it. One parser, one typed result.
//
// It refuses unknown keys, keys given twice, wrong types and values out of range, each with its
// place in the file. It opens no file named in it: see stapler/loaded_config.hpp.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "runtime/http.hpp"
#include "runtime/source_position.hpp"
#include "stapler/mode.hpp"
#include "stapler/policy.hpp"

namespace staplelab::stapler {

struct config_limits {
  std::size_t file_octets = 1024 * 1024;
  std::size_t depth = 16;
};

struct certificate_files {
  std::filesystem::path cert_file;  // leaf first, then its chain
  std::filesystem::path key_file;
  std::optional<std::filesystem::path> ca_file;
  std::optional<runtime::http_url> url;  // replaces the responder addresses of the certificate
};

struct config {
  mode ocsp_mode = mode::auto_;
  profile behaviour = profile::resilient;
  boost::asio::ip::tcp::endpoint listen{boost::asio::ip::address_v4::loopback(), 8443};
  std::optional<std::filesystem::path> store_dir;
  duration tls_timeout = std::chrono::seconds(5);
  // The one of `tls` first, then those of `certificates`. The first serves clients without SNI.
  std::vector<certificate_files> certificates;
};

struct config_errors {
  std::vector<runtime::source_error> list;  // at least one, in the order of the file
};

// A configuration, or what is wrong with it. Like boost's result, but error() is a reference, so
// that a loop over error().list does not run over a temporary.
class config_outcome {
 public:
  config_outcome(config good) : content_(std::move(good)) {}
  config_outcome(config_errors bad) : content_(std::move(bad)) {}
  explicit operator bool() const { return std::holds_alternative<config>(content_); }
  config& operator*() { return std::get<config>(content_); }
  config* operator->() { return &std::get<config>(content_); }
  const config& operator*() const { return std::get<config>(content_); }
  const config* operator->() const { return &std::get<config>(content_); }
  const config_errors& error() const { return std::get<config_errors>(content_); }

 private:
  std::variant<config, config_errors> content_;
};

config_outcome parse_config(std::string_view text, std::string_view file,
                            const config_limits& limits = {});

// Reads at most the limit and parses. A file that cannot be read is an error at 1:1.
config_outcome read_config(const std::filesystem::path& file, const config_limits& limits = {});

}  // namespace staplelab::stapler
