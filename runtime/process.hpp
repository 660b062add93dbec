// A program that runs beside us: its output as lines, its end as a value, and nothing left behind.
//
// Every program gets a supervisor, a small process between it and us, that ends all descendants of
// the program when the program ends, when the `process` is destroyed and when we die ourselves, be
// it by SIGKILL: no process and no port stays. A program that puts itself into the background has
// ended, and is ended. The program has a session of its own, /dev/null for input, default signal
// handling, and no descriptor of ours.
//
// With a clock in its command the program lives at another time; see runtime/moved_clock.hpp.
#pragma once

#include <sys/types.h>

#include <boost/system/result.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "runtime/async.hpp"
#include "runtime/moved_clock.hpp"

namespace staplelab::runtime {

struct user_ids {
  uid_t user;
  gid_t group;
};

struct command {
  std::vector<std::string> arguments;    // the first is the program: a path, or a name to find
  std::vector<std::string> environment;  // all of it, "NAME=value"
  std::string folder;                    // to run in; empty: ours
  std::optional<user_ids> user;          // needs root; without supplementary groups
  std::optional<moved_clock> clock;      // none: everybody's
};

struct start_failure {
  enum class stage {
    program_not_found,
    resources,  // no process, descriptor or memory to be had
    user,
    folder,
    clock,      // this machine or its sandbox does not let clocks be moved
    execution,  // found, but the kernel refuses to run it
  };
  stage at;
  int error;  // errno
};
// "cannot change to the folder /x: no such file or directory", for the command that failed.
std::string to_string(const start_failure& failure, const command& what);

struct exited {
  int code;
  bool operator==(const exited&) const = default;
};
struct killed {
  int signal;
  bool operator==(const killed&) const = default;
};
using process_end = std::variant<exited, killed>;

class process {
 public:
  using line_sink = std::function<void(std::string_view line)>;
  static constexpr std::size_t max_line = 16 * 1024;  // longer lines come in pieces

  // Returns when the program has begun to run. `output` gets every line of stdout and stderr, in
  // the order written, without its end; it is called on `where` until the process is destroyed.
  static awaitable<boost::system::result<process, start_failure>> start(executor where,
                                                                        command what,
                                                                        line_sink output);
  process(process&&) noexcept;
  process& operator=(process&&) noexcept;
  // Kills what still runs, and waits for that.
  ~process();

  pid_t id() const;
  // Returns when the program has ended, all its descendants have been ended, and all output has
  // been given out. May be awaited by several and again.
  awaitable<process_end> wait_for_exit();
  // Empty while it runs.
  const std::optional<process_end>& ended() const;
  // To the program alone; nothing if it has ended.
  void send_signal(int number);
  // SIGKILL to the program and its descendants.
  void kill_tree();

  // The rest is for programs with a clock of their own. From now on its time is real time plus
  // `offset`; may be called any number of times. A jump back wakes nobody.
  void set_offset(duration offset);
  clock_readings readings() const;

 private:
  struct state;
  explicit process(std::shared_ptr<state> owned);
  std::shared_ptr<state> state_;
};

// Where a program is: a path with a slash as it is, a name in PATH, then in the folders of system
// programs, which are not in everybody's PATH. Empty when there is none that may be executed.
std::optional<std::string> find_program(const std::string& name);

std::optional<user_ids> find_user(const std::string& name);

}  // namespace staplelab::runtime
