// Turns of phrase and small questions that the judgements share.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "conform/check.hpp"

namespace staplelab::conform {

inline constexpr levels always_must{level::must, level::must, level::must};
inline constexpr levels always_should{level::should, level::should, level::should};
inline constexpr levels always_may{level::may, level::may, level::may};

// Clocks on both sides may differ by this much before a time counts as wrong.
inline constexpr runtime::duration clock_tolerance = std::chrono::seconds(10);

// OCSPResponseStatus (RFC 6960 4.2.1).
inline constexpr int malformed_request = 1, internal_error = 2, unauthorized = 6;

// Has this probe been answered with this OCSP error status?
bool refused_with(const evidence& seen, probe_id id, int response_status);
// "trailing octets: expected malformedRequest, seen HTTP 200, good"
std::string expected(const evidence& seen, probe_id id, std::string_view what);

// A case that must be answered as the plain question was.
void expect_like_base(const evidence& seen, probe_id id, case_list& cases);
// The same for a check that consists of it.
finding like_base_in_all(const evidence& seen, std::initializer_list<probe_id> ids);

// Every SingleResponse in every definitive answer.
void for_each_single(const evidence& seen,
                     const std::function<void(probe_id, const raw_basic&, const raw_single&)>& see);
void for_each_basic(const evidence& seen,
                    const std::function<void(probe_id, const raw_basic&)>& see);

// Who signed the answer to the plain question, going by the responderID.
struct signer {
  const pki::certificate* issuer = nullptr;    // the CA itself, or
  std::optional<pki::certificate> delegate;    // a certificate that came with the answer
  std::optional<raw_certificate> taken_apart;  // of the delegate
};
signer signer_of(const evidence& seen);

bool is_extension(const raw_extension& extension, der::bytes_view oid);
std::string time_text(const raw_time& time);

}  // namespace staplelab::conform
