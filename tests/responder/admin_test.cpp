#include "responder/admin.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "pki/errors.hpp"
#include "responder/loopback_only.hpp"
#include "world.hpp"

namespace staplelab::responder {
namespace {

using namespace test;
using nlohmann::json;
using runtime::http_request;
using runtime::http_response;
using testing::HasSubstr;

// The API over a server that nobody asks anything over the network.
class Admin : public testing::Test {
 protected:
  Admin() : server_(io_.get_executor(), clock_, statuses_, config(), [](const event&) {}) {}

  server_config config() const {
    server_config result;
    result.authorities.push_back(lab_.direct());
    return result;
  }
  http_response send(std::string method, std::string target, std::string body = {}) {
    http_request request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.body = std::move(body);
    request.fields.set("Host", "127.0.0.1:8080");
    return administer(server_, statuses_, signers_, request, clock_.now());
  }
  json error_in(const http_response& response) const {
    return json::parse(response.body).at("error");
  }
  std::size_t rules() const { return server_.faults().rules().size(); }

  lab lab_;
  overriding_book statuses_{lab_.ca()};
  std::vector<named_signer> signers_;
  runtime::virtual_clock clock_{start};
  runtime::asio::io_context io_{1};
  server server_;
};

TEST_F(Admin, ShowsTheStatus) {
  const auto response = send("GET", "/status");
  ASSERT_EQ(response.status, 200);
  const auto body = json::parse(response.body);
  EXPECT_EQ(body.at("listening"), true);
  EXPECT_EQ(body.at("time"), "2026-03-01T00:00:00Z");
  EXPECT_EQ(body.at("validity"), "7d");
  EXPECT_EQ(body.at("signing").at(0).at("signer"), "CN=issuing");
}

TEST_F(Admin, AddsShowsAndClearsFaults) {
  const auto added = send("POST", "/faults", R"({"fault": "http_status", "code": 503, "count": 2,
      "probability": 0.5, "from": "2026-03-01T00:00:00Z", "until": "2026-03-02T00:00:00Z",
      "serial": "0a", "method": "GET", "path_prefix": "//", "name": "outage"})");
  ASSERT_EQ(added.status, 201) << added.body;
  EXPECT_EQ(json::parse(added.body).at("names"), json({"outage"}));
  const auto& rule = server_.faults().rules().at(0);
  EXPECT_EQ(to_string(rule.what), "http_status");
  EXPECT_EQ(rule.count, 2u);
  EXPECT_EQ(rule.probability, 0.5);
  EXPECT_EQ(rule.window.from, start);
  EXPECT_EQ(rule.window.until, start + 24h);
  EXPECT_EQ(rule.match.serial, pki::serial_number::from_hex("0a"));
  EXPECT_EQ(rule.match.method, "GET");
  EXPECT_EQ(rule.match.path_prefix, "//");

  // What it shows, it takes back.
  const auto shown = json::parse(send("GET", "/faults").body);
  EXPECT_EQ(send("DELETE", "/faults/outage").status, 204);
  EXPECT_EQ(send("DELETE", "/faults/outage").status, 404);
  EXPECT_EQ(send("POST", "/faults", shown.dump()).status, 201);
  EXPECT_EQ(json::parse(send("GET", "/faults").body), shown);
  EXPECT_EQ(send("DELETE", "/faults").status, 204);
  EXPECT_EQ(rules(), 0u);
}

TEST_F(Admin, EveryFaultReadsBackFromWhatIsShown) {
  for (const auto name : fault_names()) {
    json rule{{"fault", name}};
    if (name == "http_status") rule["code"] = 500;
    if (name == "delay") rule["by"] = "1d12h";
    if (name == "says_revoked") rule["reason"] = "keyCompromise";
    ASSERT_EQ(send("POST", "/faults", rule.dump()).status, 201) << name;
    const auto shown = json::parse(send("GET", "/faults").body);
    ASSERT_EQ(send("DELETE", "/faults").status, 204);
    ASSERT_EQ(send("POST", "/faults", shown.dump()).status, 201) << shown;
    EXPECT_EQ(json::parse(send("GET", "/faults").body), shown);
    send("DELETE", "/faults");
  }
}

struct refused {
  std::string body;
  int status;
  std::string where;
  std::string what;
};

TEST_F(Admin, MistakesAreNamedWithTheirPlaceAndNothingIsApplied) {
  const refused table[] = {
      {"", 400, "line 1, column 1", "no JSON"},
      {"{\"fault\": \n oops}", 400, "line 2, column 2", "no JSON"},
      {R"({"fault": "hang", "count": 1, "count": 2})", 400, "", "'count' stands twice"},
      {"[]", 400, "", "must be an object"},
      {"{}", 400, "", "'fault' is missing"},
      {R"({"fault": 5})", 400, "/fault", "must be a string, is 5"},
      {R"({"fault": "hnag"})", 400, "/fault", "'hang'"},
      {R"({"fault": "hang", "cuont": 1})", 400, "/cuont", "'count'"},
      {R"({"fault": "hang", "by": "1s"})", 400, "/by", "for hang"},
      {R"({"fault": "delay"})", 400, "/by", "is missing"},
      {R"({"fault": "delay", "by": "-1s"})", 400, "/by", "longer than zero"},
      {R"({"fault": "delay", "by": "soon"})", 400, "/by", "a duration"},
      {R"({"fault": "delay", "by": 5})", 400, "/by", "must be a string"},
      {R"({"fault": "hang", "count": 0})", 400, "/count", "at least 1"},
      {R"({"fault": "hang", "count": -1})", 400, "/count", "at least 1"},
      {R"({"fault": "hang", "count": 1.5})", 400, "/count", "whole number"},
      {R"({"fault": "hang", "count": 18446744073709551615})", 400, "/count", "whole number"},
      {R"({"fault": "hang", "probability": 2})", 400, "/probability", "at most 1"},
      {R"({"fault": "hang", "probability": null})", 400, "/probability", "must be a number"},
      {R"({"fault": "hang", "from": "yesterday"})", 400, "/from", "RFC 3339"},
      {R"({"fault": "hang", "from": "2026-03-02T00:00:00Z", "until": "2026-03-01T00:00:00Z"})", 400,
       "/until", "ends before"},
      {R"({"fault": "hang", "serial": "xyz"})", 400, "/serial", "hexadecimal"},
      {R"({"fault": "hang", "name": "a/b"})", 400, "/name", "letters"},
      {R"({"fault": "refuse_connections", "count": 3})", 400, "/count", "refuse_connections"},
      {R"({"fault": "refuse_connections", "serial": "0a"})", 400, "/serial", "refuse_connections"},
      {R"({"rules": [{"fault": "hang"}, {"fault": "close", "code": 1}]})", 400, "/rules/1/code",
       "for close"},
      {R"({"rules": [{"fault": "hang", "name": "a"}, {"fault": "hang", "name": "a"}]})", 409,
       "/rules/1/name", "in force already"},
      {R"({"rules": 5})", 400, "/rules", "array"},
      {R"({"rules": [], "more": 1})", 400, "/more", "unknown key"},
  };
  for (const auto& row : table) {
    const auto response = send("POST", "/faults", row.body);
    ASSERT_EQ(response.status, row.status) << row.body << "\n" << response.body;
    const auto error = error_in(response);
    EXPECT_EQ(error.at("where"), row.where) << row.body;
    EXPECT_THAT(error.at("what").get<std::string>(), HasSubstr(row.what)) << row.body;
    EXPECT_EQ(rules(), 0u) << row.body;
  }
}

TEST_F(Admin, DeepAndBrokenBodiesAreRefused) {
  EXPECT_EQ(send("POST", "/faults", std::string(60'000, '[')).status, 400);
  EXPECT_EQ(send("POST", "/faults", "{\"fault\": \"\xff\xfe\"}").status, 400);
  EXPECT_EQ(send("POST", "/faults", R"({"fault": "hang", "count": 1e999})").status, 400);
}

TEST_F(Admin, ChangesThePolicyWithinWhatTheProfileAllows) {
  const auto shown = json::parse(send("GET", "/policy").body);
  EXPECT_EQ(shown, json::parse(R"({"profile": "rfc9919", "validity": "7d", "backdate": "0s",
      "non_issued": "unauthorized", "responder_id": "by-key", "archive_cutoff": null})"));

  const auto changed = send("PATCH", "/policy", R"({"profile": "rfc6960", "validity": "2h",
      "non_issued": "extended-revoke", "responder_id": "by-name", "archive_cutoff": "365d"})");
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(json::parse(changed.body).at("archive_cutoff"), "365d");
  EXPECT_EQ(server_.policy().profile, profile::rfc6960);
  EXPECT_EQ(server_.policy().validity, 2h);
  EXPECT_EQ(server_.policy().non_issued, non_issued_answer::extended_revoke);
  EXPECT_EQ(server_.policy().responder_id, pki::responder_id_form::by_name);

  const auto refused = send("PATCH", "/policy", R"({"profile": "webpki", "validity": "4d"})");
  EXPECT_EQ(refused.status, 409);
  EXPECT_THAT(refused.body, HasSubstr("BR 7.2.2"));
  EXPECT_EQ(server_.policy().validity, 2h);
  const auto back = send("POST", "/policy", R"({"non_issued": null, "archive_cutoff": null})");
  EXPECT_EQ(json::parse(back.body).at("non_issued"), "unknown");
  EXPECT_FALSE(server_.policy().archive_retention);
}

TEST_F(Admin, MistakesInAPolicyAreNamedWithTheirPlace) {
  const std::pair<const char*, const char*> table[] = {
      {R"({"profil": "webpki"})", "/profil"},
      {R"({"profile": "rfc6961"})", "/profile"},
      {R"({"validity": 7})", "/validity"},
      {R"({"validity": "7 days"})", "/validity"},
      {R"({"non_issued": "revoked"})", "/non_issued"},
      {R"({"responder_id": null})", "/responder_id"},
      {R"({"validity": "2h", "backdate": "x"})", "/backdate"},
  };
  for (const auto& [body, where] : table) {
    const auto response = send("PATCH", "/policy", body);
    EXPECT_EQ(response.status, 400) << body;
    EXPECT_EQ(error_in(response).at("where"), where) << body;
  }
  EXPECT_EQ(send("PATCH", "/policy", "[]").status, 400);
  EXPECT_EQ(send("DELETE", "/policy").status, 405);
  EXPECT_EQ(server_.policy().validity, std::chrono::days(7));
}

TEST_F(Admin, SwapsTheSignerByName) {
  auto delegated = lab_.direct();
  delegated.delegate = lab_.issue("signer", "issuing", pki::certificate_role::ocsp_signer);
  auto unfit = lab_.direct();
  unfit.delegate = lab_.issue("a-server", "issuing");
  signers_ = {
      {"delegate", delegated}, {"unfit", unfit}, {"unfit-on-purpose", unfit, signer_choice::any}};

  EXPECT_EQ(send("POST", "/signer", R"({"name": "delegate"})").status, 204);
  EXPECT_TRUE(server_.signers().authorities().at(0).delegate);
  EXPECT_EQ(send("POST", "/signer", R"({"name": "unfit"})").status, 409);
  EXPECT_EQ(server_.signers().authorities().at(0).delegate->cert, delegated.delegate->cert);
  EXPECT_EQ(send("POST", "/signer", R"({"name": "unfit-on-purpose"})").status, 204);
  const auto unknown = send("POST", "/signer", R"({"name": "delegat"})");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_THAT(unknown.body, HasSubstr("'delegate'"));
  EXPECT_EQ(send("POST", "/signer", R"({"nam": "x"})").status, 400);
  EXPECT_EQ(send("POST", "/signer", R"({"name": 1})").status, 400);
  EXPECT_EQ(send("POST", "/signer", "").status, 400);
  EXPECT_EQ(send("GET", "/signer").status, 405);
}

TEST_F(Admin, StatusesFollowTheConventionOfNatsServer) {
  const auto serial = lab_.cert("good").serial();
  const auto path = "/statuses/" + serial.decimal();
  EXPECT_EQ(send("GET", path).body, serial.decimal() + " 0");
  for (const auto* status : {"1", "2", "0"}) {
    const auto set = send("POST", path, status);
    EXPECT_EQ(set.status, 200);
    EXPECT_EQ(set.body, serial.decimal() + " " + status);
    EXPECT_EQ(send("GET", path).body, serial.decimal() + " " + status);
  }
  EXPECT_EQ(send("GET", "/statuses/" + lab_.cert("revoked").serial().decimal()).body,
            lab_.cert("revoked").serial().decimal() + " 1");
  EXPECT_EQ(send("GET", "/statuses/987654321").body, "987654321 2");  // never set: unknown
  EXPECT_EQ(send("POST", path, "3").status, 400);
  EXPECT_EQ(send("POST", path, "").status, 400);
  EXPECT_EQ(send("POST", "/statuses/0x1f", "0").status, 400);
  EXPECT_EQ(send("POST", "/statuses/", "0").status, 400);
  EXPECT_EQ(send("PUT", path).status, 405);
  EXPECT_EQ(send("GET", path).body, serial.decimal() + " 0");
}

TEST_F(Admin, StatusesByHandCanBeTakenBack) {
  const auto serial = lab_.cert("revoked").serial().decimal();
  const auto path = "/statuses/" + serial;
  EXPECT_EQ(send("POST", path, "0").body, serial + " 0");
  EXPECT_TRUE(statuses_.any());
  EXPECT_EQ(send("DELETE", path).body, serial + " 1");  // as the CA has it
  EXPECT_FALSE(statuses_.any());
  EXPECT_EQ(send("DELETE", path).status, 200);
}

TEST_F(Admin, PathsAndMethodsItDoesNotKnow) {
  EXPECT_EQ(send("GET", "/").status, 404);
  EXPECT_EQ(send("POST", "/status").status, 405);
  EXPECT_EQ(send("PUT", "/faults").status, 405);
  EXPECT_EQ(send("GET", "/faults/x").status, 405);
}

TEST_F(Admin, ABrowserOnAnotherSiteGetsNowhere) {
  const auto status_with = [&](const char* host, const char* origin) {
    http_request request;
    request.method = "DELETE";
    request.target = "/faults";
    if (host) request.fields.set("Host", host);
    if (origin) request.fields.set("Origin", origin);
    const auto response = administer(server_, statuses_, signers_, request, start);
    EXPECT_FALSE(response.fields.find("Access-Control-Allow-Origin"));
    return response.status;
  };
  EXPECT_EQ(status_with("localhost:80", nullptr), 204);
  EXPECT_EQ(status_with("[::1]:80", "http://localhost:3000"), 204);
  EXPECT_EQ(status_with("rebound.example", nullptr), 403);
  EXPECT_EQ(status_with("127.0.0.1", "https://evil.example"), 403);
  EXPECT_EQ(status_with("127.0.0.1", "null"), 403);
  EXPECT_EQ(status_with(nullptr, nullptr), 403);
}

TEST(LoopbackOnly, KnowsLoopbackNames) {
  for (const auto* host :
       {"localhost", "localhost:1", "127.0.0.1", "127.9.9.9:65535", "[::1]", "[::1]:8"}) {
    EXPECT_TRUE(names_loopback(host)) << host;
  }
  for (const auto* host :
       {"", "localhost.evil.example", "127.0.0.1.evil.example", "128.0.0.1", "[::2]", "[::1]x",
        "127.0.0.1:x", "127.0.0.1:", "10.0.0.1", "evil:127.0.0.1"}) {
    EXPECT_FALSE(names_loopback(host)) << host;
  }
}

// -- over a socket -------------------------------------------------------------------------------

TEST(AdminServer, BindsLoopbackOnly) {
  lab here;
  overriding_book statuses(here.ca());
  world w;
  admin_config config;
  config.listen = {runtime::asio::ip::make_address("0.0.0.0"), 0};
  const auto begin = [&] {
    admin_server(w.io.get_executor(), w.clock, w.server, statuses, config);
  };
  EXPECT_THROW(begin(), pki::input_error);
}

TEST(AdminServer, AFaultPostedThereShowsInTheNextAnswer) {
  world w;
  overriding_book statuses(w.lab.ca());
  admin_server admin(w.io.get_executor(), w.clock, w.server, statuses, {});
  const std::string body = R"({"fault": "try_later"})";
  const auto heard = w.talk(
      "POST /faults HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
      "Content-Length: " +
          std::to_string(body.size()) + "\r\n\r\n" + body,
      admin.port());
  EXPECT_TRUE(heard.starts_with("HTTP/1.1 201 ")) << heard;
  EXPECT_EQ(w.verdict(w.get("good"), "good"), pki::ocsp_verdict::error_status);
  admin.stop();
  w.run(admin.join());
}

}  // namespace
}  // namespace staplelab::responder
