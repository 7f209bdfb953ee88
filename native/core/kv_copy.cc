// native/core/kv_copy.cc: keys and values out of a cache and back, as rows of bytes: for ring marks and snapshots.
//
// Only what the next position sees is copied. Of a ring that is the last window - 1 rows, in order of position, keys
// then values, layer after layer; of a global layer every row.
#include <algorithm>
#include <cstring>

#include "core/kv_cache.h"

namespace hearth {
namespace {

/// The first position that `position` sees through `window`.
uint32_t first_visible(uint32_t position, uint32_t window) { return position < window ? 0 : position - window + 1; }

}  // namespace

template <typename Copy>
void KvCache::each_ring_row(uint32_t position, const Copy& copy) const {
  for (size_t il = 0; il < stores_.size(); ++il) {
    const Store& store = stores_[il];
    if (!store.k || store.grows) continue;
    const size_t bytes = row_bytes(store);
    for (ops::Buffer* buffer : {store.k.get(), store.v.get()}) {
      for (uint32_t p = first_visible(position, *spec_->layers[il].attention.window); p < position; ++p)
        copy(buffer->host() + p % store.slots * bytes, bytes);
    }
  }
}

uint64_t KvCache::ring_bytes(uint32_t position) const {
  uint64_t sum = 0;
  for (size_t il = 0; il < stores_.size(); ++il) {
    const Store& store = stores_[il];
    if (!store.k || store.grows) continue;
    sum += uint64_t{2} * row_bytes(store) * (position - first_visible(position, *spec_->layers[il].attention.window));
  }
  return sum;
}

void KvCache::copy_rings(uint32_t position, std::byte* to) const {
  each_ring_row(position, [&](const std::byte* row, size_t bytes) {
    std::memcpy(to, row, bytes);
    to += bytes;
  });
}

void KvCache::restore_rings(uint32_t position, const std::byte* from) {
  each_ring_row(position, [&](std::byte* row, size_t bytes) {
    std::memcpy(row, from, bytes);
    from += bytes;
  });
  furthest_ = position;
  // Where no window reached its length yet, the copy holds every row there ever was.
  restored_ = 0;
  for (const arch::LayerSpec& layer : spec_->layers) {
    if (layer.attention.window && position >= *layer.attention.window) restored_ = position;
  }
}

uint64_t KvCache::global_bytes(uint32_t end) const {
  uint64_t sum = 0;
  for (const Store& store : stores_) {
    if (store.k && store.grows) sum += uint64_t{2} * row_bytes(store) * end;
  }
  return sum;
}

std::vector<std::span<std::byte>> KvCache::global_rows(uint32_t end) const {
  std::vector<std::span<std::byte>> rows;
  for (const Store& store : stores_) {
    if (!store.k || !store.grows) continue;
    rows.emplace_back(store.k->host(), row_bytes(store) * end);
    rows.emplace_back(store.v->host(), row_bytes(store) * end);
  }
  return rows;
}

}  // namespace hearth
