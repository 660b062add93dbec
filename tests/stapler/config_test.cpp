#include "stapler/config.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/pki/run_program.hpp"

namespace staplelab::stapler {
namespace {

using namespace std::chrono_literals;

config parsed(std::string_view text) {
  const auto result = parse_config(text, "test.conf");
  if (result) return *result;
  for (const auto& error : result.error().list)
    ADD_FAILURE() << runtime::render(error);
  return {};
}

// ---- the examples of the NATS documentation, as written there

TEST(config, nats_example_must) {
  const config c = parsed("ocsp {\n  mode: must\n  url: \"http://ocsp.example.net\"\n}\n");
  EXPECT_EQ(c.ocsp_mode, mode::must);
  EXPECT_TRUE(c.certificates.empty());
}

TEST(config, nats_example_always) {
  const config c = parsed("ocsp {\n  mode: always\n  url: \"http://ocsp.example.net\"\n}\n");
  EXPECT_EQ(c.ocsp_mode, mode::always);
}

TEST(config, nats_example_store_dir) {
  const config c = parsed(R"(ocsp: true

store_dir: "/path/to/store/dir"

tls {
    cert_file: "configs/certs/ocsp/server-status-request-url.pem"
    key_file: "configs/certs/ocsp/server-status-request-url-key.pem"
    ca_file: "configs/certs/ocsp/ca-cert.pem"
    timeout: 5
}
)");
  EXPECT_EQ(c.ocsp_mode, mode::auto_);
  EXPECT_EQ(c.behaviour, profile::resilient);
  EXPECT_EQ(c.store_dir, "/path/to/store/dir");
  ASSERT_EQ(c.certificates.size(), 1U);
  EXPECT_EQ(c.certificates[0].cert_file, "configs/certs/ocsp/server-status-request-url.pem");
  EXPECT_EQ(c.certificates[0].key_file, "configs/certs/ocsp/server-status-request-url-key.pem");
  EXPECT_EQ(c.certificates[0].ca_file, "configs/certs/ocsp/ca-cert.pem");
  EXPECT_FALSE(c.certificates[0].url);
  EXPECT_EQ(c.tls_timeout, 5s);
}

// ---- the examples of our own documentation

std::vector<std::string> examples_in(const std::string& document) {
  std::vector<std::string> found;
  const std::string fence = "\n```";
  for (auto at = document.find(fence); at != std::string::npos; at = document.find(fence, at)) {
    const auto begin = document.find('\n', at + 1);
    const auto end = document.find(fence, begin);
    auto text = document.substr(begin, end - begin);
    if (text.find("cert_file") != std::string::npos) found.push_back(std::move(text));
    at = end + fence.size();
  }
  return found;
}

TEST(config, examples_of_the_endpoints_page) {
  const auto page = tests::read_file(DOCS_FOLDER "/endpoint.md");
  const auto examples = examples_in(std::string(page.begin(), page.end()));
  ASSERT_EQ(examples.size(), 2U);
  for (const auto& text : examples) {
    const config c = parsed(text);
    EXPECT_EQ(c.ocsp_mode, mode::must);
    EXPECT_EQ(c.store_dir, "staples");
    ASSERT_FALSE(c.certificates.empty());
    EXPECT_EQ(c.certificates[0].cert_file, "ca/www.example.pem");
    EXPECT_TRUE(c.certificates[0].url);
  }
}

// ---- one meaning, many spellings

struct spelling {
  const char* name;
  const char* text;
};
class spellings : public testing::TestWithParam<spelling> {};

TEST_P(spellings, mean_the_same) {
  const config c = parsed(GetParam().text);
  EXPECT_EQ(c.ocsp_mode, mode::always);
  EXPECT_EQ(c.behaviour, profile::nats);
  EXPECT_EQ(c.tls_timeout, 2500ms);
  EXPECT_EQ(c.listen.address().to_string(), "127.0.0.1");
  EXPECT_EQ(c.listen.port(), 4443);
  ASSERT_EQ(c.certificates.size(), 2U);
  EXPECT_EQ(c.certificates[0].cert_file, "a.pem");
  EXPECT_EQ(c.certificates[0].url->host, "ocsp.example.net");
  EXPECT_EQ(c.certificates[1].cert_file, "b.pem");
  EXPECT_EQ(c.certificates[1].key_file, "b.key");
  EXPECT_EQ(c.certificates[1].url->host, "ocsp.example.net");
}

const spelling spelling_rows[] = {
    {"json", R"({"ocsp": {"mode": "always", "url": "http://ocsp.example.net"}, "profile": "nats",
      "listen": "127.0.0.1:4443", "tls": {"cert_file": "a.pem", "key_file": "a.key",
      "timeout": 2.5}, "certificates": [{"cert_file": "b.pem", "key_file": "b.key"}]})"},
    {"json_with_escapes", R"({"ocsp": {"mo\u0064e": "alw\u0061ys",
      "url": "http:\/\/ocsp.example.net"}, "profile": "nats", "host": "localhost", "port": 4443,
      "tls": {"cert_file": "a.pem", "key_file": "a.key", "timeout": 2.5},
      "certificates": [{"cert_file": "b.pem", "key_file": "b.key"}]})"},
    {"equals_signs", R"(ocsp = { mode = always, url = "http://ocsp.example.net" }
      profile = nats
      listen = "127.0.0.1:4443"
      tls = { cert_file = a.pem, key_file = a.key, timeout = 2500ms }
      certificates = [ { cert_file = b.pem, key_file = b.key } ])"},
    {"nothing_between_key_and_value", R"(ocsp { mode always url http://ocsp.example.net }
      profile nats
      port 4443
      tls { cert_file a.pem; key_file a.key; timeout "2.5s" }
      certificates [ { cert_file b.pem, key_file b.key } ])"},
    {"comments_and_single_quotes", R"(# a comment
      ocsp: { // another
        mode: 'always' # and another
        url: 'http://ocsp.example.net'
      }
      profile: "nats",
      listen: 4443
      tls: { cert_file: 'a.pem', key_file: 'a.key', timeout: 2.5 }
      certificates: [
        { cert_file: b.pem
          key_file: b.key }  # the last one
      ])"},
    {"windows_line_ends",
     "ocsp {\r\n mode: always\r\n url: http://ocsp.example.net\r\n}\r\nprofile: nats\r\n"
     "port: 4443\r\ntls {\r\n cert_file: a.pem\r\n key_file: a.key\r\n timeout: 2.5\r\n}\r\n"
     "certificates [ {cert_file: b.pem, key_file: b.key} ]\r\n"},
    {"own_url_wins_only_where_given", R"(certificates [ {cert_file: b.pem, key_file: b.key} ]
      ocsp { url: "http://ocsp.example.net", mode: always } profile nats listen 127.0.0.1:4443
      tls { cert_file: a.pem key_file: a.key timeout: 2.5s })"},
};
INSTANTIATE_TEST_SUITE_P(config, spellings, testing::ValuesIn(spelling_rows),
                         [](const auto& info) { return info.param.name; });

TEST(config, ocsp_switches) {
  EXPECT_EQ(parsed("ocsp: false").ocsp_mode, mode::never);
  EXPECT_EQ(parsed("ocsp: true").ocsp_mode, mode::auto_);
  EXPECT_EQ(parsed("ocsp {}").ocsp_mode, mode::auto_);
  EXPECT_EQ(parsed("ocsp { mode: false }").ocsp_mode, mode::never);
  EXPECT_EQ(parsed("").ocsp_mode, mode::auto_);
}

TEST(config, a_certificate_may_have_a_url_of_its_own) {
  const config c = parsed(
      "ocsp { url: http://one.example }\n"
      "certificates [ { cert_file: b, key_file: b, url: http://two.example:81/x } ]");
  ASSERT_EQ(c.certificates.size(), 1U);
  EXPECT_EQ(c.certificates[0].url->host, "two.example");
  EXPECT_EQ(c.certificates[0].url->port, 81);
}

TEST(config, ipv6) {
  EXPECT_EQ(parsed("listen: \"[::1]:99\"").listen.address().to_string(), "::1");
  EXPECT_EQ(parsed("host: ::1").listen.address().to_string(), "::1");
}

// ---- mistakes, with their places

struct mistake {
  const char* name;
  const char* text;
  std::size_t line;
  std::size_t column;
  const char* message_has;
  const char* hint;
};
class mistakes : public testing::TestWithParam<mistake> {};

TEST_P(mistakes, are_placed_and_explained) {
  const auto result = parse_config(GetParam().text, "test.conf");
  ASSERT_FALSE(result);
  const auto& error = result.error().list.front();
  EXPECT_EQ(error.file, "test.conf");
  EXPECT_EQ(error.where, (runtime::source_position{GetParam().line, GetParam().column}));
  EXPECT_NE(error.message.find(GetParam().message_has), std::string::npos) << error.message;
  EXPECT_EQ(error.hint, GetParam().hint);
}

const mistake mistake_rows[] = {
    {"unknown_key", "ocsp: true\nstore_dri: x\n", 2, 1, "unknown key 'store_dri'",
     "did you mean 'store_dir'?"},
    {"unknown_key_inside", "ocsp {\n  mode: must\n  urls: [a]\n}", 3, 3, "unknown key 'urls'",
     "did you mean 'url'?"},
    {"unknown_key_far_from_all", "ocsp { qqqqqq: 1 }", 1, 8, "unknown key",
     "known are mode and url"},
    {"wrong_mode", "ocsp {\n\tmode: allways\n}", 2, 8,
     "expected a mode: auto, must, always or never, found 'allways'", "did you mean 'always'?"},
    {"wrong_mode_far_from_all", "ocsp { mode: 12 }", 1, 14, "auto, must, always or never", ""},
    {"mode_is_a_list", "ocsp { mode: [must] }", 1, 14, "found a list", ""},
    {"mode_in_place_of_block", "ocsp: must", 1, 7, "expected true, false or a block",
     "write ocsp { mode: must }"},
    {"wrong_profile", "profile: natz", 1, 10,
     "resilient, nats, nginx-like, apache-like or caddy-like", "did you mean 'nats'?"},
    {"twice", "ocsp: true\nocsp: false", 2, 1, "'ocsp' is given twice", ""},
    {"tls_without_key", "tls {\n cert_file: a\n}", 1, 5, "lacks key_file", ""},
    {"tls_is_a_word", "tls: yes", 1, 6, "expected a block", ""},
    {"certificates_is_a_block", "certificates { cert_file: a }", 1, 14, "expected a list", ""},
    {"certificate_is_a_word", "certificates [ a ]", 1, 16, "expected a block", ""},
    {"timeout_zero", "tls { cert_file: a, key_file: b, timeout: 0 }", 1, 43, "expected seconds",
     "more than nothing, at most an hour"},
    {"timeout_negative", "tls { cert_file: a, key_file: b, timeout: -5s }", 1, 43,
     "expected seconds", "more than nothing, at most an hour"},
    {"timeout_too_long", "tls { cert_file: a, key_file: b, timeout: 61m }", 1, 43, "'61m'",
     "more than nothing, at most an hour"},
    {"https_responder", "ocsp { url: https://x }", 1, 13, "expected a URL",
     "a responder is asked over plain http; its answers are signed"},
    {"port_too_large", "port: 65536", 1, 7, "0 to 65535", ""},
    {"port_is_no_number", "port: 80x", 1, 7, "0 to 65535", ""},
    {"host_is_a_name", "host: www.example.net", 1, 7, "expected an address",
     "a literal like 127.0.0.1 or ::1"},
    {"listen_without_port", "listen: 127.0.0.1", 1, 9, "ADDRESS:PORT",
     "the address is a literal, like 127.0.0.1:8443 or [::1]:8443"},
    {"listen_and_port", "listen: 127.0.0.1:1\nport: 2", 2, 7, "given twice", ""},
    {"empty_path", "store_dir: \"\"", 1, 12, "empty string", ""},
    {"no_value", "ocsp:\n", 2, 1, "expected a value for 'ocsp'", ""},
    {"no_value_without_colon", "ocsp\nport: 1", 1, 5, "expected a value for 'ocsp'", ""},
    {"block_not_closed", "port: 1\nocsp {\n mode: must\n", 2, 6, "never closed", "add a '}'"},
    {"list_not_closed", "certificates [ {cert_file: a}", 1, 14, "never closed", "add a ']'"},
    {"closes_nothing", "port: 1 }", 1, 9, "closes nothing", ""},
    {"after_the_end", "{ \"port\": 1 } 2", 1, 15, "after the closing", ""},
    {"quote_not_closed", "store_dir: \"/tmp\nport: 1", 1, 12, "never closed", ""},
    {"wrong_escape", "store_dir: \"a\\qb\"", 1, 14, "no such escape",
     "known are \\\" \\\\ \\/ \\n \\r \\t \\b \\f \\uXXXX"},
    {"half_a_surrogate", "store_dir: \"\\ud800\"", 1, 13, "surrogate", ""},
    {"columns_count_characters", "store_dir: \"\xc3\xa4\xc3\xb6\" prot: 1", 1, 17,
     "unknown key 'prot'", "did you mean 'port'?"},
};
INSTANTIATE_TEST_SUITE_P(config, mistakes, testing::ValuesIn(mistake_rows),
                         [](const auto& info) { return info.param.name; });

TEST(config, every_mistake_is_told_in_order) {
  const auto result = parse_config("port: x\nfoo: 1\nocsp { mode: y }\n", "test.conf");
  ASSERT_FALSE(result);
  std::vector<std::size_t> lines;
  for (const auto& error : result.error().list)
    lines.push_back(error.where.line);
  EXPECT_EQ(lines, (std::vector<std::size_t>{1, 2, 3}));
}

TEST(config, thousands_of_mistakes_are_cut_short) {
  std::string text;
  for (int i = 0; i < 50'000; ++i)
    text += "key" + std::to_string(i) + ": 1\n";
  const auto result = parse_config(text, "test.conf");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().list.size(), 20U);
}

// ---- limits, on each side

TEST(config_limits, depth) {
  const config_limits limits;
  const auto nested = [](std::size_t lists) {
    return "x: " + std::string(lists, '[') + std::string(lists, ']');
  };
  const auto within = parse_config(nested(limits.depth), "test.conf");
  ASSERT_FALSE(within);
  EXPECT_NE(within.error().list.front().message.find("unknown key"), std::string::npos);
  const auto beyond = parse_config(nested(limits.depth + 1), "test.conf");
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().list.front().where, (runtime::source_position{1, 4 + limits.depth}));
  EXPECT_NE(beyond.error().list.front().message.find("nested deeper"), std::string::npos);
}

TEST(config_limits, mistakes_that_are_told) {
  std::string text;
  for (int i = 0; i < 20; ++i)
    text += "key" + std::to_string(i) + ": 1\n";
  const auto all = parse_config(text, "test.conf");
  ASSERT_FALSE(all);
  EXPECT_EQ(all.error().list.size(), 20U);
  EXPECT_EQ(all.error().list.back().where.line, 20U);
  const auto one_too_many = parse_config(text + "key20: 1\n", "test.conf");
  ASSERT_FALSE(one_too_many);
  EXPECT_EQ(one_too_many.error().list.size(), 20U);
  EXPECT_EQ(one_too_many.error().list.back().where.line, 20U);
}

TEST(config_limits, handshake_timeout) {
  const auto with = [](const std::string& timeout) {
    return parse_config("tls { cert_file: a, key_file: b, timeout: " + timeout + " }", "test.conf");
  };
  for (const char* longest : {"60m", "3600", "3600000ms"}) {
    const auto read = with(longest);
    ASSERT_TRUE(read) << longest;
    EXPECT_EQ(read->tls_timeout, 1h) << longest;
  }
  for (const char* longer : {"3600001ms", "3601", "61m"})
    EXPECT_FALSE(with(longer)) << longer;
}

TEST(config_limits, size) {
  const config_limits limits;
  const std::string text = "port: 1\n";
  const std::string comment = "#" + std::string(limits.file_octets - text.size() - 1, 'x');
  EXPECT_TRUE(parse_config(text + comment, "test.conf"));
  const auto beyond = parse_config(text + comment + "x", "test.conf");
  ASSERT_FALSE(beyond);
  EXPECT_NE(beyond.error().list.front().message.find("larger than"), std::string::npos);
}

TEST(config_limits, a_hundred_megabytes_of_brackets) {
  const auto result = parse_config(std::string(100'000'000, '['), "test.conf");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().list.size(), 1U);
}

// ---- files

TEST(config_file, is_read) {
  const tests::temporary_directory directory;
  const auto result = read_config(directory.file("a.conf", "ocsp { mode: must }"));
  ASSERT_TRUE(result);
  EXPECT_EQ(result->ocsp_mode, mode::must);
}

TEST(config_file, missing_or_a_directory) {
  const tests::temporary_directory directory;
  for (const auto& path : {directory.path() / "none", directory.path()}) {
    const auto result = read_config(path);
    ASSERT_FALSE(result);
    ASSERT_EQ(result.error().list.size(), 1U);
    EXPECT_EQ(result.error().list.front().file, path.string());
  }
}

TEST(config_file, an_endless_one_is_refused) {
  const auto result = read_config("/dev/zero");
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().list.front().message.find("larger than"), std::string::npos);
}

}  // namespace
}  // namespace staplelab::stapler
