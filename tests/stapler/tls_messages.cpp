#include "tests/stapler/tls_messages.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <stdexcept>

namespace staplelab::stapler::test {
namespace {

constexpr std::size_t record_header = 5, message_header = 4, version_and_random = 2 + 32;

class reader {
 public:
  explicit reader(pki::bytes octets) : octets_(std::move(octets)) {}

  std::size_t number(std::size_t width) {
    std::size_t value = 0;
    for (const std::uint8_t octet : take(width))
      value = value << 8 | octet;
    return value;
  }
  pki::bytes take(std::size_t count) {
    if (count > octets_.size() - at_) throw std::out_of_range("a length leads out of the message");
    const auto begin = octets_.begin() + static_cast<std::ptrdiff_t>(at_);
    at_ += count;
    return {begin, begin + static_cast<std::ptrdiff_t>(count)};
  }
  pki::bytes vector(std::size_t width) { return take(number(width)); }
  bool at_end() const { return at_ == octets_.size(); }

 private:
  pki::bytes octets_;
  std::size_t at_ = 0;
};

void append_number(pki::bytes& to, std::size_t value, std::size_t width) {
  for (std::size_t i = width; i-- > 0;)
    to.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

void append(pki::bytes& to, const pki::bytes& what) {
  to.insert(to.end(), what.begin(), what.end());
}

void append_vector(pki::bytes& to, const pki::bytes& what, std::size_t width) {
  append_number(to, what.size(), width);
  append(to, what);
}

extensions read_extensions(pki::bytes block) {
  extensions all;
  reader in(std::move(block));
  while (!in.at_end()) {
    const auto type = static_cast<int>(in.number(2));
    all.push_back({type, in.vector(2)});
  }
  return all;
}

pki::bytes written(const extensions& all) {
  pki::bytes block;
  for (const auto& each : all) {
    append_number(block, static_cast<std::size_t>(each.type), 2);
    append_vector(block, each.content, 2);
  }
  return block;
}

}  // namespace

bool contains(const extensions& all, int type) {
  return std::any_of(all.begin(), all.end(), [&](const auto& each) { return each.type == type; });
}

std::vector<int> types_from_server(const std::vector<handshake_message>& messages) {
  std::vector<int> types;
  for (const auto& each : messages) {
    if (!each.sent) types.push_back(each.type);
  }
  return types;
}

pki::bytes from_server(const std::vector<handshake_message>& messages, int type) {
  for (const auto& each : messages) {
    if (!each.sent && each.type == type) return each.octets;
  }
  ADD_FAILURE() << "the server sent no message of type " << type;
  return {};
}

extensions of_server_hello(const pki::bytes& message) {
  reader in(message);
  in.take(message_header + version_and_random);
  in.vector(1);    // session id
  in.take(2 + 1);  // cipher suite, compression
  return in.at_end() ? extensions{} : read_extensions(in.vector(2));
}

extensions of_encrypted_extensions(const pki::bytes& message) {
  reader in(message);
  in.take(message_header);
  return read_extensions(in.vector(2));
}

std::vector<certificate_entry> entries_of_certificate(const pki::bytes& message) {
  reader in(message);
  in.take(message_header);
  in.vector(1);  // context
  reader list(in.vector(3));
  std::vector<certificate_entry> entries;
  while (!list.at_end()) {
    auto der = list.vector(3);
    entries.push_back({std::move(der), read_extensions(list.vector(2))});
  }
  return entries;
}

std::string with_extension(const std::string& hello_record, int type, const pki::bytes& content) {
  reader in(pki::bytes(hello_record.begin(), hello_record.end()));
  in.take(record_header + message_header);
  pki::bytes body = in.take(version_and_random);
  append_vector(body, in.vector(1), 1);  // session id
  append_vector(body, in.vector(2), 2);  // cipher suites
  append_vector(body, in.vector(1), 1);  // compression
  auto all = read_extensions(in.vector(2));
  std::erase_if(all, [&](const auto& each) { return each.type == type; });
  // In front: nothing may come after a pre_shared_key.
  all.insert(all.begin(), {type, content});
  append_vector(body, written(all), 2);

  pki::bytes hello{message::client_hello};
  append_vector(hello, body, 3);
  pki::bytes record{22, 3, 1};  // handshake, the version that first flights bear
  append_vector(record, hello, 2);
  return {record.begin(), record.end()};
}

}  // namespace staplelab::stapler::test
