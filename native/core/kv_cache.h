// native/core/kv_cache.h: keys and values of one session, one cache for each layer that owns them.
//
// Global layers hold every position and grow by doubling, so that a long context costs nothing until it is used.
// Sliding layers are rings: position p lies in slot p % slots, and slots = window + slack. The slack lets one pass
// store all its rows before the first of them attends, and lets a timeline be cut back by a few tokens (speculation)
// while the keys that become visible again are still there.
#pragma once
#include <memory>
#include <span>
#include <vector>

#include "arch/spec.h"
#include "ops/device.h"

namespace hearth {

class KvCache {
 public:
  /// `context`: positions at most. `pass_rows`: rows stored by one pass at most. Errors: kOutOfMemory.
  static Result<KvCache> create(ops::Device& device, const arch::ArchSpec& spec, uint32_t context, ops::KvFormat format,
                                uint32_t pass_rows);

  /// Makes room for positions below `end`, before a pass. No work may be running. Errors: kOutOfMemory.
  Status reserve(uint32_t end);
  /// One per layer of the spec; a layer without its own has its source's.
  std::span<const ops::KvView> views() const { return views_; }

  /// Notes that positions below `end` are stored, or may be: also after a pass that was cut short.
  void stored(uint32_t end) { furthest_ = end > furthest_ ? end : furthest_; }
  /// Whether position `position` can be computed next: all keys that its window shows, before it, are still there.
  bool intact(uint32_t position) const;
  /// Forgets everything; the next pass starts at position 0.
  void clear() { furthest_ = restored_ = 0; }

  // Rows out and back, packed as kv_copy.cc says. No work may be running.
  /// Bytes of what the rings show at `position`; 0 for a model without rings.
  uint64_t ring_bytes(uint32_t position) const;
  /// Only while `intact(position)` and all before it is stored.
  void copy_rings(uint32_t position, std::byte* to) const;
  /// Afterwards `position` is computed next: global layers must hold all before it, rings hold what was copied.
  void restore_rings(uint32_t position, const std::byte* from);
  uint64_t global_bytes(uint32_t end) const;
  /// The rows of positions below `end` where they lie, keys then values of each global layer. Only after
  /// `reserve(end)`.
  std::vector<std::span<std::byte>> global_rows(uint32_t end) const;

  ops::KvFormat format() const { return format_; }
  uint64_t bytes() const;

 private:
  struct Store {
    std::unique_ptr<ops::Buffer> k, v;
    uint32_t slots = 0;
    uint32_t width = 0;  // kv_heads * head_dim
    bool grows = false;  // a global layer
  };

  KvCache() = default;
  Status allocate(Store& store, uint32_t slots);
  void renew_views();
  template <typename Copy>
  void each_ring_row(uint32_t position, const Copy& copy) const;
  size_t row_bytes(const Store& store) const { return store.width * (format_ == ops::KvFormat::kF16 ? 2u : 4u); }

  ops::Device* device_ = nullptr;
  const arch::ArchSpec* spec_ = nullptr;
  uint32_t context_ = 0;
  ops::KvFormat format_ = ops::KvFormat::kF16;
  uint32_t slack_ = 0;          // of every ring at least
  uint32_t smallest_ring_ = 0;  // slots; 0 without rings
  uint32_t furthest_ = 0;       // end of what was ever stored since `clear`
  uint32_t restored_ = 0;       // rings lack rows that positions below this one see
  std::vector<Store> stores_;   // by layer; empty for layers that own none
  std::vector<ops::KvView> views_;
};

}  // namespace hearth
