// native/core/spm.h: SentencePiece's merging by score, for vocabularies without a merge table.
//
// A text starts as its characters. Of all neighbours that together are an entry, the pair whose entry has the highest
// score is joined, the leftmost first, until none is left. What is then no entry is spelt in bytes.
// Cost: O(n log n) for n characters. Source: ggml-org/llama.cpp src/llama-vocab.cpp, whose ids these are.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/merge_heap.h"
#include "core/vocabulary.h"

namespace hearth {

class Spm {
 public:
  /// Errors: kModelInvalid where scores are missing. `vocabulary` must outlive this.
  static Result<std::unique_ptr<const Spm>> build(const Vocabulary& vocabulary, const gguf::File& file);

  /// Appends the ids of a text in which spaces are U+2581 already. Bytes that are no UTF-8 become byte entries.
  void encode(std::string_view text, std::vector<TokenId>& out) const;

 private:
  explicit Spm(const Vocabulary& vocabulary) : vocabulary_(vocabulary) {}
  /// The entry that is this text and that plain text may become, or -1.
  TokenId entry(std::string_view text) const;

  const Vocabulary& vocabulary_;
  std::vector<uint32_t> ranks_;  // by id: 0 for the highest score
  uint32_t rank_count_ = 0;
  size_t longest_ = 0;  // bytes of the longest entry
};

}  // namespace hearth
