// Whole files: read within a limit, written so that a crash leaves the old content or the new.
#pragma once

#include <sys/types.h>

#include <boost/system/result.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace staplelab::runtime {

// Replaces or creates `path` with exactly this mode. The content is on the disk when it succeeds; a
// failure leaves what was there, and no temporary file. A symbolic link is replaced, not followed.
boost::system::error_code write_durably(const std::string& path,
                                        std::span<const std::uint8_t> octets, mode_t mode);

// errc::file_too_large when there is more than `max_octets`.
boost::system::result<std::vector<std::uint8_t>> read_whole(const std::string& path,
                                                            std::size_t max_octets);

}  // namespace staplelab::runtime
