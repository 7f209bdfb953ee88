// native/core/kv_cache.cc: see kv_cache.h.
#include "core/kv_cache.h"

#include <algorithm>
#include <cstring>

namespace hearth {
namespace {

constexpr uint32_t kFirstSlots = 512;  // of a global layer; doubles when they are full
constexpr uint32_t kSpeculative = 16;  // tokens that a verification may take back
constexpr uint32_t kRingRounding = 32;

}  // namespace

Result<KvCache> KvCache::create(ops::Device& device, const arch::ArchSpec& spec, uint32_t context, ops::KvFormat format,
                                uint32_t pass_rows) {
  KvCache cache;
  cache.device_ = &device;
  cache.spec_ = &spec;
  cache.context_ = context;
  cache.format_ = format;
  cache.slack_ = pass_rows - 1 + kSpeculative;
  cache.stores_.resize(spec.layers.size());
  for (size_t il = 0; il < spec.layers.size(); ++il) {
    const arch::AttentionSpec& attention = spec.layers[il].attention;
    if (!attention.kv.owns) continue;
    Store& store = cache.stores_[il];
    store.width = attention.kv_width();
    store.grows = !attention.window;
    uint64_t slots = kFirstSlots;
    if (attention.window) {
      slots = (uint64_t{*attention.window} + cache.slack_ + kRingRounding - 1) / kRingRounding * kRingRounding;
    }
    const auto fitting = static_cast<uint32_t>(std::min<uint64_t>(slots, context));
    if (Status status = cache.allocate(store, fitting); !status.ok()) return status.error();
    if (attention.window && (cache.smallest_ring_ == 0 || fitting < cache.smallest_ring_))
      cache.smallest_ring_ = fitting;
  }
  cache.renew_views();
  return cache;
}

Status KvCache::allocate(Store& store, uint32_t slots) {
  auto k = device_->allocate(slots * row_bytes(store));
  if (!k.ok()) return k.error();
  auto v = device_->allocate(slots * row_bytes(store));
  if (!v.ok()) return v.error();
  if (store.slots > 0) {  // a global layer: position p stays in slot p
    std::memcpy(k.value()->host(), store.k->host(), store.slots * row_bytes(store));
    std::memcpy(v.value()->host(), store.v->host(), store.slots * row_bytes(store));
  }
  store.k = std::move(k).value();
  store.v = std::move(v).value();
  store.slots = slots;
  return Ok{};
}

Status KvCache::reserve(uint32_t end) {
  bool grown = false;
  for (Store& store : stores_) {
    if (!store.grows || store.slots >= end) continue;
    uint64_t slots = store.slots;
    while (slots < end) slots *= 2;
    if (Status status = allocate(store, static_cast<uint32_t>(std::min<uint64_t>(slots, context_))); !status.ok())
      return status;
    grown = true;
  }
  if (grown) renew_views();
  return Ok{};
}

void KvCache::renew_views() {
  views_.resize(stores_.size());
  for (size_t il = 0; il < stores_.size(); ++il) {
    const arch::AttentionSpec& attention = spec_->layers[il].attention;
    const Store& store = stores_[attention.kv.source_layer];
    views_[il] = {.k = store.k.get(),
                  .v = store.v.get(),
                  .format = format_,
                  .slots = store.slots,
                  .kv_heads = attention.kv_heads,
                  .head_dim = attention.head_dim};
  }
}

bool KvCache::intact(uint32_t position) const {
  // Position p was overwritten iff p + slots < furthest. The first key that `position` sees is position - window + 1,
  // and slots >= window + slack, so nothing that it sees is lost if furthest <= position + 1 + slack.
  if (position < restored_) return false;
  return furthest_ <= smallest_ring_ || smallest_ring_ == 0 || furthest_ <= uint64_t{position} + 1 + slack_;
}

uint64_t KvCache::bytes() const {
  uint64_t sum = 0;
  for (const Store& store : stores_) {
    if (store.k) sum += store.k->bytes() + store.v->bytes();
  }
  return sum;
}

}  // namespace hearth
