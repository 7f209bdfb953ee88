// native/constraint/token_constraint.h: what generation asks of a constraint, one token after the other.
//
// The order at each position: `mask`, cut the logits, sample, `accept`. Drafts go through `accept` before they are
// verified and through `rollback` where they are not kept, so that what was drafted obeys the same mask.
#pragma once
#include <cstdint>
#include <span>
#include <string>

#include "base/status.h"
#include "constraint/token_bytes.h"

namespace hearth::constraint {

class TokenConstraint {
 public:
  virtual ~TokenConstraint() = default;

  /// [(vocabulary + 63) / 64] words; bit `id % 64` of word `id / 64` is 1 where the token may come next. Valid until
  /// the next call of anything here. Errors: kInvalidArgument when no token may come next, which happens only after an
  /// end token or with a vocabulary that cannot spell the text.
  virtual Result<std::span<const uint64_t>> mask() = 0;
  /// Takes the token. False, and nothing changes, when it may not come next.
  virtual bool accept(TokenId id) = 0;
  /// Forgets the last `tokens` accepted ones, at most `kMostRollback`.
  virtual void rollback(uint32_t tokens) = 0;
  /// Back to the start, with everything that was learnt about masks.
  virtual void reset() = 0;
  /// The text so far is a whole answer: an end token may come next.
  virtual bool complete() const = 0;
  /// `complete`, and nothing but an end token may follow.
  virtual bool finished() const = 0;
  /// The bytes that come next whatever is chosen, at most `most` of them; empty where there is a choice.
  virtual std::string forced(size_t most) = 0;

  static constexpr uint32_t kMostRollback = 256;
};

/// How many of `drafted` may follow one another from here on. The constraint stays where it is.
uint32_t allowed_prefix(TokenConstraint& constraint, std::span<const TokenId> drafted);

/// Sets the logits of forbidden tokens to minus infinity. `logits` [vocabulary].
void apply_mask(std::span<const uint64_t> mask, std::span<float> logits);

}  // namespace hearth::constraint
