// native/core/word_split.cc: the alternatives in order; the first that matches takes as much as it can.
#include "core/word_split.h"

#include "core/unicode_classes.h"

namespace hearth {
namespace {

using Text = std::span<const char32_t>;

char32_t lower(char32_t c) { return c >= U'A' && c <= U'Z' ? c + 32 : c; }
bool line_end(char32_t c) { return c == U'\r' || c == U'\n'; }
bool symbol(char32_t c) { return !is_white_space(c) && !is_letter(c) && !is_number(c); }

/// 's, 't, 'm, 'd, 're, 've, 'll; or 0.
size_t contraction(Text text) {
  if (text[0] != U'\'' || text.size() < 2) return 0;
  const char32_t first = lower(text[1]);
  if (first == U's' || first == U't' || first == U'm' || first == U'd') return 2;
  if (text.size() < 3) return 0;
  const char32_t second = lower(text[2]);
  const bool found = ((first == U'r' || first == U'v') && second == U'e') || (first == U'l' && second == U'l');
  return found ? 3 : 0;
}

/// Letters, with one other thing before them that is no number and ends no line; or 0.
size_t letters(Text text) {
  if (line_end(text[0]) || is_number(text[0])) return 0;
  size_t end = 1;
  if (!is_letter(text[0]) && (text.size() == 1 || !is_letter(text[1]))) return 0;
  while (end < text.size() && is_letter(text[end])) ++end;
  return end;
}

/// What is neither letter, number nor space, with one blank before it and line ends behind it; or 0.
size_t symbols(Text text) {
  size_t end = text[0] == U' ' ? 1 : 0;
  if (end == text.size() || !symbol(text[end])) return 0;
  while (end < text.size() && symbol(text[end])) ++end;
  while (end < text.size() && line_end(text[end])) ++end;
  return end;
}

/// White space up to its last line end; else all but the last blank, which goes to the word behind.
size_t spaces(Text text) {
  size_t end = 0, behind_line = 0;
  for (; end < text.size() && is_white_space(text[end]); ++end) {
    if (line_end(text[end])) behind_line = end + 1;
  }
  if (behind_line > 0) return behind_line;
  if (end > 1 && end < text.size()) return end - 1;
  return end;
}

}  // namespace

size_t first_word(Text text, size_t digits) {
  if (const size_t length = contraction(text)) return length;
  if (const size_t length = letters(text)) return length;
  size_t numbers = 0;
  while (numbers < text.size() && numbers < digits && is_number(text[numbers])) ++numbers;
  if (numbers > 0) return numbers;
  if (const size_t length = symbols(text)) return length;
  if (const size_t length = spaces(text)) return length;
  return 1;
}

}  // namespace hearth
