// CAs that were made elsewhere: by a real `openssl ca`, on the spot.
#include <gmock/gmock.h>
#include <signal.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/cli/process.hpp"

namespace staplelab::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

// demoCA below `$0`: four certificates, two of them revoked, the second without its file.
constexpr const char* make_openssl_ca = R"(
set -e
cd "$0"
mkdir demoCA demoCA/newcerts demoCA/private
: > demoCA/index.txt
echo 1000 > demoCA/serial
echo 05 > demoCA/crlnumber
cat > ca.cnf <<'END'
[ca]
default_ca = demo
[demo]
dir = demoCA
database = $dir/index.txt
new_certs_dir = $dir/newcerts
serial = $dir/serial
crlnumber = $dir/crlnumber
certificate = $dir/cacert.pem
private_key = $dir/private/cakey.pem
default_md = sha256
default_days = 30
default_crl_days = 7
policy = any
unique_subject = no
[any]
commonName = supplied
[req]
distinguished_name = dn
[dn]
END
openssl ecparam -genkey -name prime256v1 -noout -out demoCA/private/cakey.pem
openssl req -x509 -new -config ca.cnf -key demoCA/private/cakey.pem -subj "/CN=Demo CA" -days 365 \
  -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign \
  -out demoCA/cacert.pem
for name in good.example revoked.example held.example lost.example; do
  openssl ecparam -genkey -name prime256v1 -noout -out $name.key
  openssl req -new -config ca.cnf -key $name.key -subj "/CN=$name" -out $name.csr
  openssl ca -batch -notext -config ca.cnf -in $name.csr -out $name.pem
done
openssl ca -config ca.cnf -revoke revoked.example.pem -crl_compromise 20260101000000Z
openssl ca -config ca.cnf -revoke held.example.pem -crl_hold holdInstructionCallIssuer
rm demoCA/newcerts/1003.pem
)";

class ca_import : public testing::Test {
 protected:
  void SetUp() override {
    const auto made = run_program({"sh", "-c", make_openssl_ca, folder.path().string()});
    ASSERT_EQ(made.exit_code, 0) << made.out << made.err;
  }
  ended_program import(std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"ca", "import", ca});
    return staplelab(more);
  }
  nlohmann::json listed() {
    return nlohmann::json::parse(staplelab({"ca", "list", ca, "--json"}).out);
  }
  std::string ask(const std::string& port, const std::string& serial) {
    const auto asked =
        run_program({"openssl", "ocsp", "-no_nonce", "-issuer", demo + "/cacert.pem", "-serial",
                     serial, "-CAfile", demo + "/cacert.pem", "-url", "http://127.0.0.1:" + port});
    return asked.out + asked.err;
  }

  scratch_folder folder;
  const std::string demo = folder / "demoCA";
  const std::string ca = folder / "ca";
};

TEST_F(ca_import, takes_over_what_openssl_ca_has_issued) {
  const auto ended = import({demo});
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("imported Demo-CA"));
  EXPECT_THAT(ended.out, HasSubstr("4 certificates, 2 revoked"));
  const auto all = listed();
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(all[0]["name"], "good.example");
  EXPECT_EQ(all[0]["serial"], "1000");
  EXPECT_EQ(all[0]["status"], "good");
  EXPECT_EQ(all[1]["reason"], "keyCompromise");
  EXPECT_EQ(all[2]["reason"], "certificateHold");
  EXPECT_EQ(all[3]["subject"], "/CN=lost.example");  // its file is not there
  EXPECT_FALSE(all[3].contains("not_before"));
  EXPECT_THAT(content_of(ca + "/ca.pem"), HasSubstr("BEGIN CERTIFICATE"));
  EXPECT_THAT(staplelab({"ca", "list", ca}).out, HasSubstr("lost.example"));
}

TEST_F(ca_import, answers_for_certificates_issued_elsewhere) {
  ASSERT_EQ(import({demo}).exit_code, 0);
  background_program server(
      {STAPLELAB_PROGRAM, "responder", "--ca", ca, "--listen", "127.0.0.1:0"});
  const auto address = server.wait_for_line("listening on ");
  const auto port = address.substr(address.rfind(':') + 1);
  EXPECT_THAT(ask(port, "0x1000"),
              testing::AllOf(HasSubstr("Response verify OK"), HasSubstr("0x1000: good")));
  EXPECT_THAT(ask(port, "0x1001"),
              testing::AllOf(HasSubstr("0x1001: revoked"), HasSubstr("Reason: keyCompromise")));
  EXPECT_THAT(ask(port, "0x1002"), HasSubstr("Reason: certificateHold"));
  EXPECT_THAT(ask(port, "0x1003"), HasSubstr("0x1003: good"));  // known from the index only
  EXPECT_THAT(ask(port, "0x1004"), HasSubstr("unauthorized"));
  ASSERT_EQ(staplelab({"ca", "revoke", ca, "lost.example", "--reason", "superseded"}).exit_code, 0);
  EXPECT_THAT(ask(port, "0x1003"), HasSubstr("Reason: superseded"));
}

TEST_F(ca_import, continues_its_crls) {
  ASSERT_EQ(import({demo}).exit_code, 0);
  const std::string crl = folder / "demo.crl";
  ASSERT_EQ(staplelab({"ca", "crl", ca, "--out", crl}).exit_code, 0);
  const auto text = run_program(
      {"openssl", "crl", "-in", crl, "-noout", "-text", "-CAfile", demo + "/cacert.pem"});
  EXPECT_THAT(text.err, HasSubstr("verify OK"));
  EXPECT_THAT(text.out, HasSubstr("CRL Number: \n                5\n"));
  EXPECT_THAT(text.out, HasSubstr("Invalidity Date"));
  const auto verified =
      run_program({"openssl", "verify", "-crl_check", "-CAfile", demo + "/cacert.pem", "-CRLfile",
                   crl, folder / "revoked.example.pem"});
  EXPECT_THAT(verified.out + verified.err, HasSubstr("certificate revoked"));
  EXPECT_EQ(run_program({"openssl", "verify", "-crl_check", "-CAfile", demo + "/cacert.pem",
                         "-CRLfile", crl, folder / "good.example.pem"})
                .exit_code,
            0);
}

TEST_F(ca_import, takes_a_plain_pair) {
  const auto ended = import(
      {"--cert", demo + "/cacert.pem", "--key", demo + "/private/cakey.pem", "--name", "demo"});
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  ASSERT_EQ(staplelab({"ca", "issue", ca, "new.example"}).exit_code, 0);
  EXPECT_EQ(
      run_program({"openssl", "verify", "-CAfile", demo + "/cacert.pem", ca + "/new.example.pem"})
          .exit_code,
      0);
}

TEST_F(ca_import, joins_a_ca_that_is_there) {
  ASSERT_EQ(staplelab({"ca", "init", ca}).exit_code, 0);
  ASSERT_EQ(import({demo}).exit_code, 0);
  const auto again = import({demo});
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_THAT(again.err, HasSubstr("already"));
  EXPECT_EQ(listed().size(), 4U);
}

TEST_F(ca_import, imports_nothing_of_a_broken_index) {
  const std::string index = demo + "/index.txt";
  const std::string text = content_of(index);
  folder.write("demoCA/index.txt",
               text + "R\t270301120000Z\t260301,stolen\t1004\tunknown\t/CN=x\n");
  const auto ended = import({demo});
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(ended.err, HasSubstr("index.txt:5:17: error: '260301' is no time"));
  EXPECT_THAT(ended.err, HasSubstr("YYMMDDHHMMSSZ"));
  EXPECT_FALSE(std::filesystem::exists(ca));
}

TEST_F(ca_import, imports_nothing_with_another_key_or_certificate) {
  const auto other_key = import({demo, "--key", folder / "good.example.key"});
  EXPECT_EQ(other_key.exit_code, 2);
  EXPECT_THAT(other_key.err, HasSubstr("private key"));
  EXPECT_FALSE(std::filesystem::exists(ca));
  std::filesystem::copy_file(folder / "good.example.pem", demo + "/newcerts/1003.pem");
  const auto other_cert = import({demo});
  EXPECT_EQ(other_cert.exit_code, 2);
  EXPECT_THAT(other_cert.err, HasSubstr("1003.pem"));
  EXPECT_FALSE(std::filesystem::exists(ca));
}

TEST_F(ca_import, says_what_is_missing) {
  EXPECT_EQ(import().exit_code, 1);
  const auto empty = import({ca + "-nowhere"});
  EXPECT_EQ(empty.exit_code, 2);
  std::filesystem::create_directory(folder / "bare");
  const auto bare = import({folder / "bare"});
  EXPECT_EQ(bare.exit_code, 2);
  EXPECT_THAT(bare.err, HasSubstr("--cert"));
  EXPECT_FALSE(std::filesystem::exists(ca));
}

}  // namespace
}  // namespace staplelab::cli
