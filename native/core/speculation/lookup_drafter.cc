// native/core/speculation/lookup_drafter.cc: see lookup_drafter.h.
#include "core/speculation/lookup_drafter.h"

#include <algorithm>

namespace hearth {

void LookupDrafter::follow(std::span<const TokenId> timeline) {
  const auto mismatch = std::ranges::mismatch(known_, timeline);
  if (mismatch.in1 != known_.end()) {  // another branch: an automaton cannot forget its newest tokens
    index_.clear();
    known_.clear();
  }
  for (const TokenId token : timeline.subspan(known_.size())) {
    index_.append(token);
    known_.push_back(token);
  }
}

Result<Draft> LookupDrafter::propose(std::span<const TokenId> timeline, std::span<TokenId> out) {
  follow(timeline);
  const SuffixIndex::Match match = index_.longest_repeat();
  if (match.length == 0) return Draft{};
  const auto count = static_cast<uint32_t>(std::min<size_t>(out.size(), match.length + 2));
  for (uint32_t i = 0; i < count; ++i) {
    const size_t from = size_t{match.end} + i;
    out[i] = from < timeline.size() ? timeline[from] : out[from - timeline.size()];
  }
  return Draft{.count = count, .trust = trust_of_match(match.length)};
}

}  // namespace hearth
