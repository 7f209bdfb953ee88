// native/core/text_table.cc
#include "core/text_table.h"

#include <algorithm>
#include <array>
#include <bit>
#include <random>

namespace hearth {

uint64_t hash_seed() {
  static const uint64_t seed = [] {
    std::random_device random;
    return uint64_t{random()} << 32 | random();
  }();
  return seed;
}

TextTable::TextTable(std::span<const std::string_view> texts)
    : texts_(texts), seed_(hash_seed()), mask_(std::bit_ceil(texts.size() * 2 + 2) - 1), slots_(mask_ + 1) {
  // Hashed a batch ahead, so that the slots are on their way from memory when they are needed.
  constexpr size_t kBatch = 16;
  std::array<uint64_t, kBatch> hashes;
  for (size_t first = 0; first < texts.size(); first += kBatch) {
    const size_t count = std::min(kBatch, texts.size() - first);
    for (size_t i = 0; i < count; ++i) {
      hashes[i] = hash(texts[first + i]);
      prefetch(hashes[i]);
    }
    for (size_t i = 0; i < count; ++i) insert(first + i, hashes[i]);
  }
}

void TextTable::insert(size_t id, uint64_t hash) {
  const auto tag = static_cast<uint32_t>(hash >> 32);
  for (uint64_t i = hash & mask_;; i = (i + 1) & mask_) {
    Slot& slot = slots_[i];
    if (slot.id_plus_one == 0) {
      slot = {static_cast<uint32_t>(id + 1), tag};
      return;
    }
    if (slot.tag == tag && texts_[slot.id_plus_one - 1] == texts_[id]) return;  // the lower id stays
  }
}

}  // namespace hearth
