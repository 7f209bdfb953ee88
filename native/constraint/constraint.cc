// native/constraint/constraint.cc: see constraint.h. A constraint is a history of automaton states, one per token.
#include "constraint/constraint.h"

#include <algorithm>
#include <cassert>

#include "constraint/code_points.h"
#include "constraint/mask_maker.h"
#include "constraint/regex.h"
#include "constraint/schema.h"

namespace hearth::constraint {
namespace {

constexpr size_t kMostChoices = 10'000;
constexpr size_t kMostChoiceBytes = 1 << 20;

class Matcher final : public TokenConstraint {
 public:
  Matcher(std::shared_ptr<const Grammar> grammar, std::shared_ptr<const TokenTrie> trie)
      : masks_(std::move(grammar), std::move(trie)) {
    reset();
  }

  Result<std::span<const uint64_t>> mask() override {
    if (history_.back() == kEnded) return nothing();
    const auto mask = masks_.mask(history_);
    if (std::ranges::all_of(mask, [](uint64_t word) { return word == 0; })) return nothing();
    return mask;
  }

  bool accept(TokenId id) override {
    Automaton& automaton = masks_.automaton();
    Automaton::Id at = history_.back();
    if (at == kEnded) return false;
    if (masks_.trie().ends(id)) {
      if (!automaton.complete(at)) return false;
      at = kEnded;
    } else {
      const std::string_view bytes = masks_.trie().bytes(id);
      if (bytes.empty()) return false;
      for (const char byte : bytes) {
        at = automaton.step(at, static_cast<uint8_t>(byte));
        if (at == Automaton::kDead) return false;
      }
    }
    if (history_.size() > 2 * kMostRollback) history_.erase(history_.begin(), history_.end() - kMostRollback);
    history_.push_back(at);
    return true;
  }

  void rollback(uint32_t tokens) override {
    assert(tokens <= kMostRollback && tokens < history_.size());
    history_.resize(history_.size() - tokens);
  }

  void reset() override { history_.assign(1, masks_.automaton().start()); }

  bool complete() const override { return history_.back() != kEnded && masks_.automaton().complete(history_.back()); }
  bool finished() const override { return complete() && masks_.automaton().closed(history_.back()); }

  std::string forced(size_t most) override {
    std::string text;
    for (Automaton::Id at = history_.back(); at >= 0 && text.size() < most;) {
      const int byte = masks_.automaton().only_byte(at);
      if (byte < 0) break;
      at = masks_.automaton().step(at, static_cast<uint8_t>(byte));
      if (at != Automaton::kDead) text += static_cast<char>(byte);
    }
    return text;
  }

 private:
  static constexpr Automaton::Id kEnded = -3;  // behind an end token

  static Error nothing() {
    return {ErrorCode::kInvalidArgument,
            "No token may come next under the constraint: the vocabulary cannot spell it, or the text has ended."};
  }

  MaskMaker masks_;
  std::vector<Automaton::Id> history_;  // the start and the state behind each of the last accepted tokens
};

Error unusable(const std::string& what) { return {ErrorCode::kInvalidArgument, what}; }

Result<std::shared_ptr<const Grammar>> grammar_of(const JsonSchema& schema) { return compile_schema(schema.text); }

Result<std::shared_ptr<const Grammar>> grammar_of(const Regex& regex) {
  GrammarBuilder builder;
  const RuleId rule = builder.rule();
  const auto end = emit_regex(builder, regex.pattern, Match::kWhole, Spelling::kPlain, builder.start(rule));
  if (!end.ok()) return end.error();
  builder.jump(end.value(), builder.end(rule));
  return builder.finish(rule);
}

Result<std::shared_ptr<const Grammar>> grammar_of(const Choice& choice) {
  size_t bytes = 0;
  for (const std::string& text : choice.texts) bytes += text.size();
  if (choice.texts.empty() || choice.texts.size() > kMostChoices || bytes > kMostChoiceBytes) {
    return unusable("Expected 1 to " + std::to_string(kMostChoices) + " choices of at most " +
                    std::to_string(kMostChoiceBytes) + " bytes together, found " + std::to_string(choice.texts.size()) +
                    " of " + std::to_string(bytes) + " bytes.");
  }
  if (!std::ranges::all_of(choice.texts, [](const std::string& text) { return is_utf8(text); }))
    return unusable("Expected choices in UTF-8, found other bytes.");
  GrammarBuilder builder;
  const RuleId rule = builder.rule();
  const State end = emit_choice(builder, {choice.texts.begin(), choice.texts.end()}, builder.start(rule));
  builder.jump(end, builder.end(rule));
  return builder.finish(rule);
}

}  // namespace

Result<std::unique_ptr<TokenConstraint>> compile(const Request& request, std::shared_ptr<const TokenTrie> vocabulary) {
  auto grammar = std::visit([](const auto& asked) { return grammar_of(asked); }, request);
  if (!grammar.ok()) return grammar.error();
  return std::unique_ptr<TokenConstraint>(new Matcher(std::move(grammar).value(), std::move(vocabulary)));
}

}  // namespace hearth::constraint
