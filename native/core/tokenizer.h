// native/core/tokenizer.h: text to token ids and back, for `tokenizer.ggml.model` = `gemma4`.
//
// BPE over code points of a whole line, no word pre-split, byte fallback; a linked list of symbols and a heap of
// candidate merges, O(n log n). Source: gemma4.md §4 of the project's research.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "gguf/gguf.h"

namespace hearth {

using TokenId = int32_t;

/// Which marker texts (`<bos>`, `<|turn>`, `<|tool_call>` …) become their single token.
enum class Markers {
  kAll,   // control and user-defined: for templates
  kText,  // user-defined only: what llama.cpp calls parse_special = false
  kNone,  // none: for everything that a person, a tool or a file wrote
};

struct EncodeOptions {
  bool bos = false;
  Markers markers = Markers::kNone;
  /// A code point that is removed from plain text after marker matching. A renderer puts it inside marker texts
  /// of untrusted content, so that a template may be rendered as one string and still no content can forge a marker.
  std::optional<char32_t> guard;
};

class Tokenizer {
 public:
  /// Reads `tokenizer.*` of `file`, which must outlive the tokenizer (the model keeps it alive).
  /// Errors: kModelInvalid, naming the key.
  static Result<std::unique_ptr<const Tokenizer>> from_gguf(std::shared_ptr<const gguf::File> file);
  virtual ~Tokenizer() = default;

  /// Never fails: malformed bytes become U+FFFD. Thread-safe.
  virtual std::vector<TokenId> encode(std::string_view utf8, const EncodeOptions& options) const = 0;

  /// The bytes of one token. Control tokens give nothing unless `show_special`; user-defined ones are always text.
  virtual std::string_view piece(TokenId id, bool show_special) const = 0;
  std::string decode(std::span<const TokenId> ids, bool show_special) const;

  virtual bool ends_generation(TokenId id) const = 0;
  virtual uint32_t size() const = 0;
  virtual TokenId bos() const = 0;
  virtual TokenId eos() const = 0;
  /// Texts of all markers under `Markers::kAll`, longest first.
  virtual std::vector<std::string_view> markers() const = 0;
};

/// Turns token bytes into whole UTF-8: holds back an unfinished character, replaces an impossible one by U+FFFD.
class Utf8Stream {
 public:
  /// Appends bytes and returns what can be shown now.
  std::string push(std::string_view bytes);
  /// What is held back at the end, as U+FFFD per broken sequence.
  std::string finish();

 private:
  std::string held_;  // at most 3 bytes
};

}  // namespace hearth
