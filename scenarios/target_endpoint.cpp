#include "scenarios/target_endpoint.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <utility>

#include "pki/base64.hpp"
#include "pki/errors.hpp"
#include "responder/overloaded.hpp"
#include "runtime/duration_text.hpp"
#include "runtime/process_rest.hpp"
#include "scenarios/control_socket.hpp"
#include "scenarios/query.hpp"
#include "scenarios/target_template.hpp"

namespace staplelab::scenarios {

namespace asio = runtime::asio;
using responder::overloaded;
using runtime::awaitable;

namespace {

// All of these are real time.
constexpr duration look{10};
constexpr duration longest_fetch{5000};  // of a staple for an outsider

constexpr std::size_t kept_lines = 5;  // of what it said last
constexpr std::size_t kept_width = 300;

int code_of(const runtime::process_end& end) {
  return std::visit(overloaded{[](const runtime::exited& e) { return e.code; },
                               [](const runtime::killed& k) { return 128 + k.signal; }},
                    end);
}

std::string variable(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return fmt::format("{}={}", name, value ? value : otherwise);
}

awaitable<bool> accepts(const runtime::tcp::endpoint& address) {
  runtime::tcp_socket socket(co_await asio::this_coro::executor);
  runtime::error_code error;
  co_await socket.async_connect(address, asio::redirect_error(runtime::use_awaitable, error));
  co_return !error;
}

// Whatever it says of the certificate, and whoever signed it: a script does not look.
bool is_staple(const query_result& found) {
  return found.answer && found.verdict != probe_verdict::malformed &&
         found.verdict != probe_verdict::error_status;
}

class busy {
 public:
  explicit busy(bool& flag) : flag_(flag) { flag_ = true; }
  ~busy() { flag_ = false; }
  busy(const busy&) = delete;
  busy& operator=(const busy&) = delete;

 private:
  bool& flag_;
};

}  // namespace

target_endpoint::target_endpoint(const scenario_case& what, surroundings around, settings own)
    : world_endpoint(what, std::move(around)),
      of_(*what.on),
      own_(std::move(own)),
      has_store_(what.of->endpoint.store),
      folder_(of_),
      watchers_(around_.where) {
  if (!of_.warning.empty()) warning_.emplace(of_.warning);
  if (!of_.reload_done.empty()) reload_sign_.emplace(of_.reload_done);
}

target_endpoint::~target_endpoint() {
  watchers_.cancel();
  process_.reset();  // before its folder goes
}

target_situation target_endpoint::situation() const {
  target_situation now{.mode = written_.mode,
                       .certificate = around_.pki.served(written_.certificates.front(), {}),
                       .roots = around_.pki.roots(),
                       .responder_url = {},
                       .store = {},
                       .port = around_.listen.port(),
                       .control_port = control_port_.number()};
  if (written_.url) now.responder_url = own_.addresses.url_of(*written_.url);
  if (has_store_) now.store = around_.store;
  return now;
}

duration target_endpoint::offset() const {
  return around_.time.now() - runtime::system_clock().now();
}

runtime::command target_endpoint::command(const target_command& words) const {
  const auto& values = folder_.values();
  const auto home = folder_.path().string();
  runtime::command what;
  for (const auto& word : words) {
    auto filled = filled_in(word, values);
    if (!filled.empty()) what.arguments.push_back(std::move(filled));
  }
  what.environment = {variable("PATH", "/usr/bin:/bin"), "HOME=" + home, "TMPDIR=" + home,
                      "LANG=C.UTF-8"};
  for (const auto& [name, text] : of_.environment)
    what.environment.push_back(name + "=" + filled_in(text, values));
  what.folder = home;
  if (own_.moves) {
    what.clock = runtime::moved_clock();
    what.clock->offset = offset();
  }
  return what;
}

awaitable<void> target_endpoint::start() {
  if (is_running()) throw pki::input_error("the endpoint is already running");
  in_force_ = written_;
  wanted_ = true;
  if (!has_store_) folder_.empty_store();
  co_await lay_out();
  life_ = std::make_shared<life>();
  readings_ = 0;
  auto what = command(of_.command);
  const auto said = what;
  auto take = [this, of = life_](std::string_view line) { take_line(*of, line); };
  starting_ = true;  // at the time that stands in the command
  auto started = co_await runtime::process::start(around_.where, std::move(what), std::move(take));
  starting_ = false;
  if (!started) throw pki::input_error(to_string(started.error(), said));
  process_.emplace(std::move(*started));
  watchers_.spawn(watch(life_));
  if (co_await become_ready()) {
    life_->told_up = true;
    if (std::holds_alternative<staple_socket>(of_.staples)) co_await hand_over();
    if (of_.staples_every) watchers_.spawn(keep_handing_over(life_));
    own_.tell(stapler::event(stapler::endpoint_started{around_.listen.port()}));
    co_return;
  }
  life_->ending = true;
  const bool ended = process_->ended().has_value();
  const int code = co_await end();
  std::string why = why_not_ready(ended, code);
  for (const auto& line : life_->last_lines)
    why += (why.empty() ? "" : " | ") + line;
  own_.tell(stapler::event(stapler::endpoint_refused{{}, std::move(why), code}));
}

// What is to be known beside the last lines that it printed.
std::string target_endpoint::why_not_ready(bool ended, int code) const {
  if (ended) {
    return code == 0 ? "it ended at once; a server that goes into the background must be told to "
                       "stay in the foreground"
                     : "";
  }
  const auto limit = runtime::to_text(of_.start_within);
  if (const auto* awaited = std::get_if<logs>(&of_.ready)) {
    return fmt::format("it did not print '{}' within {}", awaited->text, limit);
  }
  return fmt::format("nothing accepted connections on ${{port}} within {}", limit);
}

awaitable<void> target_endpoint::lay_out() {
  folder_.lay_out(situation());
  if (std::holds_alternative<staple_file>(of_.staples)) co_await hand_over();
}

// At every address of the certificate by GET, then by POST. Empty when there is none to be had.
awaitable<std::string> target_endpoint::fetch_staple() {
  const auto served = around_.pki.served(written_.certificates.front(), written_.url);
  if (!served.issuer) co_return std::string();
  for (const auto& responder : served.responders) {
    for (const bool post : {false, true}) {
      query_request request{.responder = responder,
                            .leaf = served.leaf,
                            .issuer = *served.issuer,
                            .post = post,
                            .nonce = {},
                            .hash = pki::hash_algorithm::sha1,
                            .rules = {},
                            .timeout = longest_fetch};
      const auto found = co_await query(own_.clients, std::move(request));
      if (is_staple(found)) co_return std::string(found.der.begin(), found.der.end());
    }
  }
  co_return std::string();
}

// As the script does that people run beside such a server: nothing takes the place of what is there
// already when nothing is to be had.
awaitable<void> target_endpoint::hand_over() {
  const auto staple = co_await fetch_staple();
  if (staple.empty()) co_return;
  if (const auto* file = std::get_if<staple_file>(&of_.staples)) {
    folder_.write(file->path, staple);
    co_return;
  }
  const auto& socket = std::get<staple_socket>(of_.staples);
  auto values = folder_.values();
  values[std::string(staple_name)] =
      pki::to_base64({reinterpret_cast<const std::uint8_t*>(staple.data()), staple.size()});
  auto said = filled_in(socket.say, values);
  auto where = folder_.path() / socket.path;
  const auto heard = co_await ask_socket(std::move(where), std::move(said));
  if (heard.find(socket.heard) != heard.npos) co_return;
  own_.tell(
      stapler::event(stapler::warned{{}, "staple not taken: " + heard.substr(0, kept_width)}));
}

awaitable<void> target_endpoint::keep_handing_over(std::shared_ptr<life> of) {
  while (true) {
    co_await own_.clients.sleep_until(own_.clients.now() + *of_.staples_every);
    if (of != life_ || of->ending || !is_running()) co_return;
    const busy now(handing_over_);
    co_await hand_over();
  }
}

// By the clock that passes while it waits: it may be held up by somebody who says nothing.
awaitable<bool> target_endpoint::become_ready() {
  const auto deadline = own_.clients.now() + of_.start_within;
  while (!process_->ended() && own_.clients.now() < deadline) {
    if (co_await is_ready()) co_return !process_->ended();
    co_await runtime::real_pause(look);
  }
  co_return false;
}

awaitable<bool> target_endpoint::is_ready() const {
  if (std::holds_alternative<logs>(of_.ready)) co_return life_->ready_told;
  co_return co_await accepts(around_.listen);
}

void target_endpoint::take_line(life& of, std::string_view line) {
  of.last_lines.push_back(folder_.as_written(line).substr(0, kept_width));
  if (of.last_lines.size() > kept_lines) of.last_lines.pop_front();
  const auto* awaited = std::get_if<logs>(&of_.ready);
  if (awaited && line.find(awaited->text) != line.npos) of.ready_told = true;
  if (warning_ && std::regex_search(line.begin(), line.end(), *warning_)) {
    own_.tell(stapler::event(stapler::warned{{}, of.last_lines.back()}));
  }
  if (reload_sign_ && std::regex_search(line.begin(), line.end(), *reload_sign_))
    of.reload_told = true;
}

awaitable<void> target_endpoint::watch(std::shared_ptr<life> of) {
  const auto end = co_await process_->wait_for_exit();
  if (of->ending || !of->told_up) co_return;
  own_.tell(process_ended{process_ended::kind::by_itself, code_of(end)});
}

awaitable<bool> target_endpoint::end_within(duration limit) {
  const double deadline = runtime::real_milliseconds() + static_cast<double>(limit.count());
  while (!process_->ended() && runtime::real_milliseconds() < deadline)
    co_await runtime::real_pause(look);
  co_return process_->ended().has_value();
}

awaitable<int> target_endpoint::end() {
  if (!process_->ended()) process_->kill_tree();
  const auto end = co_await process_->wait_for_exit();
  co_return code_of(end);
}

awaitable<std::optional<int>> target_endpoint::stop() {
  wanted_ = false;
  if (!is_running()) co_return std::nullopt;
  life_->ending = true;
  process_->send_signal(of_.stop.number);
  co_await end_within(of_.stop_within);
  const int code = co_await end();
  co_return code;
}

awaitable<std::optional<int>> target_endpoint::kill() {
  wanted_ = false;
  if (!is_running()) co_return std::nullopt;
  life_->ending = true;
  const int code = co_await end();
  co_return code;
}

void target_endpoint::clock_moved() {
  if (!is_running() || !own_.moves) return;
  readings_ = process_->readings().moved;
  process_->set_offset(offset());
}

bool target_endpoint::has_noticed() {
  return !is_running() || process_->readings().moved > readings_;
}

bool target_endpoint::is_at_rest() {
  if (starting_ || handing_over_) return false;
  if (!is_running()) return true;
  return own_.moves ? runtime::is_at_rest_with_supervisor(process_->id())
                    : runtime::is_at_rest(process_->id());
}

}  // namespace staplelab::scenarios
