// What passed over the connections of one world, written as packets that Wireshark and tcpdump
// read.
//
// Nothing is sniffed: the octets are noted where one end reads or writes them, with the time of the
// world's clock, and the TCP around them is made up (a handshake when a connection opens, an
// acknowledgement for each segment, FIN or RST at its end). It needs no privilege, and days pass in
// it as they do in the world.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/clock.hpp"

namespace staplelab::runtime {

// The ports of a connection on the loopback address.
struct port_pair {
  std::uint16_t client;
  std::uint16_t server;
  bool operator==(const port_pair&) const = default;
};

enum class traffic_act { opened, client_sent, server_sent, closed, reset };

struct traffic {
  time_point at;
  port_pair ports;
  traffic_act what;
  std::string octets;  // of client_sent and server_sent
};

// Notes traffic in the order in which it is told, once it has begun. Not shared between threads.
class traffic_log {
 public:
  explicit traffic_log(const clock& time) : time_(time) {}
  void begin() { notes_ = true; }
  void note(const port_pair& ports, traffic_act what, std::string_view octets = {});
  std::vector<traffic> take() { return std::move(passed_); }

 private:
  const clock& time_;
  bool notes_ = false;
  std::vector<traffic> passed_;
};

// A pcap file (version 2.4, microseconds, LINKTYPE_RAW), piece by piece.
std::string pcap_header();
// The packets of one world. Both ends are 127.x.y.z, where xyz is `world`, so that worlds which use
// the same ports at the same simulated time stay apart. `world` is below 2^24.
std::string to_pcap_packets(const std::vector<traffic>& passed, std::uint32_t world);

}  // namespace staplelab::runtime
