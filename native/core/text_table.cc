// native/core/text_table.cc
#include "core/text_table.h"

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
  for (size_t id = 0; id < texts.size(); ++id) {
    const uint64_t h = hash(texts[id]);
    const auto tag = static_cast<uint32_t>(h >> 32);
    uint64_t i = h & mask_;
    bool known = false;
    while (slots_[i].id_plus_one != 0 && !known) {
      known = slots_[i].tag == tag && texts[slots_[i].id_plus_one - 1] == texts[id];
      i = (i + 1) & mask_;
    }
    if (!known) slots_[i] = {static_cast<uint32_t>(id + 1), tag};
  }
}

}  // namespace hearth
