#include "runtime/packet_capture.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "runtime/virtual_clock.hpp"

namespace staplelab::runtime {
namespace {

using testing::HasSubstr;

constexpr port_pair ports{50000, 443};
constexpr time_point start{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};

std::vector<traffic> conversation_of(std::string said, std::string answered) {
  return {{start, ports, traffic_act::opened, {}},
          {start, ports, traffic_act::client_sent, std::move(said)},
          {start + std::chrono::days(2), ports, traffic_act::server_sent, std::move(answered)},
          {start + std::chrono::days(2), ports, traffic_act::closed, {}}};
}

std::uint32_t host_word(const std::string& octets, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;)
    value = value << 8 | static_cast<unsigned char>(octets.at(at + i));
  return value;
}

// The lengths of the packets in a file, by its own record headers.
std::vector<std::uint32_t> packet_lengths(const std::string& packets) {
  std::vector<std::uint32_t> lengths;
  for (std::size_t at = 0; at < packets.size(); at += 16 + lengths.back())
    lengths.push_back(host_word(packets, at + 8));
  return lengths;
}

TEST(packet_capture, has_three_packets_to_open_two_for_a_segment_and_three_to_close) {
  EXPECT_THAT(packet_lengths(to_pcap_packets(conversation_of("hello", "good day"), 1)),
              testing::ElementsAre(40, 40, 40, 45, 40, 48, 40, 40, 40, 40));
}

TEST(packet_capture, keeps_the_simulated_time) {
  const auto packets =
      to_pcap_packets({{start + duration(1500), ports, traffic_act::opened, {}}}, 1);
  EXPECT_EQ(host_word(packets, 0), (start.time_since_epoch() / std::chrono::seconds(1)) + 1);
  EXPECT_EQ(host_word(packets, 4), 500000u);
}

TEST(packet_capture, cuts_what_is_longer_than_a_segment) {
  const std::string long_text(40 * 1024, 'x');
  const auto lengths = packet_lengths(to_pcap_packets(conversation_of(long_text, {}), 1));
  EXPECT_EQ(lengths.size(), 3u + 2 * 3 + 3);
  EXPECT_EQ(lengths[3], 40u + 16 * 1024);
}

TEST(packet_capture, begins_anew_when_ports_are_used_again) {
  auto twice = conversation_of("one", "two");
  const auto again = conversation_of("one", "two");
  const auto once = to_pcap_packets(again, 1);
  twice.insert(twice.end(), again.begin(), again.end());
  EXPECT_EQ(to_pcap_packets(twice, 1), once + once);
}

TEST(packet_capture, log_notes_the_time_of_its_clock) {
  virtual_clock time(start);
  traffic_log log(time);
  log.note(ports, traffic_act::client_sent, "before it has begun");
  log.begin();
  log.note(ports, traffic_act::client_sent, "x");
  const auto passed = log.take();
  ASSERT_EQ(passed.size(), 1u);
  EXPECT_EQ(passed[0].at, start);
  EXPECT_EQ(passed[0].octets, "x");
}

// The oracle: tcpdump checks every length and checksum when it is asked to be verbose.
TEST(packet_capture, is_read_by_tcpdump_without_complaint) {
  if (std::system("command -v tcpdump >/dev/null 2>&1") != 0) {
    GTEST_SKIP() << "tcpdump is not installed";
  }
  const auto folder = std::filesystem::temp_directory_path();
  const auto file = folder / ("staplelab-capture-" + std::to_string(::getpid()) + ".pcap");
  std::ofstream(file, std::ios::binary)
      << pcap_header() << to_pcap_packets(conversation_of("GET / HTTP/1.1\r\n", "odd"), 0x010203);
  const auto said = file.string() + ".txt";
  const int code =
      std::system(("tcpdump -nn -vv -r " + file.string() + " >" + said + " 2>&1").c_str());
  std::stringstream text;
  text << std::ifstream(said).rdbuf();
  std::filesystem::remove(file);
  std::filesystem::remove(said);
  EXPECT_EQ(code, 0) << text.str();
  EXPECT_THAT(text.str(), HasSubstr("127.1.2.3.50000 > 127.1.2.3.443: Flags [S], cksum"));
  EXPECT_THAT(text.str(), HasSubstr("(correct), seq 1:17, ack 1"));
  EXPECT_THAT(text.str(), testing::Not(HasSubstr("incorrect")));
  EXPECT_THAT(text.str(), testing::Not(HasSubstr("bad")));
}

}  // namespace
}  // namespace staplelab::runtime
