// native/core/speculation/drafter.h: who guesses what comes next, so that one pass can verify several tokens at once.
//
// A guess is never trusted: the model computes every position, and a token is kept only if plain decoding would have
// chosen it. A drafter can therefore be wrong as often as it likes; it costs time, never a token.
#pragma once
#include <cstdint>
#include <span>

#include "base/status.h"
#include "core/tokenizer.h"

namespace hearth::constraint {
class TokenConstraint;
}

namespace hearth {

/// Where a token of an answer came from: computed on its own, or guessed by a source and found right. `kConstraint`:
/// what a constraint leaves no choice about.
enum class TokenSource : uint8_t { kPlain = 0, kModel = 1, kLookup = 2, kHistory = 3, kConstraint = 4 };
inline constexpr size_t kTokenSources = 5;

/// Most tokens that one pass verifies, the one that is certain included. KvCache's rings have slack for as many.
inline constexpr uint32_t kVerifyRows = 16;
/// Most tokens that are guessed at once.
inline constexpr uint32_t kLongestDraft = kVerifyRows - 1;

struct Draft {
  uint32_t count = 0;
  uint32_t trust = 0;  // 0 .. kTrustLevels - 1: how much the source itself believes in it; acceptance is kept for each
};
inline constexpr uint32_t kTrustLevels = 4;

class Drafter {
 public:
  virtual ~Drafter() = default;
  virtual TokenSource source() const = 0;
  /// Whether a guess costs next to nothing. Free sources are asked at every token, also while they do not pay, so that
  /// their acceptance stays known.
  virtual bool is_free() const = 0;

  /// A new answer begins; `constraint`: what it must obey, null where nothing. It lives as long as the answer.
  virtual void begin(constraint::TokenConstraint* /*constraint*/) {}

  /// Guesses what follows `timeline` into `out`, at most out.size() <= kLongestDraft tokens; none is a fine answer.
  /// Consecutive calls usually see the same timeline with a few tokens more; any other is allowed.
  virtual Result<Draft> propose(std::span<const TokenId> timeline, std::span<TokenId> out) = 0;
};

}  // namespace hearth
