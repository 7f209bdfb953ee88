// native/constraint/token_constraint.cc: see token_constraint.h.
#include "constraint/token_constraint.h"

#include <algorithm>
#include <limits>

namespace hearth::constraint {

uint32_t allowed_prefix(TokenConstraint& constraint, std::span<const TokenId> drafted) {
  const auto most = std::min<size_t>(drafted.size(), TokenConstraint::kMostRollback);
  uint32_t count = 0;
  while (count < most && constraint.accept(drafted[count])) ++count;
  constraint.rollback(count);
  return count;
}

void apply_mask(std::span<const uint64_t> mask, std::span<float> logits) {
  constexpr float kNever = -std::numeric_limits<float>::infinity();
  for (size_t w = 0; w < mask.size(); ++w) {
    const uint64_t word = mask[w];
    if (word == ~uint64_t{0}) continue;
    const auto group = logits.subspan(w * 64, std::min<size_t>(64, logits.size() - w * 64));
    if (word == 0) {
      std::ranges::fill(group, kNever);
      continue;
    }
    for (size_t i = 0; i < group.size(); ++i) group[i] = ((word >> i) & 1) != 0 ? group[i] : kNever;
  }
}

}  // namespace hearth::constraint
