// native/core/session_snapshot.h: a timeline as bytes, and back, checked like any file that somebody may have touched.
//
//   header   144 bytes, below
//   tokens   i32 [tokens]
//   globals  of each global layer the keys, then the values, of all tokens
//   marks    u32 position [marks], then the rings' rows of each as kv_copy.cc packs them; the last one is the end
//
// Numbers are stored lowest byte first. Everything is bits of one build, one machine's kernels and one model, so any
// difference means that the snapshot is thrown away and the prompt computed.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/sha256.h"
#include "core/kv_cache.h"

namespace hearth {

struct SnapshotHeader {
  static constexpr uint64_t kMagic = 0x31564b4854524148;  // "HARTHKV1"
  static constexpr uint32_t kVersion = 1;

  uint64_t magic = kMagic;
  uint32_t version = kVersion;
  uint32_t kv_format = 0;
  Digest build{}, model{}, spec{};
  uint32_t tokens = 0;
  uint32_t marks = 0;         // the end included
  uint64_t payload_size = 0;  // bytes behind the header
  uint64_t payload_sum = 0;   // xxh64 of its pieces, each seeded with the one before; pieces as they are listed above
  uint64_t header_sum = 0;    // xxh64 of the header before this field
};
static_assert(sizeof(SnapshotHeader) == 144 && offsetof(SnapshotHeader, header_sum) == 136);

/// Bytes of a payload with these contents; positions of marks ascend and end with `tokens`.
uint64_t snapshot_payload_size(const KvCache& cache, uint32_t tokens, std::span<const uint32_t> marks);

}  // namespace hearth
