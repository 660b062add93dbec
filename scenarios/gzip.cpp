#include "scenarios/gzip.hpp"

#define ZLIB_CONST  // it only reads what is given to it
#include <zlib.h>

#include <cassert>
#include <new>
#include <stdexcept>

namespace staplelab::scenarios {
namespace {

constexpr int gzip_window = MAX_WBITS + 16;  // zlib's way to ask for a gzip header
constexpr int memory_level = 9;

class deflater {
 public:
  deflater() {
    if (deflateInit2(&stream_, Z_BEST_COMPRESSION, Z_DEFLATED, gzip_window, memory_level,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
      throw std::bad_alloc();
    }
  }
  deflater(const deflater&) = delete;
  deflater& operator=(const deflater&) = delete;
  ~deflater() { deflateEnd(&stream_); }
  z_stream* get() { return &stream_; }

 private:
  z_stream stream_{};
};

}  // namespace

std::string gzip(std::string_view octets) {
  deflater with;
  std::string result(deflateBound(with.get(), octets.size()), '\0');
  if (octets.size() > UINT32_MAX || result.size() > UINT32_MAX) {
    throw std::length_error("more than gzip takes in one piece");
  }
  z_stream& stream = *with.get();
  stream.next_in = reinterpret_cast<const Bytef*>(octets.data());
  stream.avail_in = static_cast<uInt>(octets.size());
  stream.next_out = reinterpret_cast<Bytef*>(result.data());
  stream.avail_out = static_cast<uInt>(result.size());
  const int ended = deflate(&stream, Z_FINISH);
  assert(ended == Z_STREAM_END);  // there was room for all of it
  static_cast<void>(ended);
  result.resize(stream.total_out);
  return result;
}

}  // namespace staplelab::scenarios
