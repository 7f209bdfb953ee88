// native/core/speculation/constraint_drafter.cc: see constraint_drafter.h.
#include "core/speculation/constraint_drafter.h"

#include <algorithm>

namespace hearth {
namespace {

constexpr size_t kMostBytes = 64;  // read ahead: about as many as the longest draft has

}  // namespace

Result<Draft> ConstraintDrafter::propose(std::span<const TokenId>, std::span<TokenId> out) {
  if (constraint_ == nullptr || out.empty()) return Draft{};
  const std::string text = constraint_->forced(kMostBytes);
  if (text.empty()) return Draft{};
  std::vector<TokenId> tokens = tokenizer_.encode(text, {.bos = false, .markers = Markers::kNone});
  // Where the text goes on, its last token may be the beginning of a longer one.
  const bool settled = tokens.size() > 1;
  if (settled) tokens.pop_back();
  const size_t count = std::min(tokens.size(), out.size());
  std::copy_n(tokens.begin(), count, out.begin());
  return Draft{.count = static_cast<uint32_t>(count), .trust = settled ? 3u : 1u};
}

}  // namespace hearth
