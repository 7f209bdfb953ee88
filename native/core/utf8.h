// native/core/utf8.h: UTF-8 in and out.
//
// Two readers, for two owners of the bytes. `decode_lenient` is what the tokenizer was made with: it follows
// llama.cpp's src/unicode.cpp, so that ids agree on broken text too. `Utf8Stream` is what a person sees: strict, as RFC
// 3629 and the Unicode standard's "maximal subpart" rule (section 3.9) have it.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace hearth {

inline constexpr char32_t kReplacement = 0xFFFD;

/// One code point of `text` at `at` (which must be inside); `at` moves behind it. A byte that starts no whole sequence
/// gives U+FFFD and is skipped alone. Overlong forms and surrogates pass; above U+10FFFF is broken.
char32_t decode_lenient(std::string_view text, size_t& at);

/// Appends the bytes of a code point up to U+10FFFF; a surrogate gives its three bytes.
void append_utf8(std::string& to, char32_t code_point);

/// Turns token bytes into whole UTF-8: holds back an unfinished character, replaces an impossible one by U+FFFD.
class Utf8Stream {
 public:
  /// Appends bytes and returns what can be shown now.
  std::string push(std::string_view bytes);
  /// What is held back at the end, as U+FFFD per broken sequence. The stream is as new afterwards.
  std::string finish();

 private:
  std::string held_;  // at most 3 bytes: the start of one character
};

}  // namespace hearth
