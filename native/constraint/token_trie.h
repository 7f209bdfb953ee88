// native/constraint/token_trie.h: a whole vocabulary as a tree of bytes, so that a mask reads a common beginning once.
//
// Two trees: tokens made of whole characters that a JSON string holds as they are, and all others. Inside a string
// nearly every token of the first tree is allowed, and nearly every mask of a reply is one of those: then the
// first tree is not walked but copied, by length. (The idea is llguidance's "slices", guidance-ai/llguidance.)
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "constraint/token_bytes.h"

namespace hearth::constraint {

class TokenTrie {
 public:
  /// Nodes in the order of a walk from the root: children follow their parent.
  struct Node {
    uint32_t end;    // the first node that is not below this one
    int32_t token;   // an index into `tokens_` where tokens end here, else -1
    uint16_t depth;  // bytes before this one
    uint8_t byte;
  };

  /// Copies the bytes; the vocabulary may go. 100 ms or so for 262,144 tokens.
  explicit TokenTrie(const TokenBytes& vocabulary);

  uint32_t size() const { return size_; }
  size_t words() const { return (size_t{size_} + 63) / 64; }
  std::string_view bytes(TokenId id) const;
  bool ends(TokenId id) const;
  std::span<const TokenId> end_tokens() const { return end_tokens_; }

  std::span<const Node> plain() const { return plain_; }
  std::span<const Node> others() const { return others_; }
  /// Tokens that end at a node: `tokens(node)` is a run of ids.
  std::span<const TokenId> tokens(const Node& node) const;
  /// Plain tokens of at most `characters` characters, as a mask; the longest plain ones have kMostCharacters.
  std::span<const uint64_t> plain_up_to(uint32_t characters) const;
  uint32_t longest_plain() const { return longest_plain_; }

  static constexpr uint32_t kMostCharacters = 32;  // what is longer is among the others
  static constexpr size_t kMostTokenBytes = 4096;  // what is longer is never allowed

  uint64_t memory_bytes() const;

 private:
  void build(std::vector<TokenId>& ids, std::vector<Node>& nodes);

  uint32_t size_;
  std::vector<char> text_;
  std::vector<uint32_t> begin_;  // [size + 1]
  std::vector<TokenId> end_tokens_;
  std::vector<Node> plain_, others_;
  std::vector<TokenId> runs_;  // runs of ids, each closed by -1
  std::vector<uint64_t> plain_masks_;
  uint32_t longest_plain_ = 0;
};

}  // namespace hearth::constraint
