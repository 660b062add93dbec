// R49 and R51 to R61: nonces, extensions of answers, and the choice of an algorithm.
#include <algorithm>
#include <array>

#include "conform/identifiers.hpp"
#include "conform/judging.hpp"
#include "conform/signature_strength.hpp"

namespace staplelab::conform {
namespace {

constexpr std::array nonce_probes{probe_id::nonce_1, probe_id::nonce_16, probe_id::nonce_32,
                                  probe_id::nonce_33, probe_id::nonce_128};

std::string algorithm_name(der::bytes_view identifier) {
  const auto known = strength_of(identifier);
  return known ? known->name : "algorithm " + pki::to_hex(identifier);
}

finding judge_r49(const evidence& seen) {
  case_list cases;
  const auto issued_with = strength_of(seen.leaf().signature_algorithm);
  for_each_basic(seen, [&](probe_id id, const raw_basic& basic) {
    const auto used = strength_of(basic.signature_algorithm);
    if (!used) {
      cases.accept(
          id, "the strength of " + algorithm_name(basic.signature_algorithm) + " is not known");
    } else if (used->digest_bits == 0) {
      cases.fail(id, fmt::format("{}: signed with {}", probe_of(id).title, used->name));
    } else if (issued_with && used->digest_bits < issued_with->digest_bits) {
      cases.fail(id, fmt::format("signed with {}, the certificate with {}", used->name,
                                 issued_with->name));
    } else {
      cases.pass(id, "signed with " + used->name);
    }
  });
  return cases.conclude("no definitive answer was seen");
}

// What the request's extension held, and what came back.
std::optional<der::bytes> nonce_in(const std::vector<raw_extension>& extensions) {
  const auto* found = find(extensions, identifier::nonce);
  return found ? std::optional(found->value) : std::nullopt;
}

std::optional<der::bytes> asked_nonce(der::bytes_view request) {
  const auto outer = der::only(request, der::tag::sequence);
  if (!outer) return std::nullopt;
  der::reader in(outer->content);
  const auto tbs = in.take(der::tag::sequence);
  if (!tbs) return std::nullopt;
  der::reader fields(tbs->content);
  fields.take(der::tag::sequence);
  const auto wrapped = fields.take(der::tag::constructed_context(2));
  const auto extensions = wrapped ? read_extensions(wrapped->content) : std::nullopt;
  return extensions ? nonce_in(*extensions) : std::nullopt;
}

enum class echo { none, same, other };
echo echo_in(const evidence& seen, probe_id id) {
  const auto back = nonce_in(seen.basic(id).extensions);
  if (!back) return echo::none;
  return back == asked_nonce(seen.exchange_of(id).request) ? echo::same : echo::other;
}

bool knows_nonces(const evidence& seen) {
  return std::ranges::any_of(nonce_probes, [&](probe_id id) {
    return seen.definitive(id) && echo_in(seen, id) == echo::same;
  });
}

// RFC 8954, which the BR cite, ends at 32 octets; RFC 9654 lets short ones go unanswered.
bool may_be_refused(const evidence& seen, probe_id id) {
  const bool is_long = id == probe_id::nonce_33 || id == probe_id::nonce_128;
  return is_long && seen.profile() == profile::webpki;
}

finding judge_r51(const evidence& seen) {
  case_list cases;
  for (const probe_id id : nonce_probes) {
    if (!seen.has(id)) continue;
    if (may_be_refused(seen, id) && refused_with(seen, id, malformed_request)) {
      cases.pass(id, fmt::format("{}: malformedRequest (RFC 8954 2.1)", probe_of(id).title));
    } else if (!seen.definitive(id)) {
      cases.fail(id, expected(seen, id, "an answer, with or without the nonce"));
    } else if (echo_in(seen, id) == echo::same) {
      cases.pass(id, fmt::format("{}: echoed", probe_of(id).title));
    } else if (echo_in(seen, id) == echo::other) {
      cases.fail(id, fmt::format("{}: another nonce came back", probe_of(id).title));
    } else if (id == probe_id::nonce_1 || !knows_nonces(seen)) {
      cases.accept(id, fmt::format("{}: not echoed", probe_of(id).title));
    } else {
      cases.fail(id, fmt::format("{}: not echoed, although others are", probe_of(id).title));
    }
  }
  return cases.conclude("nothing could be asked");
}

finding judge_r52(const evidence& seen) {
  case_list cases;
  const auto refuse = [&](probe_id id) {
    if (!seen.has(id)) return;
    if (refused_with(seen, id, malformed_request)) {
      cases.pass(id, fmt::format("{}: malformedRequest", probe_of(id).title));
    } else if (seen.definitive(id) && echo_in(seen, id) == echo::none && !knows_nonces(seen)) {
      cases.accept(id, "nonces are not looked at");
    } else {
      cases.fail(id, expected(seen, id, "malformedRequest"));
    }
  };
  refuse(probe_id::nonce_0);
  refuse(probe_id::nonce_129);
  if (seen.profile() == profile::webpki) refuse(probe_id::nonce_33);
  return cases.conclude("nothing could be asked");
}

finding judge_r53(const evidence& seen) {
  case_list cases;
  const auto id = probe_id::nonce_1;
  if (!seen.has(id)) return skipped("nothing could be asked");
  if (!seen.definitive(id)) {
    cases.fail(id, expected(seen, id, "an answer, with or without the nonce"));
  } else {
    cases.pass(id, echo_in(seen, id) == echo::same ? "a nonce of 1 octet is echoed"
                                                   : "a nonce of 1 octet is ignored");
  }
  return cases.conclude({});
}

finding judge_r54(const evidence& seen) {
  case_list cases;
  const auto id = probe_id::nonce_32;
  if (!seen.has(id)) return skipped("nothing could be asked");
  if (!seen.like_base(id)) {
    cases.fail(id, expected(seen, id, "the answer to the plain question"));
  } else {
    cases.pass(id, echo_in(seen, id) == echo::same ? "answered with the nonce"
                                                   : "answered without the nonce");
  }
  return cases.conclude({});
}

finding judge_r55(const evidence& seen) {
  case_list cases;
  const auto id = probe_id::nonce_raw;
  if (!seen.has(id)) return skipped("nothing could be asked");
  if (refused_with(seen, id, malformed_request)) {
    cases.accept(id, "a nonce that is not wrapped is malformedRequest");
  } else if (!seen.definitive(id)) {
    cases.fail(id, expected(seen, id, "an answer or malformedRequest"));
  } else if (echo_in(seen, id) == echo::other) {
    cases.fail(id, "a nonce that is not wrapped comes back as another");
  } else {
    cases.pass(id, echo_in(seen, id) == echo::same
                       ? "a nonce that is not wrapped is echoed as it is"
                       : "a nonce that is not wrapped is ignored");
  }
  return cases.conclude({});
}

finding judge_r56(const evidence& seen) {
  case_list cases;
  const auto id = probe_id::nonce_in_single;
  if (!seen.has(id)) return skipped("nothing could be asked");
  if (seen.definitive(id) && nonce_in(seen.basic(id).extensions)) {
    cases.fail(id, "a nonce in singleRequestExtensions came back as the response's");
  } else {
    cases.pass(id, "a nonce in singleRequestExtensions: " + seen.summary_of(id));
  }
  return cases.conclude({});
}

// A singleExtension that may be there, and must make sense when it is.
finding optional_extension(const evidence& seen, der::bytes_view oid, std::string_view name,
                           bool (*sound)(const raw_extension&, const raw_basic&)) {
  case_list cases;
  for_each_single(seen, [&](probe_id id, const raw_basic& basic, const raw_single& single) {
    const auto* found = find(single.extensions, oid);
    if (!found) return;
    if (sound(*found, basic)) {
      cases.pass(id, fmt::format("{} is well-formed", name));
    } else {
      cases.fail(id, fmt::format("{} is malformed: {}", name, pki::to_hex(found->value)));
    }
  });
  return cases.conclude(fmt::format("no answer has {}", name));
}

finding judge_r57(const evidence& seen) {
  const auto sound = [](const raw_extension& extension, const raw_basic& basic) {
    const auto time = der::only(extension.value, der::tag::generalized_time);
    const std::string text = time ? std::string(time->content.begin(), time->content.end()) : "";
    // Both are GeneralizedTime in one zone: they sort as text.
    return text.size() == basic.produced_at.text.size() && text <= basic.produced_at.text;
  };
  return optional_extension(seen, identifier::archive_cutoff, "archiveCutoff", sound);
}

finding judge_r58(const evidence& seen) {
  const auto sound = [](const raw_extension& extension, const raw_basic&) {
    const auto outer = der::only(extension.value, der::tag::sequence);
    if (!outer) return false;
    der::reader in(outer->content);
    for (const auto& [number, tag] :
         {std::pair(0U, der::tag::ia5_string), std::pair(1U, der::tag::integer),
          std::pair(2U, der::tag::generalized_time)}) {
      const auto field = in.take(der::tag::constructed_context(number));
      if (field && !der::only(field->content, tag)) return false;
    }
    return in.at_end();
  };
  return optional_extension(seen, identifier::crl_id, "CrlID", sound);
}

finding judge_r59(const evidence& seen) {
  case_list cases;
  const auto fits = [](const raw_extension& extension, der::bytes_view oid, std::uint8_t tag) {
    return !is_extension(extension, oid) || der::only(extension.value, tag).has_value();
  };
  for_each_single(seen, [&](probe_id id, const raw_basic&, const raw_single& single) {
    for (const raw_extension& extension : single.extensions) {
      const bool ours = is_extension(extension, identifier::reason_code) ||
                        is_extension(extension, identifier::invalidity_date) ||
                        is_extension(extension, identifier::certificate_issuer);
      if (!ours) continue;
      if (fits(extension, identifier::reason_code, der::tag::enumerated) &&
          fits(extension, identifier::invalidity_date, der::tag::generalized_time) &&
          fits(extension, identifier::certificate_issuer, der::tag::sequence)) {
        cases.pass(id, "CRL entry extensions are well-formed");
      } else {
        cases.fail(id, "a CRL entry extension is malformed: " + pki::to_hex(extension.value));
      }
    }
  });
  return cases.conclude("no answer has CRL entry extensions");
}

finding judge_r60(const evidence& seen) {
  case_list cases;
  expect_like_base(seen, probe_id::acceptable_basic, cases);
  const auto other = probe_id::acceptable_other;
  if (seen.has(other)) {
    const bool orderly = seen.definitive(other) || seen.reading_of(other).what == said::error;
    if (orderly) {
      cases.pass(other, fmt::format("{}: {}", probe_of(other).title, seen.summary_of(other)));
    } else {
      cases.fail(other, expected(seen, other, "an error status, or a basic response"));
    }
  }
  return cases.conclude("nothing could be asked");
}

finding judge_r61(const evidence& seen) {
  case_list cases;
  const auto id = probe_id::prefer_other;
  if (!seen.has(id))
    return skipped("the signer's key has no second algorithm that is strong enough");
  if (!seen.definitive(id)) {
    cases.fail(id, expected(seen, id, "the answer to the plain question"));
    return cases.conclude({});
  }
  const auto& used = seen.basic(id).signature_algorithm;
  const bool asked_for = !std::ranges::search(seen.exchange_of(id).request, used).empty();
  if (asked_for) {
    cases.pass(id, "the preferred algorithm was used: " + algorithm_name(used));
  } else {
    cases.fail(id, "the preferred algorithm was passed over for " + algorithm_name(used));
  }
  return cases.conclude({});
}

}  // namespace

std::vector<check> extension_checks() {
  using enum probe_id;
  constexpr auto a = area::extensions;
  constexpr auto m = always_must;
  constexpr auto basic = prerequisite::definitive_answer;
  // Prepared answers have the algorithm they have (RFC 6960 4.4.7.2.2).
  constexpr levels dynamic{level::should, level::may, level::may};
  return {
      {51,
       a,
       m,
       "a nonce comes back as it was sent, or not at all",
       "RFC 9654 2.1",
       basic,
       {nonce_1, nonce_16, nonce_32, nonce_33, nonce_128},
       judge_r51},
      {52,
       a,
       m,
       "nonces that are empty or too long are malformed",
       "RFC 9654 2.1, RFC 8954 2.1",
       basic,
       {nonce_0, nonce_129, nonce_33},
       judge_r52,
       stage::provocations},
      {53,
       a,
       always_may,
       "a short nonce is echoed or ignored",
       "RFC 9654 2.1",
       basic,
       {nonce_1},
       judge_r53},
      {54,
       a,
       always_should,
       "a nonce is no reason to refuse",
       "RFC 9919 3.2.1",
       basic,
       {nonce_32},
       judge_r54},
      {55,
       a,
       always_may,
       "a nonce that is not wrapped is echoed as it is",
       "RFC 9654 2.1",
       basic,
       {nonce_raw},
       judge_r55,
       stage::provocations},
      {56,
       a,
       m,
       "a nonce in singleRequestExtensions is not the request's",
       "RFC 6960 4.4.1",
       basic,
       {nonce_in_single},
       judge_r56,
       stage::provocations},
      {57,
       a,
       m,
       "archiveCutoff is a time before producedAt",
       "RFC 6960 4.4.4",
       basic,
       {},
       judge_r57},
      {58, a, m, "CrlID is well-formed", "RFC 6960 4.4.2", basic, {}, judge_r58},
      {59, a, m, "CRL entry extensions are well-formed", "RFC 6960 4.4.5", basic, {}, judge_r59},
      {60,
       a,
       m,
       "AcceptableResponses that list basic bring a basic response",
       "RFC 6960 4.4.3",
       basic,
       {acceptable_basic, acceptable_other},
       judge_r60,
       stage::provocations},
      {61,
       a,
       dynamic,
       "the preferred signature algorithm is used",
       "RFC 6960 4.4.7.2.1",
       basic,
       {prefer_other},
       judge_r61},
      {49,
       area::content,
       m,
       "no weak signature, even when asked for one",
       "BR 7.1.3.2, RFC 6960 5.1, 5.1.2",
       basic,
       {prefer_weak},
       judge_r49},
  };
}

}  // namespace staplelab::conform
