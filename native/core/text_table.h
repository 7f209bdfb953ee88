// native/core/text_table.h: which id a text has. Open addressing over views into the file; no text is copied.
#pragma once
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace hearth {

/// A hash that a model file cannot aim at: the seed is drawn when the process starts.
uint64_t hash_seed();

__extension__ using Wide = unsigned __int128;

inline uint64_t mix(uint64_t a, uint64_t b) {
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

inline uint64_t hash_text(std::string_view text, uint64_t seed) {
  constexpr uint64_t kA = 0x9E3779B97F4A7C15, kB = 0xD1B54A32D192ED03;
  const char* at = text.data();
  size_t left = text.size();
  uint64_t hash = seed ^ (left * kA);
  for (; left > 8; left -= 8, at += 8) {
    uint64_t word;
    std::memcpy(&word, at, 8);
    hash = mix(word ^ kB, hash ^ kA);
  }
  uint64_t tail = 0;
  if (left > 0) std::memcpy(&tail, at, left);
  return mix(tail ^ kB, hash ^ kA);
}

class TextTable {
 public:
  /// `texts` must outlive the table. Where a text occurs twice, the lower id stays.
  explicit TextTable(std::span<const std::string_view> texts);

  /// -1 when no text is equal.
  int32_t find(std::string_view text) const { return find(text, hash(text)); }

  // The two halves of find(), for a caller that has many to look up and wants the memory on its way.
  uint64_t hash(std::string_view text) const { return hash_text(text, seed_); }
  void prefetch(uint64_t hash) const { __builtin_prefetch(&slots_[hash & mask_]); }
  int32_t find(std::string_view text, uint64_t hash) const {
    const auto tag = static_cast<uint32_t>(hash >> 32);
    for (uint64_t i = hash & mask_;; i = (i + 1) & mask_) {
      const Slot& slot = slots_[i];
      if (slot.id_plus_one == 0) return -1;
      if (slot.tag == tag && texts_[slot.id_plus_one - 1] == text) return static_cast<int32_t>(slot.id_plus_one - 1);
    }
  }

 private:
  void insert(size_t id, uint64_t hash);

  struct Slot {
    uint32_t id_plus_one;  // 0: free
    uint32_t tag;          // upper half of the hash
  };
  std::span<const std::string_view> texts_;
  uint64_t seed_;
  uint64_t mask_;
  std::vector<Slot> slots_;
};

}  // namespace hearth
