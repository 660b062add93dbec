// A server of the command line: one coroutine on one io_context, until it returns.
#pragma once

#include <boost/system/system_error.hpp>

#include "cli/failure.hpp"
#include "runtime/async.hpp"
#include "runtime/listener.hpp"

namespace staplelab::cli {

// Runs until `server` returns, and returns what it returned. Rethrows what it throws.
exit_code run_until_done(runtime::asio::io_context& io, runtime::awaitable<exit_code> server);

[[noreturn]] void refuse_address(const runtime::tcp::endpoint& address,
                                 const runtime::error_code& error);

// `listen` binds `address`: a port that is taken becomes a failure with code 5 that names it.
template <class Listen>
void explain_listening(const runtime::tcp::endpoint& address, Listen listen) {
  try {
    listen();
  } catch (const boost::system::system_error& error) {
    refuse_address(address, error.code());
  }
}

}  // namespace staplelab::cli
