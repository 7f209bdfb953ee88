// native/backends/cpu/packed_memory.h: room for packed weights, and the way to give a file's pages back.
#pragma once
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace hearth::cpu {

/// Pieces at a multiple of a cache line, out of large regions that the system may back with huge pages: weights are
/// read from one end to the other, and page tables would cost a tenth of the speed. Freed all at once.
class PackedMemory {
 public:
  PackedMemory() = default;
  ~PackedMemory();
  PackedMemory(const PackedMemory&) = delete;
  PackedMemory& operator=(const PackedMemory&) = delete;

  /// Null where the system has no more.
  std::byte* take(size_t bytes);
  /// What was taken.
  uint64_t bytes() const { return taken_; }

 private:
  std::vector<std::pair<void*, size_t>> regions_;  // address and bytes
  std::byte* free_ = nullptr;                      // of the last region
  size_t left_ = 0;
  uint64_t taken_ = 0;
};

/// How much may be packed on this machine. A file's pages can be dropped and read again when memory is short; copies
/// cannot, so they stay well below what there is.
uint64_t most_packed();

/// Says that `bytes` of a read-only file mapping are about to be read.
void expect_pages(const std::byte* data, size_t bytes);
/// Takes the pages that lie wholly inside out of this process. They stay in the system's file cache, and reading them
/// again maps them again. Only for a file's mapping: anything else would be lost.
void give_back_pages(const std::byte* data, size_t bytes);

}  // namespace hearth::cpu
