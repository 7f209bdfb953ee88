// native/core/bpe.h: byte-pair encoding over code points, without a word pre-split.
//
// The adjacent pair with the lowest merge rank is joined, the leftmost first, until no pair is in the table. Symbols
// are token ids (-1: a code point that is no token and so never merges); a pair table maps (left id, right id) to a
// rank.
//
// A run is first cut between code points a and b wherever no merge has a as the last code point of its left side and b
// as the first of its right side. This is exact: a symbol only ever grows by merges, so every pair of neighbours inside
// a symbol is the seam of some merge; a pair that is the seam of none is never inside a symbol, so what is left of it
// and what is right of it never touch each other's merges. Most spaces are such cuts, so a line of prose falls into
// words that fit the first cache level; the seams are kept in a small filter whose rare mistakes only save a cut.
//
// Cost: O(n log n) for a piece of n code points (a heap of candidates, checked when popped), O(n) in the number of
// pieces.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/merge_heap.h"
#include "core/vocabulary.h"

namespace hearth {

/// What one call of encode() needs; kept by the caller so that runs share it.
struct BpeScratch {
  /// One symbol of a long piece, in a list linked by position.
  struct Symbol {
    TokenId id;
    uint32_t rank;  // of the pair with `next`
    uint32_t next, previous;
  };
  std::vector<char32_t> code_points;  // in: the piece
  std::vector<Symbol> symbols;
  MergeHeap heap;
};

class Bpe {
 public:
  /// `merges`: "left right" in order of rank. Errors: kModelInvalid. `vocabulary` and the texts must outlive this.
  static Result<std::unique_ptr<const Bpe>> build(const Vocabulary& vocabulary,
                                                  std::span<const std::string_view> merges, const std::string& path);

  /// True when no merge can ever join `left` and `right` across this place.
  bool cuts(char32_t left, char32_t right) const {
    const uint64_t bit = seam(left, right);
    return (seams_[bit >> 6] >> (bit & 63) & 1) == 0;
  }

  /// Appends the ids of the piece in `scratch.code_points`.
  void encode(BpeScratch& scratch, std::vector<TokenId>& out) const;

 private:
  explicit Bpe(const Vocabulary& vocabulary) : vocabulary_(vocabulary) {}
  static constexpr uint32_t kNone = UINT32_MAX;

  uint64_t seam(char32_t left, char32_t right) const {
    return (uint64_t{left} * 0x9E3779B97F4A7C15 + uint64_t{right} * 0xD1B54A32D192ED03) >> seam_shift_;
  }
  uint64_t slot_of(TokenId left, TokenId right) const {
    return mix(uint64_t{static_cast<uint32_t>(left)} << 32 | static_cast<uint32_t>(right), seed_) & mask_;
  }
  void insert(TokenId left, TokenId right, uint32_t rank);
  /// The rank of a pair, or kNone.
  uint32_t rank_of(TokenId left, TokenId right) const {
    for (uint64_t i = slot_of(left, right);; i = (i + 1) & mask_) {
      const Slot& slot = slots_[i];
      if (slot.left == left && slot.right == right) return slot.rank;
      if (slot.left == kFree) return kNone;
    }
  }
  void encode_short(BpeScratch& scratch, std::vector<TokenId>& out) const;
  void encode_long(BpeScratch& scratch, std::vector<TokenId>& out) const;
  void emit(TokenId id, char32_t code_point, std::vector<TokenId>& out) const;

  static constexpr TokenId kFree = -2;  // no symbol has this id; -1 is never looked up as a merge but may be asked for
  struct Slot {
    TokenId left = kFree, right = kFree;
    uint32_t rank = 0;
  };
  const Vocabulary& vocabulary_;
  uint64_t seed_ = 0, mask_ = 0;
  std::vector<Slot> slots_;
  std::vector<TokenId> results_;  // by rank
  std::vector<uint64_t> seams_;   // bit filter
  int seam_shift_ = 0;
};

}  // namespace hearth
