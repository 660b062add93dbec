#include "scenarios/parse_actions.hpp"

#include <fmt/format.h>

#include <array>

#include "scenarios/parse.hpp"
#include "scenarios/parse_sections.hpp"
#include "scenarios/parse_values.hpp"

namespace staplelab::scenarios {

namespace {

std::optional<party> read_process(decoder& d, const json_value& value) {
  static constexpr word<party> words[] = {{"endpoint", party::endpoint},
                                          {"responder", party::responder}};
  return read_word(d, value, words);
}

std::optional<party> read_party(decoder& d, const json_value& value) {
  static constexpr word<party> words[] = {
      {"endpoint", party::endpoint}, {"responder", party::responder}, {"client", party::client}};
  return read_word(d, value, words);
}

bool is_endpoint(decoder& d, const json_value& value) {
  static constexpr word<party> words[] = {{"endpoint", party::endpoint}};
  return read_word(d, value, words).has_value();
}

maybe_action read_start(decoder& d, const json_value& value, const json_value&) {
  const auto who = read_process(d, value);
  return who ? maybe_action(start_step{*who}) : maybe_action();
}

maybe_action read_stop(decoder& d, const json_value& value, const json_value&) {
  const auto who = read_process(d, value);
  return who ? maybe_action(stop_step{*who}) : maybe_action();
}

maybe_action read_kill(decoder& d, const json_value& value, const json_value&) {
  return is_endpoint(d, value) ? maybe_action(kill_step{}) : maybe_action();
}

maybe_action read_restart(decoder& d, const json_value& value, const json_value&) {
  return is_endpoint(d, value) ? maybe_action(restart_step{}) : maybe_action();
}

std::optional<std::vector<std::string>> read_presented(decoder& d, const json_value& value) {
  auto names = one_or_list_of<read_certificate>(d, value);
  if (value.array() == nullptr || !value.array()->empty()) return names;
  d.error(value.at, "an endpoint needs at least one certificate");
  return {};
}

// What an object says, as an action; nothing when it says something wrong.
template <class Step, std::size_t N>
maybe_action read_members(decoder& d, const json_value& value, std::string_view what,
                          const key_row<Step> (&rows)[N], Step step) {
  const auto errors_before = d.error_count();
  read_object(d, value, what, rows, step);
  return d.error_count() == errors_before ? maybe_action(std::move(step)) : maybe_action();
}

constexpr key_row<reload_step> reload_rows[] = {
    {"mode", into<&reload_step::mode, read_mode>},
    {"certificates", into<&reload_step::certificates, read_presented>},
    {"url", into<&reload_step::url, read_address>},
};

maybe_action read_reload(decoder& d, const json_value& value, const json_value&) {
  return read_members(d, value, "a reload", reload_rows, {});
}

std::optional<store_step::act> read_store_act(decoder& d, const json_value& value) {
  using enum store_step::act;
  static constexpr word<store_step::act> words[] = {{"corrupt", corrupt},   {"remove", remove},
                                                    {"truncate", truncate}, {"replace", replace},
                                                    {"block", block},       {"unblock", unblock}};
  return read_word(d, value, words);
}

constexpr key_row<store_step> store_rows[] = {
    {"do", into<&store_step::what, read_store_act>, presence::required},
    {"certificate", into<&store_step::certificate, read_certificate>},
    {"with", into<&store_step::with, read_certificate>},
};

maybe_action read_store(decoder& d, const json_value& value, const json_value&) {
  using enum store_step::act;
  store_step step{.what = corrupt, .certificate = d.default_certificate, .with = {}};
  auto read = read_members(d, value, "a store action", store_rows, std::move(step));
  if (!read) return {};
  const auto& store = std::get<store_step>(*read);
  const json_value* with = value.find("with");
  const json_value* certificate = value.find("certificate");
  if (store.what == replace && with == nullptr) {
    d.error(value.at, "'replace' needs 'with', the certificate whose answer is put there");
    return {};
  }
  if (store.what != replace && with != nullptr) {
    d.error(with->at, "'with' belongs to 'replace'");
    return {};
  }
  if ((store.what == block || store.what == unblock) && certificate != nullptr) {
    d.error(certificate->at, "the whole store is blocked, not one certificate");
    return {};
  }
  return read;
}

maybe_action read_fault_action(decoder& d, const json_value& value, const json_value&) {
  auto fault = read_fault(d, value);
  return fault ? maybe_action(*std::move(fault)) : maybe_action();
}

maybe_action read_clear(decoder& d, const json_value& value, const json_value&) {
  const auto name = read_text(d, value);
  if (!name) return {};
  if (*name == "all") return action(clear_step{});
  if (std::ranges::find(d.names.faults, *name) != d.names.faults.end()) {
    return action(clear_step{*name});
  }
  std::vector<std::string> known = d.names.faults;
  known.emplace_back("all");
  d.no_such(value, "earlier fault", known);
  return {};
}

maybe_action read_signer(decoder& d, const json_value& value, const json_value&) {
  auto signer = read_response_signer(d, value);
  return signer ? maybe_action(signer_step{*std::move(signer)}) : maybe_action();
}

maybe_action read_publish(decoder& d, const json_value& value, const json_value&) {
  auto authority = read_authority(d, value);
  return authority ? maybe_action(publish_step{*std::move(authority)}) : maybe_action();
}

constexpr key_row<responder_step> responder_rows[] = {
    {"validity", into<&responder_step::validity, read_positive_duration>},
    {"backdate", into<&responder_step::backdate, read_duration>},
    {"produce_every", into<&responder_step::produce_every, read_duration>},
    {"publication_lag", into<&responder_step::publication_lag, read_duration>},
    {"produce_on_change", into<&responder_step::produce_on_change, read_bool>},
    {"cache", into<&responder_step::cache, read_duration>},
};

maybe_action read_responder_change(decoder& d, const json_value& value, const json_value&) {
  if (value.object() != nullptr && value.object()->empty()) {
    d.error(value.at, "a change of the responder needs at least one setting");
    return {};
  }
  auto read = read_members(d, value, "a change of the responder", responder_rows, {});
  if (!read) return {};
  const auto every = std::get<responder_step>(*read).produce_every;
  if (every && *every > duration(0) && *every < std::chrono::seconds(1)) {
    d.error(value.find("produce_every")->at, "answers are produced at most once a second");
    return {};
  }
  return read;
}

maybe_action read_purge(decoder& d, const json_value& value, const json_value&) {
  static constexpr word<purge_step> words[] = {{"cache", {}}};
  const auto what = read_word(d, value, words);
  return what ? maybe_action(*what) : maybe_action();
}

maybe_action read_advance(decoder& d, const json_value& value, const json_value&) {
  const auto by = read_positive_duration(d, value);
  return by ? maybe_action(advance_step{*by}) : maybe_action();
}

// A time, or "+7d" after the scenario's start.
maybe_action read_advance_to(decoder& d, const json_value& value, const json_value&) {
  const std::string* text = value.string();
  if (text == nullptr || !text->starts_with('+')) {
    const auto to = read_time(d, value);
    return to ? maybe_action(advance_to_step{*to}) : maybe_action();
  }
  json_value after_start = value;
  after_start.is = text->substr(1);
  const auto length = read_duration(d, after_start);
  return length ? maybe_action(advance_to_step{d.start + *length}) : maybe_action();
}

constexpr key_row<skew_step> skew_rows[] = {
    {"party", into<&skew_step::who, read_party>, presence::required},
    {"by", into<&skew_step::by, read_any_duration>, presence::required},
};

maybe_action read_skew(decoder& d, const json_value& value, const json_value&) {
  return read_members(d, value, "a skew", skew_rows, {});
}

std::optional<tls_version> read_tls(decoder& d, const json_value& value) {
  static constexpr word<tls_version> words[] = {{"1.2", tls_version::tls12},
                                                {"1.3", tls_version::tls13}};
  return read_word(d, value, words);
}

constexpr key_row<handshake_step> handshake_rows[] = {
    {"sni", into<&handshake_step::sni, read_host_name>},
    {"tls", into<&handshake_step::tls, read_tls>},
    {"status_request", into<&handshake_step::status_request, read_bool>},
    {"responder_ids", into<&handshake_step::responder_ids, read_up_to<max_responder_ids>>},
    {"count", into<&handshake_step::count, read_up_to<max_handshakes>>},
    {"parallel", into<&handshake_step::parallel, read_up_to<max_parallel>>},
};

std::optional<handshake_step> read_handshake_keys(decoder& d, const json_value& value) {
  auto read = read_members(d, value, "a handshake", handshake_rows, {});
  if (!read) return {};
  const auto& handshake = std::get<handshake_step>(*read);
  if (std::size_t{handshake.count} * handshake.parallel > max_handshakes) {
    d.error(value.at, fmt::format("more than {} handshakes in one step", max_handshakes));
    return {};
  }
  return handshake;
}

maybe_action read_handshake(decoder& d, const json_value& value, const json_value&) {
  const auto handshake = read_handshake_keys(d, value);
  return handshake ? maybe_action(*handshake) : maybe_action();
}

maybe_action read_query_action(decoder& d, const json_value& value, const json_value&) {
  auto query = read_query(d, value);
  return query ? maybe_action(*std::move(query)) : maybe_action();
}

constexpr key_row<eventually_step> eventually_rows[] = {
    {"within", into<&eventually_step::within, read_positive_duration>, presence::required},
    {"every", into<&eventually_step::every, read_positive_duration>, presence::required},
    {"handshake", into<&eventually_step::handshake, read_handshake_keys>},
    {"query", into<&eventually_step::query, read_query>},
};
constexpr key_row<always_step> always_rows[] = {
    {"for", into<&always_step::lasts, read_positive_duration>, presence::required},
    {"every", into<&always_step::every, read_positive_duration>, presence::required},
    {"handshake", into<&always_step::handshake, read_handshake_keys>},
    {"query", into<&always_step::query, read_query>},
};

// Whether a step that repeats its handshakes makes a sensible number of them.
bool repeats_sensibly(decoder& d, const json_value& value, duration in_all, duration every,
                      const handshake_step& each) {
  if (value.find("query") != nullptr && value.find("handshake") != nullptr) {
    d.error(value.find("query")->at, "'query' takes the place of 'handshake': give one of them");
    return false;
  }
  const auto times = static_cast<std::size_t>(in_all / every) + 1;
  if (every > in_all) {
    d.error(value.find("every")->at, "'every' is longer than the whole");
    return false;
  }
  if (times > max_handshakes / (std::size_t{each.count} * each.parallel)) {
    d.error(value.at, fmt::format("more than {} handshakes in one step", max_handshakes));
    return false;
  }
  return true;
}

maybe_action read_eventually(decoder& d, const json_value& value, const json_value&) {
  auto read = read_members(d, value, "'eventually'", eventually_rows, {});
  if (!read) return {};
  const auto& step = std::get<eventually_step>(*read);
  return repeats_sensibly(d, value, step.within, step.every, step.handshake) ? std::move(read)
                                                                             : maybe_action();
}

maybe_action read_always(decoder& d, const json_value& value, const json_value&) {
  auto read = read_members(d, value, "'always'", always_rows, {});
  if (!read) return {};
  const auto& step = std::get<always_step>(*read);
  return repeats_sensibly(d, value, step.lasts, step.every, step.handshake) ? std::move(read)
                                                                            : maybe_action();
}

maybe_action read_mark(decoder& d, const json_value& value, const json_value&) {
  auto label = read_text(d, value);
  return label ? maybe_action(mark_step{*std::move(label)}) : maybe_action();
}

constexpr action_row rows[] = {
    {"start", read_start, {}},
    {"stop", read_stop, {}},
    {"kill", read_kill, {}},
    {"restart", read_restart, {}},
    {"reload", read_reload, {}},
    {"store", read_store, {}},
    {"issue", read_issue, {}},
    {"revoke", read_revoke, beside_revoke},
    {"hold", read_hold, {}},
    {"release", read_release, {}},
    {"fault", read_fault_action, {}},
    {"clear", read_clear, {}},
    {"signer", read_signer, {}},
    {"publish", read_publish, {}},
    {"responder", read_responder_change, {}},
    {"purge", read_purge, {}},
    {"advance", read_advance, {}},
    {"advance_to", read_advance_to, {}},
    {"skew", read_skew, {}},
    {"handshake", read_handshake, {}, step_kind::probing},
    {"query", read_query_action, {}, step_kind::probing},
    {"eventually", read_eventually, {}, step_kind::probing, true},
    {"always", read_always, {}, step_kind::probing, true},
    {"mark", read_mark, {}},
};

}  // namespace

std::span<const action_row> action_rows() {
  return rows;
}

const action_row* action_named(std::string_view key) {
  const auto row = std::ranges::find(rows, key, &action_row::key);
  return row == std::end(rows) ? nullptr : row;
}

std::string_view action_with_beside(std::string_view key) {
  for (const auto& row : rows) {
    if (std::ranges::find(row.beside, key) != row.beside.end()) return row.key;
  }
  return {};
}

}  // namespace staplelab::scenarios
