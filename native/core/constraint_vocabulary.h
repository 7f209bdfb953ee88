// native/core/constraint_vocabulary.h: a tokenizer's entries, as constraints see them.
#pragma once
#include <memory>

#include "constraint/token_trie.h"
#include "core/tokenizer.h"

namespace hearth {

/// Markers, control tokens and unused entries are never part of a constrained text; end tokens end it.
std::shared_ptr<const constraint::TokenTrie> make_token_trie(const Tokenizer& tokenizer);

}  // namespace hearth
