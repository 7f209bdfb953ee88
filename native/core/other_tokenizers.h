// native/core/other_tokenizers.h: the tokenizers of other families than Gemma 4, and what all have in common.
#pragma once
#include <memory>

#include "core/marker_finder.h"
#include "core/tokenizer.h"

namespace hearth {

/// Which user-defined and control entries are looked for in a raw text.
MarkerFinder markers_of(const Vocabulary& vocabulary, bool with_control);

/// `tokenizer.ggml.model` = `llama`. Errors: kModelInvalid.
Result<std::unique_ptr<const Tokenizer>> make_spm_tokenizer(std::shared_ptr<const gguf::File> file);
/// `tokenizer.ggml.model` = `gpt2`, with `tokenizer.ggml.pre` = `llama-bpe` or `qwen2`. Errors: kModelInvalid.
Result<std::unique_ptr<const Tokenizer>> make_byte_tokenizer(std::shared_ptr<const gguf::File> file);

}  // namespace hearth
