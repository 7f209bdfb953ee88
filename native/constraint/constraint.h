// native/constraint/constraint.h: what a caller may ask of a text, and the constraint made of it.
#pragma once
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "base/status.h"
#include "constraint/token_constraint.h"
#include "constraint/token_trie.h"

namespace hearth::constraint {

/// The text is JSON that meets this schema (see schema.h for the part that is known).
struct JsonSchema {
  std::string text;
  bool operator==(const JsonSchema&) const = default;
};
/// The whole text matches (see regex.h).
struct Regex {
  std::string pattern;
  bool operator==(const Regex&) const = default;
};
/// The text is one of these.
struct Choice {
  std::vector<std::string> texts;
  bool operator==(const Choice&) const = default;
};
using Request = std::variant<JsonSchema, Regex, Choice>;

/// Not thread-safe: one for each generation at a time; `reset` between them keeps what was learnt.
/// Errors: kInvalidArgument, saying what of the request cannot be done.
Result<std::unique_ptr<TokenConstraint>> compile(const Request& request, std::shared_ptr<const TokenTrie> vocabulary);

}  // namespace hearth::constraint
