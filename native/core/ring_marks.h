// native/core/ring_marks.h: copies of the sliding rings at a few turns of a conversation.
//
// A global layer never forgets, a ring does: cut a timeline far back and the keys that the new end sees are
// overwritten. A mark is what a ring showed at one position, so that a cut behind the slack goes back to a mark and not
// to the start. Marks lie where people cut: before the control token that ends a message. (Edit a question, or ask for
// another answer, and the prompts part right behind one of them.)
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "core/kv_cache.h"
#include "core/tokenizer.h"

namespace hearth {

struct RingMark {
  uint32_t position;  // what is computed next
  std::vector<std::byte> rows;
};

class RingMarks {
 public:
  static constexpr uint32_t kMost = 4;
  static constexpr uint64_t kMostBytes = uint64_t{256} << 20;  // of all marks of a session; one mark may be larger

  /// Chooses where `prompt` deserves marks; `take` then makes those that the coming passes, from `from` on, reach.
  void plan(std::span<const TokenId> prompt, uint32_t from, const Tokenizer& tokenizer, const KvCache& cache);
  /// After a pass that stored positions `first` .. `end` - 1.
  void take(const KvCache& cache, uint32_t first, uint32_t end);
  void plan_nothing() { wanted_.clear(); }

  /// Goes back to the last mark at or before `length` and answers its position; 0, with an empty cache, without one.
  uint32_t restore(KvCache& cache, uint32_t length) const;
  /// Forgets marks behind `length`: what they remember is no longer the timeline.
  void cut(uint32_t length);

  const std::vector<RingMark>& all() const { return marks_; }
  /// In order of position.
  void assign(std::vector<RingMark> marks) { marks_ = std::move(marks); }
  uint64_t bytes() const;

 private:
  bool has(uint32_t position) const;
  void make_room();

  std::vector<RingMark> marks_;   // in order of position
  std::vector<uint32_t> wanted_;  // positions of the prompt that deserve a mark
  uint32_t most_ = 0;             // marks of the latest plan
};

}  // namespace hearth
