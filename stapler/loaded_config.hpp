// A configuration whose files have been read and fit together: nothing starts half-way on one.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/system/result.hpp>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pki/certificate.hpp"
#include "pki/key.hpp"
#include "runtime/http.hpp"
#include "stapler/config.hpp"
#include "stapler/mode.hpp"
#include "stapler/policy.hpp"

namespace staplelab::stapler {

struct served_certificate {
  pki::certificate leaf;
  std::vector<pki::certificate> chain;  // sent after the leaf
  pki::key key;
  std::optional<pki::certificate> issuer;     // signed the leaf; empty: found nowhere
  std::vector<runtime::http_url> responders;  // in the order to ask
};

struct loaded_config {
  mode ocsp_mode = mode::auto_;
  profile behaviour = profile::resilient;
  boost::asio::ip::tcp::endpoint listen{boost::asio::ip::address_v4::loopback(), 0};
  std::optional<std::filesystem::path> store_dir;
  duration tls_timeout = std::chrono::seconds(5);
  std::vector<served_certificate> certificates;  // at least one
};

// What is no mistake, and yet hardly meant: must-staple under mode never. Each names its
// certificate.
std::vector<std::string> warnings_of(const loaded_config& what);

// The second certificate of the chain if it signed the leaf, else any of `authorities` that did.
std::optional<pki::certificate> find_issuer(const pki::certificate& leaf,
                                            const std::vector<pki::certificate>& chain,
                                            const std::vector<pki::certificate>& authorities);

// Responder addresses of a certificate that we can speak to; others are left out.
std::vector<runtime::http_url> responders_of(const pki::certificate& leaf);

// Which certificate serves a client that named `sni` (RFC 6125 6.4.3: a wildcard stands for one
// whole label). Candidates are those that bear the name; if none does, all. The first candidate
// that suits the client serves it, and the first of them when none suits: let the client judge.
using suitability = std::function<bool(const served_certificate&)>;
std::size_t certificate_for(const std::vector<served_certificate>& certificates,
                            std::string_view sni, const suitability& suits);

struct load_error {
  std::string message;  // names the file; lower case, no full stop
};
// Reads certificates, keys and CA files. An unreadable file, a key of another certificate and a
// file without a certificate are errors.
boost::system::result<loaded_config, load_error> load(const config& what);

}  // namespace staplelab::stapler
