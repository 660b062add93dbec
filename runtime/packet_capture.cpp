#include "runtime/packet_capture.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <map>

namespace staplelab::runtime {
namespace {

// RFC 9293 3.1
constexpr std::uint8_t fin = 0x01, syn = 0x02, rst = 0x04, psh = 0x08, ack = 0x10;

constexpr std::size_t ip_header = 20, tcp_header = 20;
constexpr std::size_t longest_segment = 16 * 1024;  // a loopback interface carries as much

// Little-endian, as pcap_header() says.
void put_host(std::string& to, std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8)
    to += static_cast<char>(value >> shift & 0xff);
}

void put_network(std::string& to, std::uint32_t value, int octets) {
  for (int shift = 8 * (octets - 1); shift >= 0; shift -= 8)
    to += static_cast<char>(value >> shift & 0xff);
}

// RFC 1071: the ones' complement sum of 16-bit words.
std::uint16_t checksum(std::string_view octets) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < octets.size(); ++i) {
    const auto octet = static_cast<std::uint32_t>(static_cast<unsigned char>(octets[i]));
    sum += i % 2 == 0 ? octet << 8 : octet;
  }
  while (sum >> 16)
    sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

void patch_checksum(std::string& header, std::size_t at, std::uint16_t sum) {
  header[at] = static_cast<char>(sum >> 8);
  header[at + 1] = static_cast<char>(sum & 0xff);
}

struct segment {
  std::uint16_t from, to;
  std::uint32_t sequence, acknowledged;
  std::uint8_t flags;
  std::string_view octets;
};

class packet_writer {
 public:
  explicit packet_writer(std::uint32_t world) : address_(127u << 24 | world) {}

  void write(const segment& what, time_point at) {
    const std::string packet = ip_packet(what);
    const auto since = at.time_since_epoch();
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
    const auto rest = std::chrono::duration_cast<std::chrono::microseconds>(since - seconds);
    put_host(file_, static_cast<std::uint32_t>(seconds.count()));
    put_host(file_, static_cast<std::uint32_t>(rest.count()));
    put_host(file_, static_cast<std::uint32_t>(packet.size()));  // kept
    put_host(file_, static_cast<std::uint32_t>(packet.size()));  // on the wire
    file_ += packet;
  }

  std::string take() { return std::move(file_); }

 private:
  std::string ip_packet(const segment& what) const {
    std::string packet;
    put_network(packet, 0x4500, 2);
    put_network(packet, static_cast<std::uint32_t>(ip_header + tcp_header + what.octets.size()), 2);
    put_network(packet, 0x00004000, 4);  // no identification, do not fragment
    put_network(packet, 0x40060000, 4);  // 64 hops, TCP, the checksum to come
    put_network(packet, address_, 4);
    put_network(packet, address_, 4);
    patch_checksum(packet, 10, checksum(packet));
    return packet + tcp_segment(what);
  }

  std::string tcp_segment(const segment& what) const {
    std::string made;
    put_network(made, what.from, 2);
    put_network(made, what.to, 2);
    put_network(made, what.sequence, 4);
    put_network(made, what.acknowledged, 4);
    put_network(made, 0x5000u | what.flags, 2);
    put_network(made, 0xffff, 2);  // window
    put_network(made, 0, 4);       // the checksum to come, nothing urgent
    made += what.octets;
    std::string pseudo;  // RFC 9293 3.1
    put_network(pseudo, address_, 4);
    put_network(pseudo, address_, 4);
    put_network(pseudo, 6, 2);
    put_network(pseudo, static_cast<std::uint32_t>(made.size()), 2);
    patch_checksum(made, 16, checksum(pseudo + made));
    return made;
  }

  std::uint32_t address_;
  std::string file_;
};

// The sequence numbers of one connection.
class conversation {
 public:
  conversation(const port_pair& ports, packet_writer& to) : ports_(ports), to_(to) {}

  void tell(const traffic& one) {
    switch (one.what) {
      case traffic_act::opened:
        return open(one.at);
      case traffic_act::client_sent:
        return send(client_, server_, one);
      case traffic_act::server_sent:
        return send(server_, client_, one);
      case traffic_act::closed:
        return end(one.at);
      case traffic_act::reset:
        return say(server_, client_, rst | ack, {}, one.at);
    }
  }

 private:
  struct side {
    std::uint32_t next = 0;
    bool client;
  };

  void say(const side& from, const side& to, int flags, std::string_view octets, time_point at) {
    const auto source = from.client ? ports_.client : ports_.server;
    const auto target = from.client ? ports_.server : ports_.client;
    to_.write({source, target, from.next, flags & ack ? to.next : 0,
               static_cast<std::uint8_t>(flags), octets},
              at);
  }

  void open(time_point at) {
    say(client_, server_, syn, {}, at);
    client_.next = 1;
    say(server_, client_, syn | ack, {}, at);
    server_.next = 1;
    say(client_, server_, ack, {}, at);
  }

  void send(side& from, const side& to, const traffic& one) {
    for (std::string_view rest = one.octets; !rest.empty();) {
      const auto part = rest.substr(0, longest_segment);
      say(from, to, psh | ack, part, one.at);
      from.next += static_cast<std::uint32_t>(part.size());
      say(to, from, ack, {}, one.at);
      rest.remove_prefix(part.size());
    }
  }

  void end(time_point at) {
    say(client_, server_, fin | ack, {}, at);
    ++client_.next;
    say(server_, client_, fin | ack, {}, at);
    ++server_.next;
    say(client_, server_, ack, {}, at);
  }

  port_pair ports_;
  packet_writer& to_;
  side client_{.client = true};
  side server_{.client = false};
};

}  // namespace

void traffic_log::note(const port_pair& ports, traffic_act what, std::string_view octets) {
  if (notes_) passed_.push_back({time_.now(), ports, what, std::string(octets)});
}

std::string pcap_header() {
  std::string header;
  put_host(header, 0xa1b2c3d4);   // microseconds
  put_host(header, 2 | 4 << 16);  // version 2.4
  put_host(header, 0);
  put_host(header, 0);
  put_host(header, 256 * 1024);  // the longest packet
  put_host(header, 101);         // LINKTYPE_RAW: an IP packet, with nothing before it
  return header;
}

std::string to_pcap_packets(const std::vector<traffic>& passed, std::uint32_t world) {
  assert(world < 1u << 24);
  packet_writer packets(world);
  std::map<std::pair<std::uint16_t, std::uint16_t>, conversation> open;
  for (const traffic& one : passed) {
    const std::pair key(one.ports.client, one.ports.server);
    if (one.what == traffic_act::opened) open.erase(key);  // the ports are used again
    open.try_emplace(key, one.ports, packets).first->second.tell(one);
  }
  return packets.take();
}

}  // namespace staplelab::runtime
