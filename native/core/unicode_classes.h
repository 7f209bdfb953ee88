// native/core/unicode_classes.h: what a code point is, for the words that byte-level vocabularies cut text into.
#pragma once

namespace hearth {

bool is_letter(char32_t c);  // \p{L}
bool is_number(char32_t c);  // \p{N}
bool is_white_space(char32_t c);

}  // namespace hearth
