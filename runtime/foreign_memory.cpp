#include "runtime/foreign_memory.hpp"

#include <bit>
#include <cerrno>

namespace staplelab::runtime {

namespace {

using transfer = ssize_t (*)(pid_t, const iovec*, unsigned long, const iovec*, unsigned long,
                             unsigned long);

bool move_octets(transfer direction, pid_t task, std::uint64_t address, void* here,
                 std::size_t octets) noexcept {
  const iovec near{here, octets};
  const iovec far{std::bit_cast<void*>(address), octets};
  const auto moved = direction(task, &near, 1, &far, 1, 0);
  if (moved >= 0 && static_cast<std::size_t>(moved) < octets) errno = EFAULT;
  return moved == static_cast<ssize_t>(octets);
}

}  // namespace

bool read_memory(pid_t task, std::uint64_t address, void* to, std::size_t octets) noexcept {
  return move_octets(process_vm_readv, task, address, to, octets);
}

bool write_memory(pid_t task, std::uint64_t address, const void* from,
                  std::size_t octets) noexcept {
  return move_octets(process_vm_writev, task, address, const_cast<void*>(from), octets);
}

}  // namespace staplelab::runtime
