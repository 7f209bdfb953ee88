// native/constraint/regex.cc: see regex.h.
#include "constraint/regex.h"

#include "constraint/regex_tree.h"

namespace hearth::constraint {
namespace {

class Emitter {
 public:
  Emitter(GrammarBuilder& to, Spelling spelling) : to_(to), spelling_(spelling) {}

  /// `node` from `from` on; returns the state behind it. No edge ever leads back to `from`.
  State emit(const RegexNode& node, State from) {
    if (!to_.spend()) return from;
    switch (node.kind) {
      case RegexNode::Kind::kSet:
        return emit_set(to_, node.set, spelling_, from);
      case RegexNode::Kind::kSequence:
        for (const RegexNode& child : node.children) from = emit(child, from);
        return from;
      case RegexNode::Kind::kEither: {
        const State end = to_.state();
        for (const RegexNode& child : node.children) to_.jump(emit(child, from), end);
        return end;
      }
      case RegexNode::Kind::kRepeat:
        return repeat(node, from);
    }
    return from;
  }

  /// Any characters, as many as one likes, in every spelling.
  State anything(State from) {
    const State loop = to_.state();
    to_.jump(from, loop);
    const State behind = spelling_ == Spelling::kJsonString
                             ? emit_json_character(to_, loop)
                             : emit_set(to_, CodePointSet().inverted(), Spelling::kPlain, loop);
    to_.jump(behind, loop);
    const State end = to_.state();
    to_.jump(loop, end);
    return end;
  }

 private:
  State repeat(const RegexNode& node, State from) {
    const RegexNode& child = node.children.front();
    for (uint32_t i = 0; i < node.least && to_.spend(); ++i) from = emit(child, from);
    if (node.most == RegexNode::kEndless) {
      const State loop = to_.state();
      to_.jump(from, loop);
      to_.jump(emit(child, loop), loop);
      const State end = to_.state();
      to_.jump(loop, end);
      return end;
    }
    const State end = to_.state();
    to_.jump(from, end);
    for (uint32_t i = node.least; i < node.most && to_.spend(); ++i) {
      from = emit(child, from);
      to_.jump(from, end);
    }
    return end;
  }

  GrammarBuilder& to_;
  Spelling spelling_;
};

}  // namespace

Result<State> emit_regex(GrammarBuilder& to, std::string_view pattern, Match match, Spelling spelling, State from) {
  const auto branches = parse_regex(pattern);
  if (!branches.ok()) return branches.error();
  Emitter emitter(to, spelling);
  const State end = to.state();
  for (const RegexBranch& branch : branches.value()) {
    State at = from;
    if (match == Match::kSearch && !branch.at_start) at = emitter.anything(at);
    at = emitter.emit(branch.node, at);
    if (match == Match::kSearch && !branch.at_end) at = emitter.anything(at);
    to.jump(at, end);
  }
  return end;
}

}  // namespace hearth::constraint
