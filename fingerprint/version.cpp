#include "fingerprint/version.hpp"

#include <cstdlib>
#include <filesystem>
#include <utility>

#include "runtime/clock.hpp"
#include "runtime/process.hpp"
#include "scenarios/target_template.hpp"

namespace staplelab::fingerprint {

namespace asio = runtime::asio;

namespace {

constexpr runtime::duration longest = std::chrono::seconds(5);
constexpr std::size_t longest_shown = 80;

runtime::command command_of(const scenarios::target& what) {
  const auto own = std::filesystem::read_symlink("/proc/self/exe").string();
  const scenarios::template_values values{{"program", own}};
  const char* path = std::getenv("PATH");
  runtime::command made;
  for (const auto& word : what.version)
    made.arguments.push_back(scenarios::filled_in(word, values));
  made.environment = {std::string("PATH=") + (path ? path : "/usr/bin:/bin"), "LANG=C.UTF-8",
                      "HOME=/"};
  return made;
}

runtime::awaitable<void> ask(runtime::command how, std::string& first) {
  using namespace asio::experimental::awaitable_operators;
  auto take = [&first](std::string_view line) {
    if (first.empty()) first = line.substr(0, longest_shown);
  };
  const auto where = co_await asio::this_coro::executor;
  auto begun = co_await runtime::process::start(where, std::move(how), std::move(take));
  if (!begun) co_return;
  auto told = std::move(*begun);
  co_await (told.wait_for_exit() || runtime::real_pause(longest));
}

}  // namespace

std::string version_of(const scenarios::target& what) {
  std::string first;
  asio::io_context io(1);
  std::exception_ptr failure;
  asio::co_spawn(io.get_executor(), ask(command_of(what), first),
                 [&](std::exception_ptr thrown) { failure = std::move(thrown); });
  io.run();
  if (failure) std::rethrow_exception(failure);
  return first.empty() ? "unknown" : first;
}

}  // namespace staplelab::fingerprint
