// native/constraint/code_points.h: sets of code points, and the bytes that spell them.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "constraint/grammar.h"

namespace hearth::constraint {

struct CodePoints {
  char32_t low, high;  // both inside
  bool operator==(const CodePoints&) const = default;
};

/// A set in ascending order, ranges that neither touch nor overlap. Surrogates are no characters and never inside.
class CodePointSet {
 public:
  CodePointSet() = default;
  CodePointSet(std::initializer_list<CodePoints> ranges);

  void add(CodePoints range) { add_all({range}); }
  void add_all(const std::vector<CodePoints>& ranges);
  CodePointSet inverted() const;
  CodePointSet without(const CodePointSet& other) const;
  bool empty() const { return ranges_.empty(); }
  const std::vector<CodePoints>& ranges() const { return ranges_; }

 private:
  std::vector<CodePoints> ranges_;
};

/// How a character is written: as it is, or as inside a JSON string (RFC 8259, section 7), where the quote, the
/// backslash and controls below U+0020 have exactly one spelling here: the short escape, or `\u00XX`.
enum class Spelling { kPlain, kJsonString };

/// One character of `set`, from `from` on. Returns the state behind it.
State emit_set(GrammarBuilder& to, const CodePointSet& set, Spelling spelling, State from);
/// One character of a JSON string in any spelling: itself, a short escape, or `\uXXXX` that is no surrogate.
State emit_json_character(GrammarBuilder& to, State from);
/// The bytes of `text`, one after the other.
State emit_bytes(GrammarBuilder& to, std::string_view text, State from);
/// Any one of `texts`. Common beginnings share their states, so that a thousand choices are one reading.
State emit_choice(GrammarBuilder& to, std::vector<std::string_view> texts, State from);

/// Characters that may stand in a JSON string as they are.
const CodePointSet& json_plain_characters();

/// Reads one code point of strict UTF-8 (RFC 3629) at `at` and moves behind it; -1 where there is none.
int32_t read_code_point(std::string_view text, size_t& at);
bool is_utf8(std::string_view text);

}  // namespace hearth::constraint
