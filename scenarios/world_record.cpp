#include "scenarios/world_record.hpp"

#include <algorithm>
#include <ranges>
#include <tuple>
#include <utility>

#include "scenarios/result.hpp"

namespace staplelab::scenarios {

namespace {

// Fetches, the answers to them, what they changed, and only then the handshakes that saw it.
std::size_t rank(const event& e) {
  constexpr std::size_t many = std::variant_size_v<stapler::event>;
  if (std::holds_alternative<responder::event>(e.what)) return 1;
  const auto* told = std::get_if<stapler::event>(&e.what);
  if (!told) return many + 2;
  return std::holds_alternative<stapler::fetch_started>(*told) ? 0 : told->index() + 2;
}

void replace_all(std::string& text, const std::string& from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

}  // namespace

void world_record::add(happening what, std::string certificate) {
  if (closed_) return;
  events_.push_back({time_.now(), std::move(what), std::move(certificate)});
  view_.take(events_.back());
}

void world_record::add_from_responder(const responder::event& told) {
  const auto* answered = std::get_if<responder::request_answered>(&told);
  add(told, answered ? name_of(*answered) : std::string());
}

void world_record::add_from_endpoint(const stapler::event& told) {
  if (std::holds_alternative<stapler::handshake_served>(told)) return;
  auto written = told;
  std::string certificate;
  const auto rewrite = [&](auto& of_one) {
    if constexpr (requires { of_one.certificate; }) {
      certificate = pki_.name_of_subject(of_one.certificate);
    }
    if constexpr (requires { of_one.url; }) of_one.url = addresses_.as_written(of_one.url);
    if constexpr (requires { of_one.message; }) of_one.message = without_paths(of_one.message);
    if constexpr (requires { of_one.outcome; }) of_one.outcome = without_paths(of_one.outcome);
    if constexpr (requires { std::string(of_one.why); }) of_one.why = without_paths(of_one.why);
  };
  std::visit(rewrite, written);
  add(std::move(written), std::move(certificate));
}

void world_record::arrange(std::size_t first, time_point start) {
  using key = std::tuple<time_point, std::size_t, std::string>;
  std::vector<std::pair<key, event>> keyed;
  for (std::size_t i = first; i < events_.size(); ++i) {
    auto& e = events_[i];
    key place(e.at, rank(e), to_line(e, start));
    keyed.emplace_back(std::move(place), std::move(e));
  }
  std::ranges::sort(keyed, {}, &std::pair<key, event>::first);
  std::ranges::move(std::views::values(keyed),
                    events_.begin() + static_cast<std::ptrdiff_t>(first));
}

std::string world_record::name_of(const responder::request_answered& answered) const {
  return answered.serials.size() == 1 ? pki_.name_of(answered.serials.front()) : std::string();
}

// A staple's file is named by the digest of its certificate.
std::string world_record::without_paths(std::string text) const {
  if (text.find(store_) == std::string::npos) return text;
  replace_all(text, store_, "${store}");
  for (const auto& [name, digest] : pki_.digests())
    replace_all(text, digest, name);
  return text;
}

}  // namespace staplelab::scenarios
