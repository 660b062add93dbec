// Extensions, nonces and times.
#include "vectors/vector_case.hpp"

namespace staplelab::vectors {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;

const bytes sent(32, 0x5e);
const bytes other(32, 0xe5);

bytes nonce_extension(const bytes& nonce, bool critical = false) {
  return extension(identifier::nonce, critical, octet_string(nonce));
}

bytes archive_cutoff(bool critical) {
  return extension(identifier::archive_cutoff, critical,
                   generalized_time(judging_time() - days{3650}));
}

bytes crl_id(bool critical) {
  return extension(identifier::crl_id, critical, sequence({explicit_tag(1, integer(7U))}));
}

}  // namespace

recipe_table extension_recipes() {
  using enum ocsp_verdict;
  const char* const clause = "RFC 6960 4.4";
  return {"extension",
          {
              {"unknown", "C16", clause, good, "one nobody knows, not critical, in the response",
               [](draft& d) {
                 d.response.extensions = {extension(identifier::unheard_of, false, null())};
               }},
              {"unknown_critical", "C16", clause, critical_extension,
               "one nobody knows, critical, in the response",
               [](draft& d) {
                 d.response.extensions = {extension(identifier::unheard_of, true, null())};
               }},
              {"unknown_in_single", "C16", clause, good,
               "one nobody knows, not critical, in the SingleResponse",
               [](draft& d) {
                 d.single().extensions = {extension(identifier::unheard_of, false, null())};
               }},
              {"unknown_critical_in_single", "C16", clause, critical_extension,
               "one nobody knows, critical, in the SingleResponse",
               [](draft& d) {
                 d.single().extensions = {extension(identifier::unheard_of, true, null())};
               }},
              {"unknown_critical_and_revoked",
               "C16",
               clause,
               critical_extension,
               "a critical one nobody knows in a response that says revoked",
               [](draft& d) {
                 d.single().status = vectors::revoked(judging_time() - days{2}, 1);
                 d.response.extensions = {extension(identifier::unheard_of, true, null())};
               },
               {revoked}},
              {"unknown_critical_second", "C16", clause, critical_extension,
               "a known one first, then a critical one nobody knows",
               [](draft& d) {
                 d.response.extensions = {nonce_extension(sent),
                                          extension(identifier::unheard_of, true, null())};
               }},
              {"archive_cutoff", "C16 R57", "RFC 6960 4.4.4", good, "archiveCutoff",
               [](draft& d) { d.single().extensions = {archive_cutoff(false)}; }},
              {"archive_cutoff_critical",
               "C16",
               "RFC 6960 4.4.4",
               good,
               "archiveCutoff, critical",
               [](draft& d) { d.single().extensions = {archive_cutoff(true)}; },
               {critical_extension}},
              {"crl_id", "C16 R58", "RFC 6960 4.4.2", good, "CrlID",
               [](draft& d) { d.single().extensions = {crl_id(false)}; }},
              {"nonce_critical",
               "C16",
               "RFC 6960 4.4.1",
               good,
               "a nonce, marked critical",
               [](draft& d) { d.response.extensions = {nonce_extension(sent, true)}; },
               {critical_extension}},
              {"extended_revoke", "R36", "RFC 6960 4.4.8", good, "extended-revoke beside good",
               [](draft& d) {
                 d.response.extensions = {extension(identifier::extended_revoke, false, null())};
               }},
          }};
}

recipe_table nonce_recipes() {
  using enum ocsp_verdict;
  const char* const clause = "RFC 9654 2.1, RFC 9919 5";
  return {"nonce",
          {
              {"echoed", "C9", clause, good, "32 octets sent, and back",
               [](draft& d) {
                 d.nonce = sent;
                 d.response.extensions = {nonce_extension(sent)};
               }},
              {"another", "C9", clause, malformed, "another nonce came back: a replay",
               [](draft& d) {
                 d.nonce = sent;
                 d.response.extensions = {nonce_extension(other)};
               }},
              {"cut_short", "C9", clause, malformed, "the first 16 octets of the nonce came back",
               [](draft& d) {
                 d.nonce = sent;
                 d.response.extensions = {nonce_extension(bytes(16, 0x5e))};
               }},
              {"missing", "C9", clause, good, "none came back: pre-produced, no reason to refuse",
               [](draft& d) { d.nonce = sent; }},
              {"missing_strict", "C9", clause, malformed, "none came back, and the client insists",
               [](draft& d) {
                 d.nonce = sent;
                 d.require_nonce = true;
               }},
              {"missing_expired", "C9 C7", clause, expired, "none came back, and the answer is old",
               [](draft& d) {
                 d.nonce = sent;
                 d.valid(hours{-50}, hours{-1});
               }},
              {"unasked", "C10", "RFC 9919 5", good, "one came that nobody sent",
               [](draft& d) { d.response.extensions = {nonce_extension(other)}; }},
              {"one_octet", "C9", "RFC 9654 2.1", good, "one octet sent, and back",
               [](draft& d) {
                 d.nonce = bytes{0x01};
                 d.response.extensions = {nonce_extension(bytes{0x01})};
               }},
              {"of_128_octets", "C9", "RFC 9654 2.1", good, "128 octets sent, and back",
               [](draft& d) {
                 d.nonce = bytes(128, 0x5e);
                 d.response.extensions = {nonce_extension(bytes(128, 0x5e))};
               }},
              {"not_wrapped",
               "C9",
               "RFC 6960 4.4.1",
               good,
               "echoed without the inner OCTET STRING, as in the days of RFC 2560",
               [](draft& d) {
                 d.nonce = sent;
                 d.response.extensions = {extension(identifier::nonce, false, sent)};
               },
               {malformed}},
          }};
}

recipe_table time_recipes() {
  using enum ocsp_verdict;
  const char* const clause = "RFC 6960 3.2, 4.2.2.1";
  return {
      "time",
      {
          {"begins_now", "C7", clause, good, "thisUpdate is now",
           [](draft& d) {
             d.valid(seconds{0}, hours{1});
             d.response.produced_at = generalized_time(judging_time());
           }},
          {"begins_in_a_second", "C7", clause, not_yet_valid, "thisUpdate is a second away",
           [](draft& d) { d.valid(seconds{1}, hours{1}); }},
          {"begins_tomorrow", "C7", clause, not_yet_valid, "thisUpdate is a day away",
           [](draft& d) { d.valid(days{1}, days{2}); }},
          {"begins_within_skew", "C7", clause, good, "a second away, skew 1 s",
           [](draft& d) {
             d.valid(seconds{1}, hours{1});
             d.skew = seconds{1};
           }},
          {"begins_beyond_skew", "C7", clause, not_yet_valid, "two seconds away, skew 1 s",
           [](draft& d) {
             d.valid(seconds{2}, hours{1});
             d.skew = seconds{1};
           }},
          {"produced_tomorrow",
           "C7",
           "RFC 6960 2.4",
           not_yet_valid,
           "thisUpdate is past, but producedAt is a day away",
           [](draft& d) { d.response.produced_at = generalized_time(judging_time() + days{1}); },
           {good}},
          {"produced_long_after", "R50", "RFC 6960 2.5", good,
           "thisUpdate three days ago, producedAt an hour ago: signed from an older record",
           [](draft& d) { d.valid(days{-3}, days{4}); }},
          {"ends_now",
           "C7",
           clause,
           good,
           "nextUpdate is now",
           [](draft& d) { d.valid(hours{-1}, seconds{0}); },
           {expired}},
          {"ended_a_second_ago", "C7", clause, expired, "nextUpdate was a second ago",
           [](draft& d) { d.valid(hours{-1}, seconds{-1}); }},
          {"ended_last_year", "C7", clause, expired, "nextUpdate was a year ago",
           [](draft& d) {
             d.valid(days{-372}, days{-365});
             d.response.produced_at = generalized_time(judging_time() - days{372});
           }},
          {"ended_within_skew", "C7", clause, good, "a second ago, skew 1 s",
           [](draft& d) {
             d.valid(hours{-1}, seconds{-1});
             d.skew = seconds{1};
           }},
          {"ended_beyond_skew", "C7", clause, expired, "two seconds ago, skew 1 s",
           [](draft& d) {
             d.valid(hours{-1}, seconds{-2});
             d.skew = seconds{1};
           }},
          {"ends_before_it_begins",
           "R41",
           clause,
           expired,
           "nextUpdate before thisUpdate",
           [](draft& d) { d.valid(hours{-1}, hours{-2}); },
           {malformed}},
          {"ends_before_it_begins_within_skew",
           "R41",
           clause,
           expired,
           "nextUpdate before thisUpdate, and a skew that covers both",
           [](draft& d) {
             d.valid(hours{-1}, hours{-2});
             d.skew = days{1};
           },
           {malformed}},
          {"revoked_but_expired",
           "C7",
           clause,
           expired,
           "revoked, says a response whose time is over",
           [](draft& d) {
             d.single().status = vectors::revoked(judging_time() - days{9}, 1);
             d.valid(days{-8}, days{-1});
           },
           {revoked}},
          {"revoked_but_early",
           "C7",
           clause,
           not_yet_valid,
           "revoked, says a response of tomorrow",
           [](draft& d) {
             d.single().status = vectors::revoked(judging_time() - days{9}, 1);
             d.valid(days{1}, days{2});
           },
           {revoked}},
          {"unknown_but_expired",
           "C7",
           clause,
           expired,
           "unknown, says a response whose time is over",
           [](draft& d) {
             d.single().status = vectors::unknown();
             d.valid(days{-8}, days{-1});
           },
           {unknown}},
          {"no_end", "C8", "RFC 6960 4.2.2.1", good,
           "no nextUpdate: newer information is always at hand",
           [](draft& d) { d.valid(hours{-1}, std::nullopt); }},
          {"no_end_lightweight",
           "C8",
           "RFC 9919 5",
           expired,
           "no nextUpdate, which the lightweight profile must have",
           [](draft& d) {
             d.valid(hours{-1}, std::nullopt);
             d.profile = verify_profile::rfc9919;
           },
           {malformed}},
          {"no_end_web",
           "C8",
           "BR 4.9.9",
           expired,
           "no nextUpdate under the Baseline Requirements",
           [](draft& d) {
             d.valid(hours{-1}, std::nullopt);
             d.profile = verify_profile::webpki;
           },
           {malformed}},
          {"end_lightweight", "C8", "RFC 9919 5", good, "a week, under the lightweight profile",
           [](draft& d) { d.profile = verify_profile::rfc9919; }},
          {"no_end_of_max_age", "C8", "RFC 6960 4.2.2.1", good,
           "no nextUpdate, as old as the client allows",
           [](draft& d) {
             d.valid(hours{-2}, std::nullopt);
             d.max_age = hours{2};
           }},
          {"no_end_beyond_max_age", "C8", "RFC 6960 4.2.2.1", expired,
           "no nextUpdate, a second older than the client allows",
           [](draft& d) {
             d.valid(hours{-2} - seconds{1}, std::nullopt);
             d.max_age = hours{2};
           }},
          {"ends_in_9999", "C7", "RFC 5280 4.1.2.5", good, "nextUpdate is 99991231235959Z",
           [](draft& d) { d.single().next_update = tlv(0x18, ascii("99991231235959Z")); }},
          {"began_in_1970", "C7", clause, good, "thisUpdate is 19700101000000Z",
           [](draft& d) { d.single().this_update = tlv(0x18, ascii("19700101000000Z")); }},
      }};
}

}  // namespace staplelab::vectors
