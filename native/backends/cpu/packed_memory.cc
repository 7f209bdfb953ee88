// native/backends/cpu/packed_memory.cc: mmap and madvise, or what is nearest to them.
#include "backends/cpu/packed_memory.h"

#include <algorithm>
#include <cstdlib>

#if defined(__unix__) || defined(__APPLE__)
#include <sys/mman.h>
#include <unistd.h>
#define HEARTH_HAS_MMAP
#endif

namespace hearth::cpu {
namespace {

constexpr size_t kHuge = size_t{2} << 20;      // of x86-64, and of arm64 with pages of 4 KiB
constexpr size_t kRegion = size_t{128} << 20;  // untouched pages cost nothing
constexpr size_t kAlignment = 64;

size_t up_to(size_t value, size_t multiple) { return (value + multiple - 1) / multiple * multiple; }

#if defined(HEARTH_HAS_MMAP)
void advise(const std::byte* data, size_t bytes, int advice) {
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  const auto begin = up_to(reinterpret_cast<uintptr_t>(data), page);
  const auto end = (reinterpret_cast<uintptr_t>(data) + bytes) / page * page;
  // Advice that is not taken changes speed and memory only.
  if (begin < end) (void)madvise(reinterpret_cast<void*>(begin), end - begin, advice);
}
#endif

}  // namespace

PackedMemory::~PackedMemory() {
  for (const auto& [address, bytes] : regions_) {
#if defined(HEARTH_HAS_MMAP)
    munmap(address, bytes);
#else
    (void)bytes;
    std::free(address);
#endif
  }
}

std::byte* PackedMemory::take(size_t bytes) {
  bytes = up_to(bytes, kAlignment);
  if (bytes > left_) {
    const size_t region = up_to(std::max(bytes, kRegion) + kHuge, kHuge);
    regions_.reserve(regions_.size() + 1);
#if defined(HEARTH_HAS_MMAP)
    void* address = mmap(nullptr, region, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (address == MAP_FAILED) return nullptr;
#if defined(MADV_HUGEPAGE)
    (void)madvise(address, region, MADV_HUGEPAGE);
#endif
#else
    void* address = std::malloc(region);
    if (address == nullptr) return nullptr;
#endif
    regions_.emplace_back(address, region);
    const auto begin = reinterpret_cast<uintptr_t>(address), aligned = up_to(begin, kHuge);
    free_ = static_cast<std::byte*>(address) + (aligned - begin);
    left_ = region - (aligned - begin);
  }
  std::byte* const piece = free_;
  free_ += bytes;
  left_ -= bytes;
  taken_ += bytes;
  return piece;
}

uint64_t most_packed() {
#if defined(HEARTH_HAS_MMAP)
  const long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
  if (pages > 0 && page > 0) return static_cast<uint64_t>(pages) * static_cast<uint64_t>(page) / 10 * 6;
#endif
  return UINT64_MAX;
}

#if defined(HEARTH_HAS_MMAP)
void expect_pages(const std::byte* data, size_t bytes) { advise(data, bytes, MADV_WILLNEED); }
void give_back_pages(const std::byte* data, size_t bytes) { advise(data, bytes, MADV_DONTNEED); }
#else
void expect_pages(const std::byte*, size_t) {}
void give_back_pages(const std::byte*, size_t) {}
#endif

}  // namespace hearth::cpu
