#include "runtime/process_launch.hpp"

#include <fcntl.h>
#include <linux/filter.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <utility>

#include "runtime/clock_filter.hpp"

namespace staplelab::runtime {

namespace {

using stage = start_failure::stage;

class descriptor {
 public:
  descriptor() = default;
  explicit descriptor(int number) : number_(number) {}
  descriptor(const descriptor&) = delete;
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~descriptor() {
    if (number_ >= 0) close(number_);
  }
  int get() const { return number_; }
  int release() { return std::exchange(number_, -1); }

 private:
  int number_ = -1;
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (auto& text : texts)
    all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

shared_time_handle map_time() {
  void* memory =
      mmap(nullptr, sizeof(shared_time), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return shared_time_handle(memory == MAP_FAILED ? nullptr : new (memory) shared_time);
}

// With all signals blocked: a handler of ours that ran in the child would act on our descriptors.
pid_t fork_supervisor(const supervision& what) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  const pid_t child = _Fork();
  if (child == 0) supervise(what);
  const int error = errno;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return child;
}

}  // namespace

void unmap_time::operator()(shared_time* time) const noexcept {
  munmap(time, sizeof *time);
}

boost::system::result<launch, start_failure> launch_supervisor(const command& what) {
  const auto file = find_program(what.arguments.at(0));
  if (!file) return start_failure{stage::program_not_found, ENOENT};
  const moved_clock clock = what.clock.value_or(moved_clock{});
  std::vector<sock_filter> code;
  if (what.clock) code = clock_filter(clock.what);
  if (what.clock && code.empty()) return start_failure{stage::clock, ENOTSUP};
  const sock_fprog filter{static_cast<unsigned short>(code.size()), code.data()};

  int sockets[2], pipe[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0) {
    return start_failure{stage::resources, errno};
  }
  descriptor ours(sockets[0]), supervisors(sockets[1]);
  if (pipe2(pipe, O_CLOEXEC) != 0) return start_failure{stage::resources, errno};
  descriptor reading(pipe[0]), writing(pipe[1]);
  auto time = map_time();
  if (!time) return start_failure{stage::resources, errno};
  time->offset_ns = std::chrono::nanoseconds(clock.offset).count();

  auto texts = what.arguments;
  auto variables = what.environment;
  const auto arguments = pointers(texts);
  const auto environment = pointers(variables);
  const supervision plan{supervisors.get(),
                         writing.get(),
                         file->c_str(),
                         arguments.data(),
                         environment.data(),
                         what.folder.empty() ? nullptr : what.folder.c_str(),
                         what.user ? &*what.user : nullptr,
                         what.clock ? &filter : nullptr,
                         time.get(),
                         clock.what};
  const pid_t supervisor = fork_supervisor(plan);
  if (supervisor < 0) return start_failure{stage::resources, errno};
  return launch{supervisor, ours.release(), reading.release(), std::move(time)};
}

}  // namespace staplelab::runtime
