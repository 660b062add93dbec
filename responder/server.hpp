// The OCSP responder on a port: reads, asks responder::answer, disturbs it as the fault plan says,
// writes. Several authorities share one server; the CertID's issuer chooses.
//
// It never decides what is true (the book does) nor what to say (answer.hpp does). Nothing here is
// safe to call from another thread than the executor's. Before it is destroyed, stop it and join
// it, unless its io_context will never run again.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "pki/cert_status.hpp"
#include "responder/answer.hpp"
#include "responder/edge_cache.hpp"
#include "responder/event.hpp"
#include "responder/fault_plan.hpp"
#include "responder/http_mapping.hpp"
#include "responder/remembered_answers.hpp"
#include "responder/signing.hpp"
#include "responder/transport_lie.hpp"
#include "runtime/byte_stream.hpp"
#include "runtime/clock.hpp"
#include "runtime/http_server.hpp"
#include "runtime/listener.hpp"
#include "runtime/packet_capture.hpp"
#include "runtime/task_group.hpp"

namespace staplelab::responder {

class fast_path;
class fast_worker;

struct server_limits {
  runtime::http_server_limits http{
      .message = {.header_octets = 16 * 1024, .body_octets = 64 * 1024}};
  http_mapping_limits mapping;
  std::size_t connections = 1024;
  std::size_t adopted = 4096;  // connections of other threads, beside them; more: closed
};

struct server_config {
  runtime::tcp::endpoint listen{runtime::asio::ip::address_v4::loopback(), 0};
  std::vector<authority> authorities;
  signer_choice signers = signer_choice::fit_only;
  answer_policy policy;
  // Paths of AIA URLs, "/ocsp", empty for the root, at least one. The longest that fits counts.
  std::vector<std::string> path_prefixes{""};
  std::optional<pki::duration> cache = {};  // a cache in front keeps answers for so long
  server_limits limits;
  std::uint64_t seed = 0;                   // for faults with a probability, and for garbage
  runtime::traffic_log* traffic = nullptr;  // told what passes; outlives the io_context
  // What else is served, CRLs say: asked first, and no fault touches it. May be empty.
  std::function<std::optional<runtime::http_response>(const runtime::http_request&,
                                                      pki::time_point now)>
      beside = {};
  // Answers what is plain, on other threads as well (fast_threads.hpp); those requests are counted
  // and not told to the sink. Outlives the io_context. Only with the one path prefix "".
  fast_path* fast = nullptr;
};

class server {
 public:
  // Listens when it returns. Throws pki::input_error for an unfit signer or policy, and
  // system_error when the address cannot be bound. `sink` may be empty. `time` and `book` outlive
  // the io_context.
  server(runtime::executor where, runtime::clock& time, const pki::status_book& book,
         server_config config, event_sink sink);
  server(const server&) = delete;
  server& operator=(const server&) = delete;
  ~server();

  std::uint16_t port() const { return listener_.local_endpoint().port(); }
  runtime::tcp::endpoint local_endpoint() const { return listener_.local_endpoint(); }
  bool is_listening() const { return listener_.is_open(); }

  // stop() refuses connections and ends those that are open; start() listens on the same port
  // again.
  void stop();
  void start();
  // After stop(): returns when the last session has ended.
  runtime::awaitable<void> join();

  // Throw pki::input_error, and change nothing, when what is asked for is unfit.
  void set_signer(authority who, signer_choice choice);
  void set_validity(pki::duration validity);
  void set_policy(const answer_policy& policy);
  const answer_policy& policy() const { return policy_; }
  const signing& signers() const { return signers_; }
  // A new cache in front, empty; or none.
  void set_cache(std::optional<pki::duration> max_age);
  void purge_cache();

  // Rules that refuse connections act on the listener at once, and again whenever their window
  // opens or closes.
  boost::system::result<std::string, fault_error> add_fault(fault_rule rule);
  bool clear_fault(std::string_view name);
  void clear_faults();
  const fault_plan& faults() const { return faults_; }

  std::uint64_t requests() const;                  // since construction
  const fast_path* fast() const { return fast_; }  // null without one; borrowed

  // A connection that was accepted elsewhere, and what was read of it. Closed when there are more
  // than the limits allow, and while connections are refused.
  void adopt(runtime::tcp_socket socket, std::string arrived);
  // Statuses have been set by hand: only the full path knows them.
  void statuses_set(bool any);

 private:
  runtime::awaitable<void> serve(runtime::tcp_socket socket, runtime::connection_id client_port,
                                 std::string arrived);
  runtime::awaitable<runtime::http_action> handle(runtime::http_request request,
                                                  runtime::byte_stream& stream);
  sending decide(const runtime::http_request& request, runtime::connection_id client_port);
  std::optional<sending> from_cache(const pki::bytes& request, const request_answered& asked,
                                    bool head_only);
  void keep_in_cache(const pki::bytes& request, const sending& what, const request_answered& told);
  sending tell(request_answered record, sending what);  // in the end
  runtime::http_response respond(const runtime::http_request& request,
                                 const boost::system::result<pki::bytes, http_refusal>& octets,
                                 const std::optional<question>& asked,
                                 const std::optional<drawn_fault>& drawn, request_answered& record);
  std::string_view prefix_for(std::string_view target) const;
  void follow_terms();     // tells the fast path what to answer with
  void follow_faults();    // and when to stand aside
  void follow_refusals();  // opens or closes the listener as it should be now
  void watch_refusals();   // begins anew to wait for the next change
  runtime::awaitable<void> follow_windows();

  runtime::clock& time_;
  const pki::status_book& book_;
  signing signers_;
  answer_policy policy_;
  std::vector<std::string> path_prefixes_;
  server_limits limits_;
  decltype(server_config::beside) beside_;
  event_sink sink_;
  runtime::traffic_log* traffic_;
  std::mt19937_64 engine_;
  fault_plan faults_;
  remembered_answers remembered_;
  std::optional<edge_cache> cache_;
  std::uint64_t requests_ = 0;
  bool stopped_ = false;
  bool statuses_set_ = false;
  fast_path* fast_;
  std::unique_ptr<fast_worker> worker_;  // of this thread; null without a fast path
  runtime::task_group refusals_;
  runtime::task_group sweeping_;
  runtime::listener listener_;
};

}  // namespace staplelab::responder
