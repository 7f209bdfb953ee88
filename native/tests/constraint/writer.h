// native/tests/constraint/writer.h: a model that writes at random, under a constraint, with the real vocabulary.
#pragma once
#include <doctest/doctest.h>

#include <bit>
#include <optional>
#include <random>
#include <string>

#include "constraint/constraint.h"
#include "core/constraint_vocabulary.h"
#include "support/tokenizers.h"

namespace hearth::test {

inline std::shared_ptr<const constraint::TokenTrie> gemma4_trie() {
  static const auto trie = make_token_trie(gemma4());
  return trie;
}
/// The 512 entries of the golden models.
inline std::shared_ptr<const constraint::TokenTrie> small_trie() {
  static const auto trie = make_token_trie(small512());
  return trie;
}

inline std::unique_ptr<constraint::TokenConstraint> compiled(
    const constraint::Request& request, std::shared_ptr<const constraint::TokenTrie> trie = gemma4_trie()) {
  auto out = constraint::compile(request, std::move(trie));
  if (!out.ok()) throw std::runtime_error(out.error().message);
  return std::move(out).value();
}
inline std::string refusal(const constraint::Request& request) {
  const auto out = constraint::compile(request, small_trie());
  return out.ok() ? "" : out.error().message;
}

inline bool allows(std::span<const uint64_t> mask, TokenId id) {
  return ((mask[static_cast<size_t>(id) / 64] >> (id % 64)) & 1) != 0;
}

/// True when `text`, byte by byte, is a whole text under the constraint.
inline bool accepts(constraint::TokenConstraint& constraint, std::string_view text) {
  static const auto byte_ids = [] {
    std::vector<TokenId> ids(256, -1);
    for (TokenId id = 0; id < static_cast<TokenId>(gemma4_trie()->size()); ++id) {
      const auto bytes = gemma4_trie()->bytes(id);
      if (bytes.size() == 1) ids[static_cast<uint8_t>(bytes[0])] = id;
    }
    return ids;
  }();
  constraint.reset();
  for (const char c : text) {
    if (!constraint.accept(byte_ids[static_cast<uint8_t>(c)])) return false;
  }
  return constraint.complete();
}

class Writer {
 public:
  explicit Writer(uint64_t seed) : random_(seed) {}

  /// Any allowed token with the same likelihood, but every other time one of the shortest, so that texts end. Nothing
  /// when `most` tokens did not make it whole. Ends where an end token is drawn.
  std::optional<std::string> write(constraint::TokenConstraint& constraint, const constraint::TokenTrie& trie,
                                   size_t most) {
    constraint.reset();
    std::string text;
    for (size_t i = 0; i < most; ++i) {
      const auto mask = constraint.mask();
      if (!mask.ok()) throw std::runtime_error(mask.error().message + " after " + text);
      const TokenId id = draw(mask.value(), trie);
      if (!constraint.accept(id)) throw std::runtime_error("a token of the mask was not accepted after " + text);
      if (trie.ends(id)) return text;
      text += trie.bytes(id);
    }
    return std::nullopt;
  }

 private:
  TokenId draw(std::span<const uint64_t> mask, const constraint::TokenTrie& trie) {
    if (random_() % 4 == 0) {
      for (const TokenId id : trie.end_tokens()) {
        if (allows(mask, id)) return id;
      }
    }
    const bool closing = random_() % 2 == 0;
    if (closing) {
      if (closers_.empty()) {
        for (TokenId id = 0; id < static_cast<TokenId>(trie.size()); ++id) {
          const auto bytes = trie.bytes(id);
          if (bytes == "\"" || bytes == "]" || bytes == "}") closers_.push_back(id);
        }
      }
      for (const TokenId id : closers_) {
        if (allows(mask, id)) return id;
      }
    }
    const size_t first = random_() % mask.size();
    for (size_t i = 0;; i = i + 1) {
      const size_t w = (first + i) % mask.size();
      if (mask[w] == 0) continue;
      uint64_t word = mask[w];
      for (auto skip = random_() % static_cast<uint64_t>(std::popcount(word)); skip > 0; --skip) word &= word - 1;
      return static_cast<TokenId>(w * 64 + static_cast<size_t>(std::countr_zero(word)));
    }
  }

  std::mt19937_64 random_;
  std::vector<TokenId> closers_;
};

}  // namespace hearth::test
