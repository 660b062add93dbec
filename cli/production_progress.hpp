// How far something long has come, a production of answers say: a bar on a terminal, a line every
// few seconds elsewhere, and a line at its end if it took a while. On stderr; any thread may
// report.
#pragma once

#include <cstddef>
#include <mutex>
#include <string_view>

namespace staplelab::cli {

struct progress_words {
  std::string_view doing, done, what;  // "producing", "produced", "answers"
  bool tells_short_ones = false;       // at their end; otherwise what took a second
};

class production_progress {
 public:
  production_progress(const progress_words& words, std::size_t total)
      : words_(words), total_(total) {}
  void made(std::size_t count);
  void over(std::size_t count);

 private:
  void show(std::size_t count, double now);

  std::mutex guard_;
  progress_words words_;
  std::size_t total_;
  double begun_ = -1, shown_ = -1;  // milliseconds; below zero: not yet
};

}  // namespace staplelab::cli
