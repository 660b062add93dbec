#include "stapler/loaded_config.hpp"

#include <algorithm>
#include <fstream>
#include <numeric>
#include <utility>

#include "pki/certificate.hpp"
#include "pki/errors.hpp"
#include "pki/key_match.hpp"
#include "stapler/dns_name.hpp"
#include "stapler/tls_stream.hpp"

namespace staplelab::stapler {
namespace {

constexpr std::size_t largest_pem = 1024 * 1024;

// Throws pki::input_error.
std::string read_pem(const std::filesystem::path& file) {
  std::error_code error;
  std::ifstream in(file, std::ios::binary);
  if (!in || std::filesystem::is_directory(file, error)) {
    throw pki::input_error("cannot read " + file.string());
  }
  std::string text(largest_pem + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (in.bad()) throw pki::input_error("cannot read " + file.string());
  if (text.size() > largest_pem) {
    throw pki::input_error(file.string() + " is larger than " + std::to_string(largest_pem) +
                           " octets");
  }
  return text;
}

served_certificate load_certificate(const certificate_files& files, SSL_CTX* context) {
  auto chain =
      pki::certificate::chain_from_pem(read_pem(files.cert_file), files.cert_file.string());
  if (chain.empty()) throw pki::input_error(files.cert_file.string() + " holds no certificate");
  pki::certificate leaf = chain.front();
  chain.erase(chain.begin());
  auto key = pki::key::from_pem(read_pem(files.key_file), files.key_file.string());
  const pki::credential pair{leaf, key};
  if (!pki::holds_matching_key(pair)) {
    throw pki::input_error(files.key_file.string() +
                           " is not the key of the first certificate in " +
                           files.cert_file.string());
  }
  std::vector<pki::certificate> authorities;
  if (files.ca_file) {
    authorities =
        pki::certificate::chain_from_pem(read_pem(*files.ca_file), files.ca_file->string());
  }
  auto issuer = find_issuer(leaf, chain, authorities);
  auto responders = files.url ? std::vector{*files.url} : responders_of(leaf);
  served_certificate loaded{std::move(leaf), std::move(chain), std::move(key), std::move(issuer),
                            std::move(responders)};
  const ssl_handle trial(SSL_new(context));
  if (!trial) pki::throw_openssl("cannot make a TLS connection");
  if (const auto why = use_certificate(trial.get(), loaded)) {
    throw pki::input_error(files.cert_file.string() + " cannot be served: " + *why);
  }
  return loaded;
}

bool bears_name(const served_certificate& certificate, std::string_view sni) {
  const auto names = certificate.leaf.dns_names();
  return std::any_of(names.begin(), names.end(),
                     [&](const auto& name) { return matches(lower_case(name), sni); });
}

}  // namespace

std::optional<pki::certificate> find_issuer(const pki::certificate& leaf,
                                            const std::vector<pki::certificate>& chain,
                                            const std::vector<pki::certificate>& authorities) {
  if (!chain.empty() && leaf.signed_by(chain.front())) return chain.front();
  for (const pki::certificate& authority : authorities) {
    if (leaf.signed_by(authority)) return authority;
  }
  return {};
}

std::vector<std::string> warnings_of(const loaded_config& what) {
  std::vector<std::string> warnings;
  for (const served_certificate& certificate : what.certificates) {
    if (what.ocsp_mode == mode::never && certificate.leaf.must_staple()) {
      warnings.push_back(certificate.leaf.subject() +
                         " says must-staple, but stapling is switched off: clients that obey it "
                         "will refuse the connection");
    }
  }
  return warnings;
}

std::vector<runtime::http_url> responders_of(const pki::certificate& leaf) {
  std::vector<runtime::http_url> urls;
  for (const std::string& text : leaf.ocsp_urls()) {
    if (auto url = runtime::http_url::parse(text)) urls.push_back(std::move(*url));
  }
  return urls;
}

std::size_t certificate_for(const std::vector<served_certificate>& certificates,
                            std::string_view sni, const suitability& suits) {
  if (certificates.size() == 1) return 0;
  std::vector<std::size_t> candidates;
  for (std::size_t i = 0; i < certificates.size(); ++i) {
    if (bears_name(certificates[i], sni)) candidates.push_back(i);
  }
  if (candidates.empty()) {
    candidates.resize(certificates.size());
    std::iota(candidates.begin(), candidates.end(), std::size_t{0});
  }
  const auto chosen = std::find_if(candidates.begin(), candidates.end(),
                                   [&](std::size_t i) { return suits(certificates[i]); });
  return chosen == candidates.end() ? candidates.front() : *chosen;
}

boost::system::result<loaded_config, load_error> load(const config& what) {
  if (what.certificates.empty()) {
    return load_error{"the configuration names no certificate: add tls { cert_file, key_file }"};
  }
  loaded_config loaded{.ocsp_mode = what.ocsp_mode,
                       .behaviour = what.behaviour,
                       .listen = what.listen,
                       .store_dir = what.store_dir,
                       .tls_timeout = what.tls_timeout,
                       .certificates = {}};
  const ssl_ctx_handle context = make_server_context();
  try {
    for (const certificate_files& files : what.certificates) {
      loaded.certificates.push_back(load_certificate(files, context.get()));
    }
  } catch (const pki::input_error& error) {
    return load_error{error.what()};
  }
  return loaded;
}

}  // namespace staplelab::stapler
