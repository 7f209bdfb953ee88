// native/constraint/token_trie.cc: see token_trie.h.
#include "constraint/token_trie.h"

#include <algorithm>

#include "constraint/code_points.h"

namespace hearth::constraint {
namespace {

/// How many characters, when all may stand in a JSON string as they are; 0 otherwise.
uint32_t plain_characters(std::string_view text) {
  uint32_t count = 0;
  for (size_t at = 0; at < text.size(); ++count) {
    const int32_t c = read_code_point(text, at);
    if (c < 0x20 || c == '"' || c == '\\' || count == TokenTrie::kMostCharacters) return 0;
  }
  return count;
}

}  // namespace

TokenTrie::TokenTrie(const TokenBytes& vocabulary) : size_(vocabulary.size()) {
  begin_.reserve(size_t{size_} + 1);
  begin_.push_back(0);
  std::vector<TokenId> plain, others;
  std::vector<uint8_t> lengths(size_, 0);
  for (uint32_t i = 0; i < size_; ++i) {
    const auto id = static_cast<TokenId>(i);
    const bool is_end = vocabulary.ends(id);
    if (is_end) end_tokens_.push_back(id);
    const std::string_view bytes = is_end ? std::string_view() : vocabulary.bytes(id);
    if (!bytes.empty() && bytes.size() <= kMostTokenBytes) {
      text_.insert(text_.end(), bytes.begin(), bytes.end());
      lengths[i] = static_cast<uint8_t>(plain_characters(bytes));
      longest_plain_ = std::max<uint32_t>(longest_plain_, lengths[i]);
      (lengths[i] != 0 ? plain : others).push_back(id);
    }
    begin_.push_back(static_cast<uint32_t>(text_.size()));
  }
  build(plain, plain_);
  build(others, others_);
  plain_masks_.assign(words() * (size_t{longest_plain_} + 1), 0);
  for (const TokenId id : plain) {
    const auto i = static_cast<size_t>(id);
    for (size_t n = lengths[i]; n <= longest_plain_; ++n) plain_masks_[n * words() + i / 64] |= uint64_t{1} << (i % 64);
  }
}

std::string_view TokenTrie::bytes(TokenId id) const {
  if (id < 0 || static_cast<uint32_t>(id) >= size_) return {};
  const auto i = static_cast<size_t>(id);
  return {text_.data() + begin_[i], begin_[i + 1] - begin_[i]};
}

bool TokenTrie::ends(TokenId id) const { return std::ranges::binary_search(end_tokens_, id); }

std::span<const TokenId> TokenTrie::tokens(const Node& node) const {
  const auto first = static_cast<size_t>(node.token);
  size_t last = first;
  while (runs_[last] >= 0) ++last;
  return std::span(runs_).subspan(first, last - first);
}

std::span<const uint64_t> TokenTrie::plain_up_to(uint32_t characters) const {
  return std::span(plain_masks_).subspan(size_t{std::min(characters, longest_plain_)} * words(), words());
}

uint64_t TokenTrie::memory_bytes() const {
  return text_.capacity() + begin_.capacity() * 4 + (plain_.capacity() + others_.capacity()) * sizeof(Node) +
         runs_.capacity() * sizeof(TokenId) + plain_masks_.capacity() * 8;
}

void TokenTrie::build(std::vector<TokenId>& ids, std::vector<Node>& nodes) {
  std::ranges::sort(ids, [this](TokenId a, TokenId b) {
    const auto order = bytes(a).compare(bytes(b));
    return order != 0 ? order < 0 : a < b;
  });
  std::vector<uint32_t> path;  // nodes of the last token's bytes
  std::string_view last;
  const auto close_to = [&](size_t depth) {
    for (; path.size() > depth; path.pop_back()) nodes[path.back()].end = static_cast<uint32_t>(nodes.size());
  };
  for (const TokenId id : ids) {
    const std::string_view text = bytes(id);
    if (text == last && !path.empty()) {  // a byte token and a letter may print the same
      runs_.back() = id;
      runs_.push_back(-1);
      continue;
    }
    const auto common = static_cast<size_t>(std::ranges::mismatch(last, text).in1 - last.begin());
    close_to(common);
    for (size_t depth = common; depth < text.size(); ++depth) {
      path.push_back(static_cast<uint32_t>(nodes.size()));
      nodes.push_back({0, -1, static_cast<uint16_t>(depth), static_cast<uint8_t>(text[depth])});
    }
    nodes.back().token = static_cast<int32_t>(runs_.size());
    runs_.push_back(id);
    runs_.push_back(-1);
    last = text;
  }
  close_to(0);
}

}  // namespace hearth::constraint
