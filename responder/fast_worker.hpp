// One thread's part of the fast path: reads what is plain, and writes answers that are ready, each
// with one call. A nonce is put into the answer that is ready, which is then signed anew.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pki/bytes.hpp"
#include "pki/nonced_response.hpp"
#include "pki/time.hpp"
#include "responder/answer_maker.hpp"
#include "responder/fast_path.hpp"
#include "responder/quick_request.hpp"
#include "runtime/async.hpp"
#include "runtime/clock.hpp"

namespace staplelab::responder {

class fast_worker {
 public:
  // The references outlive the io_context it serves on; the worker itself outlives what runs there,
  // and not what is suspended there for good.
  fast_worker(fast_path& shared, runtime::clock& time);
  ~fast_worker();

  // Serves until the peer leaves or a time limit has passed (nothing), or until something is to be
  // answered by the full path: what was read of it, and not used.
  runtime::awaitable<std::optional<std::string>> serve(runtime::tcp_socket& socket);
  // Ends connections that were silent for too long. Runs until it is cancelled.
  runtime::awaitable<void> sweep();

 private:
  struct connection;
  enum class verdict { read_more, close, odd, sign_elsewhere };
  struct progress {
    std::size_t used = 0;
    verdict then = verdict::read_more;
    // For sign_elsewhere: what makes the response, and whether the connection ends with it.
    std::function<pki::bytes()> job = {};
    bool closes = false;
  };
  // These append to reply_; odd: the full path has to answer.
  progress answer_all(std::string_view octets, pki::time_point now);
  verdict answer(const quick_request& request, pki::time_point now, progress& made);
  verdict answer_live(const plain_question& asked, const quick_request& request,
                      pki::time_point now, progress& made);
  void reply_unkept(pki::bytes_view der, bool closes, pki::time_point now);
  // What of reply_ the socket did not take; reply_ is empty then.
  std::string write_now(runtime::tcp_socket& socket, runtime::error_code& error);
  static runtime::awaitable<void> write_rest(runtime::tcp_socket& socket, std::string unsent,
                                             runtime::error_code& error);

  bool follow_terms(pki::time_point now);
  struct live_signer {
    pki::bytes issuer;  // a CertID without its length and its serial number
    pki::key key;
    const EVP_MD* digest;
    std::unique_ptr<pki::nonced_responses> quick;  // null: it takes long
  };
  const live_signer* signer_for(pki::bytes_view cert_id);  // null: there is none
  std::string_view date_of(pki::time_point now);

  fast_path& shared_;
  runtime::clock& time_;
  // Shared with the connections, whose frames may end with their io_context only.
  std::shared_ptr<std::list<connection*>> connections_ = std::make_shared<std::list<connection*>>();
  std::string reply_;  // of the moment; empty while anybody waits
  answer_maker maker_;
  std::uint64_t version_ = 0;  // of the terms that live_signers_ are of
  std::vector<live_signer> live_signers_;
  std::int64_t dated_at_ = -1;
  std::string date_;
};

}  // namespace staplelab::responder
