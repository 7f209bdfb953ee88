// native/core/ring_marks.cc: see ring_marks.h.
#include "core/ring_marks.h"

#include <algorithm>

namespace hearth {
namespace {

constexpr uint32_t kNear = 16;  // control tokens this close count as one boundary, and a start this short needs no mark

/// Positions of the control tokens that end a message or, where none does, begin one.
std::vector<uint32_t> boundaries(std::span<const TokenId> prompt, const Tokenizer& tokenizer) {
  std::vector<uint32_t> found;
  uint32_t last = 0;
  for (uint32_t i = 0; i < prompt.size(); ++i) {
    if (i - last < kNear || !tokenizer.piece(prompt[i], /*show_special=*/false).empty()) continue;
    found.push_back(last = i);
  }
  return found;
}

}  // namespace

void RingMarks::plan(std::span<const TokenId> prompt, uint32_t from, const Tokenizer& tokenizer, const KvCache& cache) {
  wanted_.clear();
  const uint64_t bytes = cache.ring_bytes(static_cast<uint32_t>(prompt.size()));
  if (bytes == 0) return;
  most_ = static_cast<uint32_t>(std::clamp<uint64_t>(kMostBytes / bytes, 1, kMost));
  const std::vector<uint32_t> found = boundaries(prompt, tokenizer);
  // The end of the last reply serves an edited question and another answer, the end of the question only the latter.
  // The first boundary ends the system prompt.
  const size_t count = found.size();
  for (const size_t index : {count - 2, count - 1, size_t{0}, count - 3}) {
    if (index >= count || wanted_.size() == most_) continue;  // those below 0 have wrapped around
    const uint32_t at = found[index];
    if ((at >= from || has(at)) && std::ranges::find(wanted_, at) == wanted_.end()) wanted_.push_back(at);
  }
  make_room();
}

bool RingMarks::has(uint32_t position) const {
  return std::ranges::find(marks_, position, &RingMark::position) != marks_.end();
}

/// Drops marks that no plan wants, the earliest first, until all wanted ones fit.
void RingMarks::make_room() {
  auto missing = static_cast<size_t>(std::ranges::count_if(wanted_, [&](uint32_t at) { return !has(at); }));
  while (!marks_.empty() && marks_.size() + missing > most_) {
    const auto spare = std::ranges::find_if(
        marks_, [&](const RingMark& mark) { return std::ranges::find(wanted_, mark.position) == wanted_.end(); });
    if (spare == marks_.end()) return;
    marks_.erase(spare);
  }
}

void RingMarks::take(const KvCache& cache, uint32_t first, uint32_t end) {
  for (const uint32_t at : wanted_) {
    if (at < first || at > end || has(at) || !cache.intact(at)) continue;
    RingMark mark{.position = at, .rows = std::vector<std::byte>(cache.ring_bytes(at))};
    cache.copy_rings(at, mark.rows.data());
    marks_.insert(std::ranges::upper_bound(marks_, at, {}, &RingMark::position), std::move(mark));
  }
}

uint32_t RingMarks::restore(KvCache& cache, uint32_t length) const {
  const auto behind = std::ranges::upper_bound(marks_, length, {}, &RingMark::position);
  if (behind == marks_.begin()) {
    cache.clear();
    return 0;
  }
  const RingMark& mark = *std::prev(behind);
  cache.restore_rings(mark.position, mark.rows.data());
  return mark.position;
}

void RingMarks::cut(uint32_t length) {
  while (!marks_.empty() && marks_.back().position > length) marks_.pop_back();
}

uint64_t RingMarks::bytes() const {
  uint64_t sum = 0;
  for (const RingMark& mark : marks_) sum += mark.rows.size();
  return sum;
}

}  // namespace hearth
