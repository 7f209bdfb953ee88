// native/core/tokenizer.h: text to token ids and back, for `tokenizer.ggml.model` = `gemma4`, `llama` and `gpt2`.
//
// gemma4: BPE over code points of a whole line, no word pre-split, byte fallback for what is no token. llama: merging
// by score (spm.h). gpt2: BPE over bytes of words (word_split.h). Markers are found first, in the raw text. Text → ids
// is lossless for valid UTF-8, but that U+2581 comes back as a space from the first two. Source: ggml-org/llama.cpp
// src/llama-vocab.cpp, whose ids these are.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "core/utf8.h"
#include "core/vocabulary.h"
#include "gguf/gguf.h"

namespace hearth {

/// Which marker texts (`<bos>`, `<|turn>`, `<|tool_call>` …) become their single token.
enum class Markers {
  kAll,   // control and user-defined: for templates
  kText,  // user-defined only, without <|tool_response>: what llama.cpp calls parse_special = false
  kNone,  // none: for everything that a person, a tool or a file wrote
};

struct EncodeOptions {
  bool bos = false;
  Markers markers = Markers::kNone;
  /// A code point that is removed from plain text after marker matching. A renderer puts it inside marker texts
  /// of untrusted content, so that a template may be rendered as one string and still no content can forge a marker.
  std::optional<char32_t> guard = std::nullopt;
};

class Tokenizer {
 public:
  /// Reads `tokenizer.*` of `file`, which the tokenizer keeps alive.
  /// Errors: kModelInvalid, naming the key.
  static Result<std::unique_ptr<const Tokenizer>> from_gguf(std::shared_ptr<const gguf::File> file);
  virtual ~Tokenizer() = default;

  /// Never fails: malformed bytes become U+FFFD each. No end token is ever added. Thread-safe.
  virtual std::vector<TokenId> encode(std::string_view utf8, const EncodeOptions& options) const = 0;

  /// The bytes of one token. Control tokens give nothing unless `show_special`; user-defined ones are always text.
  virtual std::string_view piece(TokenId id, bool show_special) const = 0;
  std::string decode(std::span<const TokenId> ids, bool show_special) const;

  virtual bool ends_generation(TokenId id) const = 0;
  virtual uint32_t size() const = 0;
  virtual TokenId bos() const = 0;  // -1 where the vocabulary has none; then EncodeOptions::bos adds nothing
  virtual TokenId eos() const = 0;
  /// Texts of all markers under `Markers::kAll`, longest first.
  virtual std::vector<std::string_view> markers() const = 0;
};

}  // namespace hearth
