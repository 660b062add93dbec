#include "stapler/loaded_config.hpp"

#include <gtest/gtest.h>

#include "tests/stapler/lab.hpp"

namespace staplelab::stapler::test {
namespace {

class files : public testing::Test {
 protected:
  std::string pem(const std::string& name) {
    return l.directory.file(name + ".pem", std::string_view(l.ca.issued(name).cert.to_pem()));
  }
  std::string key(const std::string& name) {
    return l.directory.file(name + ".key", std::string_view(l.ca.issued(name).key.to_pem()));
  }
  std::string authorities(const std::vector<std::string>& names) {
    std::string text;
    for (const auto& name : names)
      text += l.ca.authority(name).cert.to_pem();
    return l.directory.file("ca.pem", std::string_view(text));
  }
  config with(certificate_files what) {
    config c;
    c.certificates = {std::move(what)};
    return c;
  }

  lab l;
};

TEST_F(files, issuer_is_any_of_the_ca_file) {
  const auto loaded =
      load(with({pem("site"), key("site"), authorities({"stranger", "issuing", "root"}), {}}));
  ASSERT_TRUE(loaded) << loaded.error().message;
  ASSERT_TRUE(loaded->certificates[0].issuer);
  EXPECT_EQ(loaded->certificates[0].issuer->subject(), "CN=issuing");
}

TEST_F(files, issuer_is_the_second_of_the_chain) {
  const auto chain =
      l.directory.file("chain.pem", std::string_view(l.ca.issued("site").cert.to_pem() +
                                                     l.ca.authority("issuing").cert.to_pem()));
  const auto loaded = load(with({chain, key("site"), {}, {}}));
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->certificates[0].issuer->subject(), "CN=issuing");
  EXPECT_EQ(loaded->certificates[0].chain.size(), 1U);
}

TEST_F(files, without_its_issuer_the_certificate_is_still_served) {
  const auto loaded = load(with({pem("site"), key("site"), authorities({"stranger"}), {}}));
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_FALSE(loaded->certificates[0].issuer);
}

TEST_F(files, url_replaces_the_addresses_of_the_certificate) {
  const auto own = load(with({pem("site"), key("site"), {}, {}}));
  ASSERT_TRUE(own);
  ASSERT_EQ(own->certificates[0].responders.size(), 1U);
  EXPECT_EQ("http://" + own->certificates[0].responders[0].host_field(), l.responder.url());
  const auto replaced =
      load(with({pem("site"), key("site"), {}, runtime::http_url::parse("http://else.where")}));
  ASSERT_TRUE(replaced);
  ASSERT_EQ(replaced->certificates[0].responders.size(), 1U);
  EXPECT_EQ(replaced->certificates[0].responders[0].host, "else.where");
}

TEST_F(files, must_staple_with_stapling_off_is_a_warning) {
  for (const std::string name : {"site", "plain"}) {
    auto what = with({pem(name), key(name), {}, {}});
    what.ocsp_mode = mode::never;
    const auto off = load(what);
    ASSERT_TRUE(off);
    EXPECT_EQ(warnings_of(*off).size(), name == "site" ? 1U : 0U);
    what.ocsp_mode = mode::auto_;
    EXPECT_TRUE(warnings_of(*load(what)).empty());
  }
}

TEST_F(files, mistakes_name_the_file) {
  const auto missing = (l.directory.path() / "missing.pem").string();
  const auto junk = l.directory.file("junk.pem", std::string_view("no certificate"));
  const struct {
    certificate_files what;
    std::string named;
  } rows[] = {
      {{missing, key("site"), {}, {}}, missing},
      {{pem("site"), missing, {}, {}}, missing},
      {{pem("site"), key("site"), missing, {}}, missing},
      {{junk, key("site"), {}, {}}, junk},
      {{pem("site"), junk, {}, {}}, junk},
      {{pem("site"), key("other"), {}, {}}, key("other")},
      {{l.directory.path(), key("site"), {}, {}}, l.directory.path().string()},
      {{"/dev/zero", key("site"), {}, {}}, "/dev/zero"},
  };
  for (const auto& row : rows) {
    const auto loaded = load(with(row.what));
    ASSERT_FALSE(loaded) << row.named;
    EXPECT_NE(loaded.error().message.find(row.named), std::string::npos) << loaded.error().message;
  }
}

TEST_F(files, pem_has_a_limit) {
  constexpr std::size_t largest = 1024 * 1024;
  const std::string text = l.ca.issued("site").cert.to_pem();
  const std::string filling(largest - text.size() - 1, '#');
  const auto within = l.directory.file("within.pem", std::string_view(filling + "\n" + text));
  EXPECT_TRUE(load(with({within, key("site"), {}, {}})));
  const auto beyond = l.directory.file("beyond.pem", std::string_view(filling + "#\n" + text));
  const auto refused = load(with({beyond, key("site"), {}, {}}));
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("larger than 1048576"), std::string::npos);
}

TEST_F(files, a_key_that_openssl_will_not_serve_is_refused_now_not_at_a_handshake) {
  const auto weak_key = (l.directory.path() / "weak.key").string();
  const auto weak_pem = (l.directory.path() / "weak.pem").string();
  const auto made =
      tests::run_program({"openssl", "req", "-x509", "-newkey", "rsa:1024", "-nodes", "-subj",
                          "/CN=weak", "-keyout", weak_key, "-out", weak_pem});
  ASSERT_EQ(made.exit_code, 0) << made.output;
  const auto loaded = load(with({weak_pem, weak_key, {}, {}}));
  ASSERT_FALSE(loaded);
  EXPECT_NE(loaded.error().message.find(weak_pem), std::string::npos);
}

TEST_F(files, no_certificate_at_all) {
  EXPECT_FALSE(load(config()));
}

struct sni_row {
  const char* name;
  const char* sni;
  std::size_t expected;
};
class server_names : public testing::TestWithParam<sni_row> {};

TEST_P(server_names, choose_the_certificate) {
  lab l;
  pki::issue_description what;
  what.name = "wild";
  what.issuer = "issuing";
  what.subject_alt_names = {"*.Wild.example", "wild.example"};
  what.not_before = runtime::start;
  what.not_after = runtime::start + 24h;
  l.ca.issue(what, runtime::start);
  const suitability any = [](const served_certificate&) { return true; };
  const auto all =
      l.config(mode::auto_, profile::resilient, {"site", "wild", "other"}).certificates;
  EXPECT_EQ(certificate_for(all, GetParam().sni, any), GetParam().expected);
}

const sni_row sni_rows[] = {
    {"none", "", 0},
    {"unknown", "nowhere.example", 0},
    {"exact", "other.example", 2},
    {"wildcard", "a.wild.example", 1},
    {"wildcard_is_one_label", "a.b.wild.example", 0},
    {"wildcard_is_not_empty", ".wild.example", 0},
    {"the_domain_itself", "wild.example", 1},
    {"suffix_only", "xwild.example", 0},
};
INSTANTIATE_TEST_SUITE_P(loaded_config, server_names, testing::ValuesIn(sni_rows),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace staplelab::stapler::test
