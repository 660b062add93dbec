#include "responder/ready_answers.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <functional>
#include <new>
#include <utility>

#include "pki/ocsp_parts.hpp"
#include "responder/http_mapping.hpp"

namespace staplelab::responder {

namespace {

// The head of a response up to its Date, and from there to max-age, as http_mapping.cpp writes it.
constexpr std::string_view before_date = "HTTP/1.1 200 OK\r\nDate: ";
constexpr std::string_view before_max_age = "\r\nCache-Control: max-age=";
constexpr std::string_view is_public = ", public";
constexpr std::string_view is_private = ", private";
constexpr std::string_view says_close = "Connection: close\r\n";
constexpr std::size_t date_size = 29;

std::string_view text_of(pki::bytes_view octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

// The fields of the response to a GET after max-age and "public", each with its CRLF.
std::string fields_after_max_age(const ocsp_answer& what, pki::time_point now) {
  runtime::http_request get;
  get.method = "GET";
  const auto head = runtime::serialise(to_http(what, get, now), true);
  const auto cut = head.find(is_public, before_date.size() + date_size + before_max_age.size());
  const auto begin = cut + is_public.size();
  return head.substr(begin, head.size() - 2 - begin);
}

// Where `certs` begins, the last field of a BasicOCSPResponse (RFC 6960 4.2.1).
std::size_t end_of_signature(pki::bytes_view der) {
  const auto parts = pki::parts_of_response(der);
  return parts ? der.size() - parts->certs.size() : der.size();
}

// An INTEGER as DER writes it.
pki::bytes encoded(const pki::serial_number& serial) {
  const auto magnitude = serial.magnitude();
  pki::bytes der{0x02, 0};
  if (magnitude.empty() || magnitude.front() >= 0x80) der.push_back(0);
  der.insert(der.end(), magnitude.begin(), magnitude.end());
  der[1] = static_cast<std::uint8_t>(der.size() - 2);
  return der;
}

}  // namespace

// One allocation: this head, then the fields, then the response up to its certificates.
struct ready_answers::image {
  window when;
  pki::time_point next_update;
  const std::string* end;  // the rest of the response; borrowed
  std::uint32_t field_octets;
  std::uint32_t body_octets;
  std::uint32_t id_begin;  // of the CertID in the body
  std::uint32_t id_octets;

  char* octets() { return reinterpret_cast<char*>(this + 1); }
  const char* octets() const { return reinterpret_cast<const char*>(this + 1); }
  std::string_view fields() const { return {octets(), field_octets}; }
  std::string_view body() const { return {octets() + field_octets, body_octets}; }
  pki::bytes_view cert_id() const {
    const auto id = body().substr(id_begin, id_octets);
    return {reinterpret_cast<const std::uint8_t*>(id.data()), id.size()};
  }
};

void ready_answers::image_deleter::operator()(image* what) const noexcept {
  what->~image();
  ::operator delete(what);
}

pki::bytes_view ready_answers::entry::cert_id() const {
  return (current ? current : next)->cert_id();
}

const ready_answers::image* ready_answers::entry::at(pki::time_point now) const {
  if (next && next->when.from <= now) current = std::move(next);
  const bool fits = current && current->when.from <= now && now < current->when.until;
  return fits ? current.get() : nullptr;
}

// In the order of time, whichever was made first. What is there for the same moment stays.
void ready_answers::entry::add(image_ptr made) const {
  const auto& when = made->when;
  if (when.until <= current->when.from) {
    next = std::exchange(current, std::move(made));
  } else if (when.from < current->when.until) {
    return;
  } else if (next && when.until <= next->when.from) {
    current = std::move(made);
  } else if (!next || next->when.until <= when.from) {
    next = std::move(made);
  }
}

std::size_t ready_answers::hash::operator()(pki::bytes_view cert_id) const {
  return std::hash<std::string_view>()(text_of(cert_id));
}

bool ready_answers::same::equal(pki::bytes_view a, pki::bytes_view b) {
  return text_of(a) == text_of(b);
}

ready_answers::ready_answers() = default;
ready_answers::~ready_answers() = default;

ready_answers::shard& ready_answers::shard_of(pki::bytes_view cert_id) {
  return shards_[hash()(cert_id) >> 7 & (shard_count - 1)];
}

void ready_answers::keep(const ocsp_answer& what, const window& when, stamp since) {
  if (what.content.singles.size() != 1 || !what.next_update() || !what.about_issued) return;
  const auto& id = what.content.singles.front().id;
  const auto found = std::search(what.der.begin(), what.der.end(), id.der.begin(), id.der.end());
  if (id.der.empty() || found == what.der.end()) return;
  const auto serial = encoded(id.serial);
  if (!text_of(id.der).ends_with(text_of(serial))) return;
  // What else a client puts there would be echoed, and give one certificate any number of CertIDs.
  if (!pki::has_usual_parameters(id.der)) return;
  if (!remember_form(id.der, serial)) return;

  const auto fields = fields_after_max_age(what, when.from);
  const auto* end = shared_end_of(what.der);
  const auto body = text_of(what.der).substr(0, what.der.size() - end->size());
  auto* room = ::operator new(sizeof(image) + fields.size() + body.size());
  image_ptr made(new (room) image{
      when, *what.next_update(), end, static_cast<std::uint32_t>(fields.size()),
      static_cast<std::uint32_t>(body.size()), static_cast<std::uint32_t>(found - what.der.begin()),
      static_cast<std::uint32_t>(id.der.size())});
  std::memcpy(made->octets(), fields.data(), fields.size());
  std::memcpy(made->octets() + fields.size(), body.data(), body.size());

  auto& in = shard_of(id.der);
  const std::scoped_lock lock(in.guard);
  if (current() != since) return;
  const auto known = in.entries.find(made->cert_id());
  if (known == in.entries.end()) {
    in.entries.insert(entry{std::move(made), nullptr});
  } else {
    known->add(std::move(made));
  }
}

bool ready_answers::append(pki::bytes_view cert_id, pki::time_point now, const reply_form& form,
                           std::string& out) {
  auto& in = shard_of(cert_id);
  const std::scoped_lock lock(in.guard);
  const auto known = in.entries.find(cert_id);
  const image* what = known == in.entries.end() ? nullptr : known->at(now);
  if (!what) return false;
  std::array<char, 20> digits;
  const auto age = std::to_chars(digits.begin(), digits.end(), max_age(what->next_update, now));
  out.append(before_date).append(form.date).append(before_max_age).append(digits.data(), age.ptr);
  out.append(form.is_post ? is_private : is_public).append(what->fields());
  if (form.closes) out.append(says_close);
  out.append("\r\n").append(what->body()).append(*what->end);
  return true;
}

std::optional<pki::bytes> ready_answers::find(pki::bytes_view cert_id, pki::time_point now) {
  auto& in = shard_of(cert_id);
  const std::scoped_lock lock(in.guard);
  const auto known = in.entries.find(cert_id);
  const image* what = known == in.entries.end() ? nullptr : known->at(now);
  if (!what) return std::nullopt;
  const auto body = what->body();
  pki::bytes der(body.begin(), body.end());
  der.insert(der.end(), what->end->begin(), what->end->end());
  return der;
}

// First the count, then the entries: what is made meanwhile from older knowledge either comes
// before, and is erased, or after, and is turned away.
void ready_answers::forget(const pki::serial_number& serial) {
  forgotten_.fetch_add(1, std::memory_order_acq_rel);
  const auto number = encoded(serial);
  const std::scoped_lock forms_lock(guard_);
  for (const auto& form : forms_) {
    auto id = form;
    id.insert(id.end(), number.begin(), number.end());
    id[1] = static_cast<std::uint8_t>(id.size() - 2);
    auto& in = shard_of(id);
    const std::scoped_lock lock(in.guard);
    if (const auto known = in.entries.find(pki::bytes_view(id)); known != in.entries.end()) {
      in.entries.erase(known);
    }
  }
}

void ready_answers::forget_all() {
  forgotten_.fetch_add(1, std::memory_order_acq_rel);
  for (auto& in : shards_) {
    const std::scoped_lock lock(in.guard);
    in.entries = {};
  }
}

std::size_t ready_answers::size() const {
  std::size_t count = 0;
  for (const auto& in : shards_) {
    const std::scoped_lock lock(in.guard);
    count += in.entries.size();
  }
  return count;
}

const std::string* ready_answers::shared_end_of(const pki::bytes& der) {
  const auto end = text_of(der).substr(end_of_signature(der));
  const std::scoped_lock lock(guard_);
  const auto known = std::ranges::find(ends_, end);
  return known != ends_.end() ? &*known : &ends_.emplace_back(end);
}

// False for CertIDs that forget() could not make again: those of SHA-384 and longer.
bool ready_answers::remember_form(pki::bytes_view cert_id, pki::bytes_view serial) {
  pki::bytes form(cert_id.begin(), cert_id.end() - static_cast<std::ptrdiff_t>(serial.size()));
  if (form[1] >= 0x80) return false;
  form[1] = 0;  // the length, which depends on the serial number
  const std::scoped_lock lock(guard_);
  if (std::ranges::find(forms_, form) == forms_.end()) forms_.push_back(std::move(form));
  return true;
}

}  // namespace staplelab::responder
