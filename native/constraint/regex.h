// native/constraint/regex.h: regular expressions, the part of ECMAScript's syntax that is regular.
//
// Characters are code points. Known: literals, `.`, classes `[a-z]` and `[^…]`, `\d \w \s` and their opposites, escapes
// (`\n \t \r \f \v \0 \xHH \uHHHH \u{H…}` and any punctuation), groups `(…)`, `(?:…)`, `(?<name>…)`, alternatives,
// `? * + {n} {n,} {n,m}` also lazy, and `^` and `$` at the two ends of an alternative of the whole pattern.
// Refused, by name: look-around, back references, word borders, `\p{…}`, `\c`, flags, `^` and `$` elsewhere.
// Source: ECMA-262, section 22.2.1, without its Annex B.
#pragma once
#include <string_view>

#include "constraint/code_points.h"

namespace hearth::constraint {

/// kWhole: the text is a match. kSearch: it contains one (JSON Schema's `pattern`), unless `^` and `$` say more.
enum class Match { kWhole, kSearch };

/// Returns the state behind the text. Errors: kInvalidArgument, with what was found at which byte of the pattern.
Result<State> emit_regex(GrammarBuilder& to, std::string_view pattern, Match match, Spelling spelling, State from);

}  // namespace hearth::constraint
