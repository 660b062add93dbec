// The memory of another process, through any of its threads. Same constraints as
// runtime/supervisor.hpp.
#pragma once

#include <sys/types.h>
#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace staplelab::runtime {

// Whether all octets were copied; errno otherwise.
bool read_memory(pid_t task, std::uint64_t address, void* to, std::size_t octets) noexcept;
bool write_memory(pid_t task, std::uint64_t address, const void* from, std::size_t octets) noexcept;

template <class T>
bool read_value(pid_t task, std::uint64_t address, T& value) noexcept {
  static_assert(std::is_trivially_copyable_v<T>);
  return read_memory(task, address, &value, sizeof value);
}

template <class T>
bool write_value(pid_t task, std::uint64_t address, const T& value) noexcept {
  static_assert(std::is_trivially_copyable_v<T>);
  return write_memory(task, address, &value, sizeof value);
}

}  // namespace staplelab::runtime
