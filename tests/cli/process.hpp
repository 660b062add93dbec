// Programs as children of a test: run to their end, or kept in the background until they are told
// to end. Nothing outlives the test, and nothing waits for ever.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace staplelab::cli {

struct ended_program {
  int exit_code;  // 128 + signal when a signal ended it
  std::string out;
  std::string err;
};

// `arguments` begin with the program, which is searched for in PATH. Ended by force after a minute.
ended_program run_program(const std::vector<std::string>& arguments, const std::string& input = {});

// The program under test.
ended_program staplelab(std::vector<std::string> arguments, const std::string& input = {});

class background_program {
 public:
  explicit background_program(std::vector<std::string> arguments);
  ~background_program();  // by force, if it still runs
  background_program(const background_program&) = delete;
  background_program& operator=(const background_program&) = delete;

  // The rest of the first line of stdout that begins so; empty when it ended without one.
  std::string wait_for_line(const std::string& prefix);
  // Until stderr holds the text as often as this; false when the program ended without it.
  bool wait_for_log(const std::string& text, std::size_t times = 1);
  const std::string& log() const { return seen_.err; }  // what has been read of it
  void send(int signal);
  ended_program wait();  // until it has ended by itself

 private:
  bool read_some();  // false: both streams have ended
  pid_t pid_;
  int out_, err_;
  ended_program seen_{};
};

// A folder that is gone with the test.
class scratch_folder {
 public:
  scratch_folder();
  ~scratch_folder();
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  std::string write(const std::string& name, const std::string& content) const;
  bool is_empty() const { return std::filesystem::is_empty(path_); }

 private:
  std::filesystem::path path_;
};

std::string content_of(const std::filesystem::path& file);

}  // namespace staplelab::cli
