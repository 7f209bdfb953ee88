// native/core/speculation/lookup_drafter.h: what followed the last time these tokens came? Within one conversation.
#pragma once
#include <vector>

#include "core/speculation/drafter.h"
#include "core/speculation/suffix_index.h"

namespace hearth {

class LookupDrafter final : public Drafter {
 public:
  TokenSource source() const override { return TokenSource::kLookup; }
  bool is_free() const override { return true; }
  /// As many tokens as the match is long, and two more. Copies past the end of what is known go on with the copy
  /// itself, so that a repetition shorter than the draft is drafted whole.
  Result<Draft> propose(std::span<const TokenId> timeline, std::span<TokenId> out) override;

 private:
  void follow(std::span<const TokenId> timeline);

  SuffixIndex index_;
  std::vector<TokenId> known_;  // what the index holds
};

/// Longer matches are trusted more: 1 token, 2 to 3, 4 to 7, 8 and more.
inline uint32_t trust_of_match(uint32_t length) { return length >= 8 ? 3 : length >= 4 ? 2 : length >= 2 ? 1 : 0; }

}  // namespace hearth
