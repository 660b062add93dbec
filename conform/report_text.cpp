#include <fmt/format.h>

#include <array>

#include "conform/report.hpp"

namespace staplelab::conform {
namespace {

constexpr std::array areas{area::parsing, area::content, area::extensions, area::http};

constexpr std::string_view red = "31", green = "32", yellow = "33", dim = "2", bold = "1";

class page {
 public:
  page(const examination& done, detail how, const report_style& style)
      : done_(done), how_(how), style_(style) {}

  std::string write(std::string_view url);

 private:
  std::string painted(std::string_view text, std::string_view code) const;
  std::string mark(const checked& each) const;
  std::string line(const checked& each) const;
  std::string exchange(const checked& each) const;
  std::string summary() const;

  const examination& done_;
  detail how_;
  report_style style_;
};

std::string page::painted(std::string_view text, std::string_view code) const {
  return style_.colour ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
}

std::string page::mark(const checked& each) const {
  const auto pick = [&](std::string_view symbol, std::string_view plain, std::string_view code) {
    return painted(fmt::format("{:<6}", style_.unicode ? symbol : plain), code);
  };
  switch (each.found.verdict) {
    case verdict::pass:
      return pick("\u2713", "ok", green);
    case verdict::acceptable:
      return pick("~", "~", yellow);
    case verdict::skip:
      return pick("-", "-", dim);
    case verdict::fail:
      return each.at == level::must ? pick("\u2717", "FAIL", red) : pick("!", "should", yellow);
  }
  return {};
}

std::string page::exchange(const checked& each) const {
  if (how_ == detail::summary || !each.found.shown) return {};
  std::string text;
  const auto add = [&](std::string_view label, std::string_view content) {
    text += fmt::format("           {}\n", label);
    while (!content.empty()) {
      const auto end = std::min(content.find('\n'), content.size());
      text += fmt::format("             {}\n", content.substr(0, end));
      content.remove_prefix(std::min(end + 1, content.size()));
    }
  };
  const auto shown = show(done_.seen, *each.found.shown, how_);
  add("sent", shown.sent);
  add("received", shown.received);
  return text;
}

std::string page::line(const checked& each) const {
  const std::string_view at = each.at ? to_string(*each.at) : "-";
  std::string text = fmt::format("  {} {:<4} {:<6} {}  {}\n", mark(each), each.what->id(), at,
                                 each.what->title, painted(each.what->clause, dim));
  if (each.found.verdict == verdict::pass || !each.at) return text;
  std::string_view rest = each.found.why;
  while (!rest.empty()) {
    const auto end = std::min(rest.find("; "), rest.size());
    text += fmt::format("           {}\n", rest.substr(0, end));
    rest.remove_prefix(std::min(end + 2, rest.size()));
  }
  return each.found.verdict == verdict::skip ? text : text + exchange(each);
}

std::string page::summary() const {
  const totals sum = count(done_);
  const std::string musts = fmt::format("{} must failed", sum.must_failed);
  return fmt::format(
      "{}, {} should failed, {} passed, {} acceptable, {} skipped; {} exchanges in "
      "{:.1f} s\n",
      painted(musts, sum.must_failed > 0 ? red : green), sum.should_failed, sum.passed,
      sum.acceptable, sum.skipped, done_.exchanges,
      std::chrono::duration<double>(done_.took).count());
}

std::string page::write(std::string_view url) {
  std::string text =
      fmt::format("{}  profile {}\n", printable(url), to_string(done_.seen.profile()));
  for (const area each_area : areas) {
    text += "\n" + painted(title_of(each_area), bold) + "\n";
    for (const checked& each : done_.checks) {
      if (each.what->of == each_area) text += line(each);
    }
  }
  return text + "\n" + summary();
}

}  // namespace

std::string text_report(const examination& done, std::string_view url, detail how,
                        const report_style& style) {
  return page(done, how, style).write(url);
}

}  // namespace staplelab::conform
