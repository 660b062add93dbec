#include "cli/run_loop.hpp"

#include <fmt/format.h>

#include <exception>
#include <optional>
#include <utility>

namespace staplelab::cli {

exit_code run_until_done(runtime::asio::io_context& io, runtime::awaitable<exit_code> server) {
  std::exception_ptr failed;
  std::optional<exit_code> code;
  runtime::asio::co_spawn(io.get_executor(), std::move(server),
                          [&](std::exception_ptr error, exit_code returned) {
                            failed = error;
                            code = returned;
                            io.stop();
                          });
  io.run();
  if (failed) std::rethrow_exception(failed);
  return code.value();
}

void refuse_address(const runtime::tcp::endpoint& address, const runtime::error_code& error) {
  throw failure(
      exit_code::missing,
      fmt::format("cannot listen on {}: {}", runtime::to_string(address), error.message()),
      "port 0 asks for a free one");
}

}  // namespace staplelab::cli
