// native/tools/replay_drafter.h: guesses of a chosen quality, for measurements: the answer is known from plain
// decoding, and each of its tokens is guessed right with probability `share`. It tells what guessing gains on a model
// whose real acceptance is unknown, such as a file of random numbers in the shape of a real one.
#pragma once
#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/speculation/drafter.h"

namespace hearth {

/// What the drafter replays; its owner changes it between answers.
struct Replay {
  size_t prompt = 0;            // tokens before the answer
  std::vector<TokenId> answer;  // of plain decoding
  double share = 0;             // of the guesses that are right
};

class ReplayDrafter final : public Drafter {
 public:
  explicit ReplayDrafter(const Replay& replay) : replay_(replay) {}
  TokenSource source() const override { return TokenSource::kLookup; }
  bool is_free() const override { return true; }

  Result<Draft> propose(std::span<const TokenId> timeline, std::span<TokenId> out) override {
    if (timeline.size() < replay_.prompt) return Draft{};
    const size_t from = std::min(timeline.size() - replay_.prompt, replay_.answer.size());
    const size_t count = std::min(out.size(), replay_.answer.size() - from);
    for (size_t i = 0; i < count; ++i) {
      const TokenId right = replay_.answer[from + i];
      out[i] = hit(from + i) ? right : right == 0 ? 1 : right - 1;
    }
    return Draft{.count = static_cast<uint32_t>(count)};
  }

 private:
  /// The same for a position however often it is asked. Source of the mixing: splitmix64 (Steele, Lea, Flood 2014).
  bool hit(size_t position) const {
    uint64_t z = (position + 1) * 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return static_cast<double>((z ^ z >> 31) >> 11) * 0x1p-53 < replay_.share;
  }

  const Replay& replay_;
};

}  // namespace hearth
