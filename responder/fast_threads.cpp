#include "responder/fast_threads.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <exception>
#include <future>
#include <thread>
#include <utility>

#include "responder/fast_worker.hpp"
#include "runtime/listener.hpp"
#include "runtime/task_group.hpp"

namespace staplelab::responder {

class fast_threads::thread {
 public:
  thread(fast_path& shared, runtime::clock& time, const runtime::tcp::endpoint& address,
         std::size_t connections, runtime::executor full, const give_back& odd)
      : full_(full),
        odd_(odd),
        protocol_(address.protocol()),
        worker_(shared, time),
        tasks_(io_.get_executor()),
        listener_(
            io_.get_executor(), address,
            [this](runtime::tcp_socket socket, runtime::connection_id) {
              return serve(std::move(socket));
            },
            connections, runtime::listener::port_sharing::shared) {
    tasks_.spawn(worker_.sweep());
    running_ = std::thread([this] { io_.run(); });
  }

  ~thread() {
    on_its_thread([this] {
      close();
      tasks_.cancel();
    });
    running_.join();  // when the last task has ended
  }

  void listen() {
    have_done([this] { listener_.open(); });
  }
  void refuse() {
    have_done([this] { close(); });
  }

 private:
  template <class Function>
  void on_its_thread(Function what) {
    runtime::asio::post(io_, std::move(what));
  }

  // Returns when it is done there, and throws what it threw: from then on it holds for everybody.
  // Nothing on that thread ever waits for this one.
  template <class Function>
  void have_done(Function what) {
    std::promise<void> done;
    on_its_thread([&] {
      try {
        what();
        done.set_value();
      } catch (const std::exception&) {
        done.set_exception(std::current_exception());
      }
    });
    done.get_future().get();
  }

  void close() {
    listener_.close();
    listener_.close_sessions();
  }

  runtime::awaitable<void> serve(runtime::tcp_socket socket) {
    auto rest = co_await worker_.serve(socket);
    if (!rest || !socket.is_open()) co_return;
    runtime::error_code error;
    const auto descriptor = socket.release(error);
    if (error) co_return;
    // Owned by the socket from here on, so that it is closed even when nobody runs any more.
    auto taken = std::make_shared<runtime::tcp_socket>(full_, protocol_, descriptor);
    runtime::asio::post(full_, [odd = odd_, taken = std::move(taken), rest = *std::move(rest)] {
      odd(std::move(*taken), rest);
    });
  }

  runtime::executor full_;
  give_back odd_;
  runtime::tcp protocol_;
  fast_worker worker_;
  runtime::asio::io_context io_{1};
  runtime::task_group tasks_;
  runtime::listener listener_;
  std::thread running_;
};

fast_threads::fast_threads(std::size_t count, fast_path& shared, runtime::clock& time,
                           const runtime::tcp::endpoint& address, std::size_t connections,
                           runtime::executor full, give_back odd) {
  for (std::size_t i = 0; i < count; ++i) {
    threads_.push_back(std::make_unique<thread>(shared, time, address, connections, full, odd));
  }
}

fast_threads::~fast_threads() = default;

void fast_threads::listen() {
  for (auto& each : threads_)
    each->listen();
}

void fast_threads::refuse() {
  for (auto& each : threads_)
    each->refuse();
}

}  // namespace staplelab::responder
