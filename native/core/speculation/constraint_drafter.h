// native/core/speculation/constraint_drafter.h: what a constraint leaves no choice about: names, quotes and braces.
//
// A guess like any other: which bytes come is certain, which tokens they come in is not.
#pragma once
#include "constraint/token_constraint.h"
#include "core/speculation/drafter.h"

namespace hearth {

class ConstraintDrafter final : public Drafter {
 public:
  /// The tokenizer outlives it.
  explicit ConstraintDrafter(const Tokenizer& tokenizer) : tokenizer_(tokenizer) {}
  TokenSource source() const override { return TokenSource::kConstraint; }
  bool is_free() const override { return true; }
  void begin(constraint::TokenConstraint* constraint) override { constraint_ = constraint; }
  /// The constraint must stand behind the last token of `timeline`.
  Result<Draft> propose(std::span<const TokenId> timeline, std::span<TokenId> out) override;

 private:
  const Tokenizer& tokenizer_;
  constraint::TokenConstraint* constraint_ = nullptr;
};

}  // namespace hearth
