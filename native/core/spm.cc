// native/core/spm.cc
#include "core/spm.h"

#include <algorithm>
#include <cmath>

namespace hearth {
namespace {

constexpr uint32_t kNone = UINT32_MAX;

/// Bytes of the character that starts with `first`, as it says; 1 where it starts none.
size_t character_bytes(char first) {
  constexpr uint8_t kBytes[] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3, 4};
  return kBytes[static_cast<uint8_t>(first) >> 4];
}

}  // namespace

Result<std::unique_ptr<const Spm>> Spm::build(const Vocabulary& vocabulary, const gguf::File& file) {
  constexpr std::string_view kKey = "tokenizer.ggml.scores";
  const gguf::Value* value = file.find(kKey);
  const auto* scores = value == nullptr ? nullptr : std::get_if<std::vector<double>>(value);
  if (scores == nullptr || scores->size() != vocabulary.size()) {
    return Error{ErrorCode::kModelInvalid, file.path() + " cannot be used: " + std::string(kKey) +
                                               " was expected to hold a number for each of the " +
                                               std::to_string(vocabulary.size()) + " tokens and " +
                                               (scores == nullptr ? std::string("is missing or no such list")
                                                                  : "holds " + std::to_string(scores->size())) +
                                               "; take another GGUF file of this model"};
  }
  std::vector<double> order;
  for (const double score : *scores) order.push_back(std::isnan(score) ? -INFINITY : score);
  std::unique_ptr<Spm> out(new Spm(vocabulary));
  std::vector<double> distinct = order;
  std::ranges::sort(distinct, std::greater<>());
  const auto repeated = std::ranges::unique(distinct);
  distinct.erase(repeated.begin(), repeated.end());
  out->rank_count_ = static_cast<uint32_t>(distinct.size());
  for (uint32_t id = 0; id < vocabulary.size(); ++id) {
    const auto found = std::ranges::lower_bound(distinct, order[id], std::greater<>());
    out->ranks_.push_back(static_cast<uint32_t>(found - distinct.begin()));
    out->longest_ = std::max(out->longest_, vocabulary.text(static_cast<TokenId>(id)).size());
  }
  return std::unique_ptr<const Spm>(std::move(out));
}

TokenId Spm::entry(std::string_view text) const {
  if (text.size() > longest_) return -1;
  const TokenId id = vocabulary_.table().find(text);
  // Plain text must not be able to make a marker, whatever the file says.
  return id >= 0 && !vocabulary_.reserved(id) ? id : -1;
}

void Spm::encode(std::string_view text, std::vector<TokenId>& out) const {
  struct Symbol {
    uint32_t begin, size;  // in the text
    uint32_t next, previous;
    uint32_t rank;  // of the entry that this and `next` make together, or kNone
  };
  std::vector<Symbol> symbols;
  symbols.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const size_t bytes = std::min(character_bytes(text[at]), text.size() - at);
    const auto index = static_cast<uint32_t>(symbols.size());
    symbols.push_back({static_cast<uint32_t>(at), static_cast<uint32_t>(bytes), index + 1, index - 1, kNone});
    at += bytes;
  }
  const auto count = static_cast<uint32_t>(symbols.size());
  MergeHeap heap;
  // Rank and place in one number, so that the smallest is the highest score and then the leftmost. It is stale when the
  // symbol at that place is gone or its pair has another rank by now.
  const auto rank_pair = [&](uint32_t left) {
    Symbol& symbol = symbols[left];
    symbol.rank = kNone;
    if (symbol.next >= count) return false;
    const TokenId id = entry(text.substr(symbol.begin, symbol.size + symbols[symbol.next].size));
    if (id < 0) return false;
    symbol.rank = ranks_[static_cast<size_t>(id)];
    return true;
  };
  const auto key = [&](uint32_t left) { return uint64_t{symbols[left].rank} << 32 | left; };
  for (uint32_t i = 0; i + 1 < count; ++i) {
    if (rank_pair(i)) heap.append(key(i));
  }
  heap.start(rank_count_);
  while (!heap.empty()) {
    const uint64_t smallest = heap.pop();
    const auto left = static_cast<uint32_t>(smallest);
    Symbol& symbol = symbols[left];
    if (symbol.size == 0 || symbol.rank != static_cast<uint32_t>(smallest >> 32)) continue;
    Symbol& right = symbols[symbol.next];
    symbol.size += right.size;
    symbol.next = right.next;
    right.size = 0;
    right.rank = kNone;
    if (symbol.next < count) symbols[symbol.next].previous = left;
    if (rank_pair(left)) heap.push(key(left));
    if (symbol.previous < count && rank_pair(symbol.previous)) heap.push(key(symbol.previous));
  }
  for (uint32_t i = 0; i < count; i = symbols[i].next) {
    const std::string_view piece = text.substr(symbols[i].begin, symbols[i].size);
    if (const TokenId id = entry(piece); id >= 0) {
      out.push_back(id);
    } else {
      for (const char byte : piece) out.push_back(vocabulary_.of_byte(static_cast<uint8_t>(byte)));
    }
  }
}

}  // namespace hearth
