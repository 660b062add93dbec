#include "stapler/config.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <cmath>
#include <fstream>
#include <functional>
#include <iterator>
#include <utility>

#include "runtime/did_you_mean.hpp"
#include "stapler/relaxed_syntax.hpp"

namespace staplelab::stapler {
namespace {

using runtime::source_error;
namespace ip = boost::asio::ip;

constexpr duration longest_tls_timeout = std::chrono::hours(1);
constexpr std::size_t most_errors = 20;
constexpr std::size_t longest_shown = 64;

// A word of the file inside a message.
std::string shown(std::string_view word) {
  if (word.size() <= longest_shown) return "'" + std::string(word) + "'";
  return "'" + std::string(word.substr(0, longest_shown)) + "...'";
}

// "resilient, nats or ..."
std::string listed_profiles() {
  std::string list;
  for (const profile p : all_profiles) {
    if (p == all_profiles.back()) {
      list += " or ";
    } else if (p != all_profiles.front()) {
      list += ", ";
    }
    list += to_string(p);
  }
  return list;
}

template <class Number>
std::optional<Number> whole_number(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return number;
}

std::optional<ip::address> parse_host(std::string_view text) {
  if (text == "localhost") return ip::address_v4::loopback();
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  boost::system::error_code error;
  const auto address = ip::make_address(std::string(text), error);
  if (error) return {};
  return address;
}

// "5", "0.5", "500ms", "5s", "2m", "1h"; a bare number is seconds, as in NATS.
std::optional<duration> parse_timeout(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, double>, 5> units{
      {{"ms", 1}, {"s", 1e3}, {"m", 60e3}, {"h", 3600e3}, {"", 1e3}}};
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || !std::isfinite(number) || number < 0 || number > 1e9) return {};
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  const auto known =
      std::find_if(units.begin(), units.end(), [&](const auto& u) { return u.first == unit; });
  if (known == units.end()) return {};
  return duration(static_cast<duration::rep>(number * known->second));
}

struct key_reader {
  std::string_view key;
  std::function<void(const relaxed_value&)> read;
};

// Walks the tree and collects every mistake in it.
class reader {
 public:
  reader(std::string_view text, std::string_view file) : text_(text), file_(file) {}

  config read(const relaxed_block& top) {
    config out;
    certificate_files main;
    std::vector<certificate_files> more;
    const relaxed_value* listen = nullptr;
    const relaxed_value* host = nullptr;
    const relaxed_value* port = nullptr;
    read_block(top, {{"ocsp", [&](auto& v) { read_ocsp(v, out, main); }},
                     {"store_dir", [&](auto& v) { read_path(v, out.store_dir); }},
                     {"tls", [&](auto& v) { read_tls(v, out, main); }},
                     {"profile", [&](auto& v) { read_profile(v, out.behaviour); }},
                     {"listen", [&](auto& v) { listen = &v; }},
                     {"host", [&](auto& v) { host = &v; }},
                     {"port", [&](auto& v) { port = &v; }},
                     {"certificates", [&](auto& v) { read_certificates(v, more); }}});
    if (listen && (host || port)) {
      fail((host ? host : port)->at, "the address is given twice: by listen, and here");
    }
    if (listen) read_listen(*listen, out.listen);
    if (host) read_host(*host, out.listen);
    if (port) read_port(*port, out.listen);
    if (!main.cert_file.empty()) out.certificates.push_back(main);
    for (auto& files : more) {
      // ocsp.url is for every certificate that has no url of its own.
      if (!files.url) files.url = main.url;
      out.certificates.push_back(std::move(files));
    }
    return out;
  }

  std::vector<source_error> errors;

 private:
  void read_block(const relaxed_block& block, const std::vector<key_reader>& known) {
    std::vector<std::string_view> seen;
    for (const relaxed_member& member : block) {
      const auto which = std::find_if(known.begin(), known.end(),
                                      [&](const auto& k) { return k.key == member.key; });
      if (which == known.end()) {
        std::vector<std::string_view> keys;
        for (const auto& k : known)
          keys.push_back(k.key);
        fail(member.at, "unknown key " + shown(member.key),
             runtime::did_you_mean(member.key, keys));
      } else if (std::find(seen.begin(), seen.end(), member.key) != seen.end()) {
        fail(member.at, "'" + member.key + "' is given twice");
      } else {
        seen.push_back(member.key);
        which->read(member.value);
      }
    }
  }

  void read_ocsp(const relaxed_value& value, config& out, certificate_files& main) {
    if (const auto* block = std::get_if<relaxed_block>(&value.content)) {
      read_block(*block, {{"mode", [&](auto& v) { read_mode(v, out.ocsp_mode); }},
                          {"url", [&](auto& v) { read_url(v, main.url); }}});
      return;
    }
    const auto* word = std::get_if<relaxed_word>(&value.content);
    if (word && (word->text == "true" || word->text == "false")) {
      out.ocsp_mode = *parse_mode(word->text);
      return;
    }
    std::string hint;
    if (word && parse_mode(word->text)) hint = "write ocsp { mode: " + word->text + " }";
    fail(value.at, "expected true, false or a block { mode, url }", std::move(hint));
  }

  void read_mode(const relaxed_value& value, mode& out) {
    const auto text = word_of(value, "a mode: auto, must, always or never");
    if (!text) return;
    if (const auto parsed = parse_mode(*text)) {
      out = *parsed;
      return;
    }
    std::vector<std::string_view> names;
    for (const mode m : all_modes)
      names.push_back(to_string(m));
    wrong_word(value, *text, "a mode: auto, must, always or never", names);
  }

  void read_profile(const relaxed_value& value, profile& out) {
    const std::string expected = "a profile: " + listed_profiles();
    const auto text = word_of(value, expected);
    if (!text) return;
    if (const auto parsed = parse_profile(*text)) {
      out = *parsed;
      return;
    }
    std::vector<std::string_view> names;
    for (const profile p : all_profiles)
      names.push_back(to_string(p));
    wrong_word(value, *text, expected, names);
  }

  void read_tls(const relaxed_value& value, config& out, certificate_files& main) {
    const auto* block = std::get_if<relaxed_block>(&value.content);
    if (!block) return fail(value.at, "expected a block { cert_file, key_file, ca_file, timeout }");
    read_block(*block, {{"cert_file", [&](auto& v) { read_path(v, main.cert_file); }},
                        {"key_file", [&](auto& v) { read_path(v, main.key_file); }},
                        {"ca_file", [&](auto& v) { read_path(v, main.ca_file); }},
                        {"timeout", [&](auto& v) { read_timeout(v, out.tls_timeout); }}});
    want_pair(value.at, main);
  }

  void read_certificates(const relaxed_value& value, std::vector<certificate_files>& out) {
    const auto* list = std::get_if<relaxed_list>(&value.content);
    if (!list) return fail(value.at, "expected a list [ { cert_file, key_file, ca_file, url } ]");
    for (const relaxed_value& entry : *list) {
      const auto* block = std::get_if<relaxed_block>(&entry.content);
      if (!block) {
        fail(entry.at, "expected a block { cert_file, key_file, ca_file, url }");
        continue;
      }
      certificate_files files;
      read_block(*block, {{"cert_file", [&](auto& v) { read_path(v, files.cert_file); }},
                          {"key_file", [&](auto& v) { read_path(v, files.key_file); }},
                          {"ca_file", [&](auto& v) { read_path(v, files.ca_file); }},
                          {"url", [&](auto& v) { read_url(v, files.url); }}});
      want_pair(entry.at, files);
      out.push_back(std::move(files));
    }
  }

  void want_pair(std::size_t at, const certificate_files& files) {
    if (files.cert_file.empty()) fail(at, "this block lacks cert_file");
    if (files.key_file.empty()) fail(at, "this block lacks key_file");
  }

  template <class Path>  // a path, or an optional one
  void read_path(const relaxed_value& value, Path& out) {
    const auto text = word_of(value, "a path");
    if (!text) return;
    if (text->empty()) return fail(value.at, "expected a path, found an empty string");
    out = std::filesystem::path(*text);
  }

  void read_url(const relaxed_value& value, std::optional<runtime::http_url>& out) {
    const auto text = word_of(value, "a URL");
    if (!text) return;
    out = runtime::http_url::parse(*text);
    if (!out) {
      fail(value.at, "expected a URL like http://ocsp.example.net, found " + shown(*text),
           text->starts_with("https:") ? "a responder is asked over plain http; its answers are "
                                         "signed"
                                       : "");
    }
  }

  void read_timeout(const relaxed_value& value, duration& out) {
    const auto text = word_of(value, "a duration");
    if (!text) return;
    const auto parsed = parse_timeout(*text);
    if (!parsed || *parsed <= duration{} || *parsed > longest_tls_timeout) {
      return fail(value.at,
                  "expected seconds, or a duration like 500ms, 5s or 2m, found " + shown(*text),
                  "more than nothing, at most an hour");
    }
    out = *parsed;
  }

  void read_listen(const relaxed_value& value, ip::tcp::endpoint& out) {
    const auto text = word_of(value, "an address and a port");
    if (!text) return;
    const std::size_t colon = text->rfind(':');
    const bool port_only = colon == std::string::npos;
    const auto port = whole_number<std::uint16_t>(port_only ? *text : text->substr(colon + 1));
    const auto host = port_only ? out.address() : parse_host(text->substr(0, colon));
    const bool bare_v6 = host && host->is_v6() && !port_only && !text->starts_with('[');
    if (!port || !host || bare_v6) {
      return fail(value.at, "expected ADDRESS:PORT, found " + shown(*text),
                  "the address is a literal, like 127.0.0.1:8443 or [::1]:8443");
    }
    out = {*host, *port};
  }

  void read_host(const relaxed_value& value, ip::tcp::endpoint& out) {
    const auto text = word_of(value, "an address");
    if (!text) return;
    const auto host = parse_host(*text);
    if (!host) {
      return fail(value.at, "expected an address, found " + shown(*text),
                  "a literal like 127.0.0.1 or ::1");
    }
    out.address(*host);
  }

  void read_port(const relaxed_value& value, ip::tcp::endpoint& out) {
    const auto text = word_of(value, "a port");
    if (!text) return;
    const auto port = whole_number<std::uint16_t>(*text);
    if (!port) return fail(value.at, "expected a port from 0 to 65535, found " + shown(*text));
    out.port(*port);
  }

  std::optional<std::string> word_of(const relaxed_value& value, const std::string& expected) {
    if (const auto* word = std::get_if<relaxed_word>(&value.content)) return word->text;
    const bool is_list = std::holds_alternative<relaxed_list>(value.content);
    fail(value.at, "expected " + expected + ", found a " + (is_list ? "list" : "block"));
    return {};
  }

  void wrong_word(const relaxed_value& value, const std::string& text, const std::string& expected,
                  const std::vector<std::string_view>& names) {
    const auto near = runtime::nearest_word(text, names);
    fail(value.at, "expected " + expected + ", found " + shown(text),
         near ? "did you mean '" + std::string(*near) + "'?" : "");
  }

  void fail(std::size_t at, std::string message, std::string hint = {}) {
    if (errors.size() == most_errors) return;
    errors.push_back(runtime::error_at(file_, text_, at, std::move(message), std::move(hint)));
  }

  std::string_view text_;
  std::string_view file_;
};

}  // namespace

config_outcome parse_config(std::string_view text, std::string_view file,
                            const config_limits& limits) {
  if (text.size() > limits.file_octets) {
    const auto at = text.substr(0, limits.file_octets);
    return config_errors{{runtime::error_at(
        file, at, 0, "the file is larger than " + std::to_string(limits.file_octets) + " octets")}};
  }
  auto tree = parse_relaxed(text, file, limits.depth);
  if (!tree) return config_errors{{tree.error()}};
  reader typed(text, file);
  config out = typed.read(*tree);
  if (!typed.errors.empty()) {
    std::sort(typed.errors.begin(), typed.errors.end(), [](const auto& a, const auto& b) {
      return std::pair(a.where.line, a.where.column) < std::pair(b.where.line, b.where.column);
    });
    return config_errors{std::move(typed.errors)};
  }
  return out;
}

config_outcome read_config(const std::filesystem::path& file, const config_limits& limits) {
  std::ifstream in(file, std::ios::binary);
  std::string text(limits.file_octets + 1, '\0');
  std::error_code error;
  if (!in || std::filesystem::is_directory(file, error)) {
    return config_errors{{runtime::error_at(file.string(), "", 0, "the file cannot be read")}};
  }
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) {
    return config_errors{{runtime::error_at(file.string(), "", 0, "the file cannot be read")}};
  }
  text.resize(static_cast<std::size_t>(in.gcount()));
  return parse_config(text, file.string(), limits);
}

}  // namespace staplelab::stapler
