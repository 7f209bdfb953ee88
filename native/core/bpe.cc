// native/core/bpe.cc
#include "core/bpe.h"

#include <algorithm>
#include <array>
#include <bit>

#include "base/printable.h"
#include "core/utf8.h"

namespace hearth {
namespace {

/// The last code point of a text that is not empty.
char32_t last_code_point(std::string_view text) {
  size_t at = text.size() - 1;
  while (at > 0 && text.size() - at < 4 && (static_cast<uint8_t>(text[at]) & 0xC0) == 0x80) --at;
  return decode_lenient(text, at);
}

char32_t first_code_point(std::string_view text) {
  size_t at = 0;
  return decode_lenient(text, at);
}

/// Up to this many symbols, looking at all of them for each merge is faster than a heap.
constexpr size_t kShort = 24;

}  // namespace

Result<std::unique_ptr<const Bpe>> Bpe::build(const Vocabulary& vocabulary, std::span<const std::string_view> merges,
                                              const std::string& path) {
  std::unique_ptr<Bpe> out(new Bpe(vocabulary));
  out->seed_ = hash_seed() | 1;
  out->mask_ = std::bit_ceil(merges.size() * 2 + 2) - 1;
  out->slots_.resize(out->mask_ + 1);
  out->results_.resize(merges.size());
  const uint64_t seam_bits = std::bit_ceil(std::max<uint64_t>(merges.size() * 4, 1 << 12));
  out->seams_.resize(seam_bits / 64);
  out->seam_shift_ = 64 - std::countr_zero(seam_bits);

  const auto damaged = [&](size_t rank, const std::string& why) -> Error {
    return {ErrorCode::kModelInvalid, path + " cannot be used: entry " + std::to_string(rank) +
                                          " of tokenizer.ggml.merges, \"" + printable(merges[rank], 64) + "\", " + why +
                                          "; take another GGUF file of this model"};
  };
  const TextTable& table = vocabulary.table();
  // Three look-ups a merge, each a miss of every cache: a batch is hashed first, so that its memory is on its way.
  constexpr size_t kBatch = 32;
  struct Pending {
    std::string_view left, right;
    uint64_t left_hash, right_hash, joined_hash;
    size_t begin;
    TokenId left_id, right_id;
  };
  std::array<Pending, kBatch> pending;
  std::string joined;
  for (size_t first = 0; first < merges.size(); first += kBatch) {
    const size_t count = std::min(kBatch, merges.size() - first);
    joined.clear();
    for (size_t i = 0; i < count; ++i) {
      const std::string_view merge = merges[first + i];
      const size_t space = merge.find(' ', 1);
      if (space == merge.npos || space + 1 == merge.size()) {
        return damaged(first + i, "was expected to be two texts with a space between them");
      }
      Pending& p = pending[i];
      p.left = merge.substr(0, space);
      p.right = merge.substr(space + 1);
      p.begin = joined.size();
      joined.append(p.left).append(p.right);
      p.left_hash = table.hash(p.left);
      p.right_hash = table.hash(p.right);
      p.joined_hash = table.hash(std::string_view(joined).substr(p.begin));
      table.prefetch(p.left_hash);
      table.prefetch(p.right_hash);
      table.prefetch(p.joined_hash);
    }
    for (size_t i = 0; i < count; ++i) {
      Pending& p = pending[i];
      const auto rank = static_cast<uint32_t>(first + i);
      const std::string_view whole = std::string_view(joined).substr(p.begin, p.left.size() + p.right.size());
      const TokenId left = table.find(p.left, p.left_hash);
      const TokenId right = table.find(p.right, p.right_hash);
      const TokenId result = table.find(whole, p.joined_hash);
      if (left < 0 || right < 0 || result < 0) {
        const std::string_view missing = left < 0 ? p.left : right < 0 ? p.right : whole;
        return damaged(rank,
                       "needs the token \"" + printable(missing, 64) + "\", which is not in tokenizer.ggml.tokens");
      }
      out->results_[rank] = result;
      // Plain text must not be able to make a marker, whatever the file says.
      p.left_id = vocabulary.reserved(result) ? kFree : left;
      if (p.left_id == kFree) continue;
      p.right_id = right;
      __builtin_prefetch(&out->slots_[out->slot_of(left, right)]);
      const uint64_t bit = out->seam(last_code_point(p.left), first_code_point(p.right));
      out->seams_[bit >> 6] |= uint64_t{1} << (bit & 63);
    }
    for (size_t i = 0; i < count; ++i) {
      const Pending& p = pending[i];
      if (p.left_id != kFree) out->insert(p.left_id, p.right_id, static_cast<uint32_t>(first + i));
    }
  }
  return std::unique_ptr<const Bpe>(std::move(out));
}

void Bpe::insert(TokenId left, TokenId right, uint32_t rank) {
  uint64_t i = slot_of(left, right);
  for (; slots_[i].left != kFree; i = (i + 1) & mask_) {
    if (slots_[i].left == left && slots_[i].right == right) return;  // the lower rank came first
  }
  slots_[i] = {left, right, rank};
}

void Bpe::emit(TokenId id, char32_t code_point, std::vector<TokenId>& out) const {
  if (id >= 0) {
    out.push_back(id);
    return;
  }
  std::string bytes;
  append_utf8(bytes, code_point);
  for (const char byte : bytes) out.push_back(vocabulary_.of_byte(static_cast<uint8_t>(byte)));
}

void Bpe::encode(BpeScratch& scratch, std::vector<TokenId>& out) const {
  if (scratch.code_points.size() <= kShort) {
    encode_short(scratch, out);
  } else {
    encode_long(scratch, out);
  }
}

void Bpe::encode_short(BpeScratch& scratch, std::vector<TokenId>& out) const {
  std::array<TokenId, kShort> ids;
  std::array<char32_t, kShort> code_points;
  std::array<uint32_t, kShort> ranks;  // ranks[i]: of the pair (i, i + 1)
  size_t count = scratch.code_points.size();
  for (size_t i = 0; i < count; ++i) {
    code_points[i] = scratch.code_points[i];
    ids[i] = vocabulary_.of_code_point(code_points[i]);
  }
  for (size_t i = 0; i + 1 < count; ++i) ranks[i] = rank_of(ids[i], ids[i + 1]);
  while (count > 1) {
    size_t best = 0;
    for (size_t i = 1; i + 1 < count; ++i) {
      if (ranks[i] < ranks[best]) best = i;
    }
    if (ranks[best] == kNone) break;
    ids[best] = results_[ranks[best]];
    for (size_t i = best + 1; i + 1 < count; ++i) {
      ids[i] = ids[i + 1];
      code_points[i] = code_points[i + 1];
      ranks[i - 1] = ranks[i];
    }
    --count;
    if (best > 0) ranks[best - 1] = rank_of(ids[best - 1], ids[best]);
    if (best + 1 < count) ranks[best] = rank_of(ids[best], ids[best + 1]);
  }
  for (size_t i = 0; i < count; ++i) emit(ids[i], code_points[i], out);
}

void Bpe::encode_long(BpeScratch& scratch, std::vector<TokenId>& out) const {
  using Symbol = BpeScratch::Symbol;
  auto& [code_points, symbols, heap] = scratch;
  const auto count = static_cast<uint32_t>(code_points.size());
  symbols.resize(count);
  heap.clear();
  for (uint32_t i = 0; i < count; ++i) {
    symbols[i] = {vocabulary_.of_code_point(code_points[i]), kNone, i + 1, i - 1};  // before the first: kNone
  }
  // An entry is rank and left position in one number, so the smallest is the lowest rank and then the leftmost. It is
  // stale when the symbol at that position is gone or its pair has another rank by now.
  const auto entry = [&](uint32_t left) { return uint64_t{symbols[left].rank} << 32 | left; };
  for (uint32_t i = 0; i + 1 < count; ++i) {
    symbols[i].rank = rank_of(symbols[i].id, symbols[i + 1].id);
    if (symbols[i].rank != kNone) heap.append(entry(i));
  }
  heap.start(results_.size());
  const auto push = [&](uint32_t left) {
    Symbol& symbol = symbols[left];
    symbol.rank = symbol.next < count ? rank_of(symbol.id, symbols[symbol.next].id) : kNone;
    if (symbol.rank != kNone) heap.push(entry(left));
  };
  while (!heap.empty()) {
    const uint64_t smallest = heap.pop();
    const auto rank = static_cast<uint32_t>(smallest >> 32);
    const auto left = static_cast<uint32_t>(smallest);
    Symbol& symbol = symbols[left];
    if (symbol.rank != rank) continue;
    Symbol& right = symbols[symbol.next];
    right.rank = kNone;
    symbol.id = results_[rank];
    symbol.next = right.next;
    if (symbol.next < count) symbols[symbol.next].previous = left;
    push(left);
    if (symbol.previous != kNone) push(symbol.previous);
  }
  for (uint32_t i = 0; i < count; i = symbols[i].next) emit(symbols[i].id, code_points[i], out);
}

}  // namespace hearth
