// native/core/constraint_vocabulary.cc: see constraint_vocabulary.h.
#include "core/constraint_vocabulary.h"

#include <unordered_set>

#include "core/model.h"

namespace hearth {
namespace {

class Entries final : public constraint::TokenBytes {
 public:
  explicit Entries(const Tokenizer& tokenizer) : tokenizer_(tokenizer) {
    for (const std::string_view marker : tokenizer.markers()) {
      // Older converters write runs of white space as markers; those are text.
      if (marker.find_first_not_of(" \t\r\n") != std::string_view::npos) markers_.insert(marker);
    }
  }
  uint32_t size() const override { return tokenizer_.size(); }
  std::string_view bytes(TokenId id) const override {
    const std::string_view piece = tokenizer_.piece(id, /*show_special=*/false);
    return markers_.contains(piece) ? std::string_view() : piece;
  }
  bool ends(TokenId id) const override { return tokenizer_.ends_generation(id); }

 private:
  const Tokenizer& tokenizer_;
  std::unordered_set<std::string_view> markers_;
};

}  // namespace

std::shared_ptr<const constraint::TokenTrie> make_token_trie(const Tokenizer& tokenizer) {
  return std::make_shared<const constraint::TokenTrie>(Entries(tokenizer));
}

std::shared_ptr<const constraint::TokenTrie> Model::token_trie() const {
  std::call_once(trie_once_, [this] { trie_ = make_token_trie(tokenizer()); });
  return trie_;
}

}  // namespace hearth
