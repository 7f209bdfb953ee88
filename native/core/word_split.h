// native/core/word_split.h: the words that byte-level vocabularies cut text into before they merge bytes.
//
//   's|'t|'re|'ve|'m|'ll|'d | [^\r\n\p{L}\p{N}]?\p{L}+ | \p{N}{1,digits} | ?[^\s\p{L}\p{N}]+[\r\n]* | \s*[\r\n]+ |
//   \s+(?!\S) | \s+
//
// with the first alternative in any case: Llama 3 has digits = 3, Qwen 2 and 3 have 1.
// Source: ggml-org/llama.cpp src/unicode.cpp, whose cuts these are.
#pragma once
#include <cstddef>
#include <span>

namespace hearth {

/// The length of the first word of `text`, which must not be empty. It depends on nothing before it.
size_t first_word(std::span<const char32_t> text, size_t digits);

}  // namespace hearth
