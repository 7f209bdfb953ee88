// native/constraint/grammar.h: a language over bytes: rules, each a small automaton whose edges are ranges of bytes,
// jumps that read nothing, or calls of another rule.
//
// Without calls it is a regular language; calls bring the recursion of nested values. Everything here is made from text
// that nobody has checked, so each size has a limit and the builder keeps count. (Rules over an automaton per rule, and
// a stack for calls, as in XGrammar, Dong et al. 2024, arXiv 2411.15100.)
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/status.h"

namespace hearth::constraint {

using State = uint32_t;
using RuleId = uint32_t;

struct ByteEdge {
  uint8_t low, high;  // both inside
  State to;
};

struct Call {
  RuleId rule;
  State back;  // where to go on after the rule
};

class Grammar {
 public:
  /// Calls within calls at most. A way that would need more is not offered.
  static constexpr uint32_t kMostDepth = 128;

  State start() const { return starts_[root_]; }
  State start(RuleId rule) const { return starts_[rule]; }
  std::span<const ByteEdge> bytes(State s) const { return cut(byte_edges_, byte_begin_, s); }
  std::span<const State> jumps(State s) const { return cut(jumps_, jump_begin_, s); }
  std::span<const Call> calls(State s) const { return cut(calls_, call_begin_, s); }
  /// True where a rule may end.
  bool ends(State s) const { return ends_[s]; }
  /// True where a rule ends and nothing else is possible.
  bool only_ends(State s) const { return ends(s) && bytes(s).empty() && jumps(s).empty() && calls(s).empty(); }
  /// How many calls deep the shallowest way to the end of the rule goes; above kMostDepth: there is no such way.
  uint32_t height(State s) const { return heights_[s]; }
  size_t states() const { return ends_.size(); }

 private:
  friend class GrammarBuilder;
  template <typename T>
  static std::span<const T> cut(const std::vector<T>& all, const std::vector<uint32_t>& begin, State s) {
    return std::span(all).subspan(begin[s], begin[s + 1] - begin[s]);
  }

  std::vector<ByteEdge> byte_edges_;
  std::vector<State> jumps_;
  std::vector<Call> calls_;
  std::vector<uint32_t> byte_begin_, jump_begin_, call_begin_;  // [states + 1]
  std::vector<bool> ends_;
  std::vector<uint8_t> heights_;
  std::vector<State> starts_;  // of rules
  RuleId root_ = 0;
};

class GrammarBuilder {
 public:
  static constexpr size_t kMostStates = 200'000;
  static constexpr size_t kMostWork = 2'000'000;  // states, edges and visits of the makers together

  RuleId rule();
  State start(RuleId rule) const { return starts_[rule]; }
  State end(RuleId rule) const { return ends_[rule]; }

  State state();
  void bytes(State from, uint8_t low, uint8_t high, State to);
  void jump(State from, State to);
  void call(State from, RuleId rule, State back);

  /// Counts one visit of a maker's loop. False when a limit is passed: the maker returns, `finish` says so.
  bool spend();
  bool full() const { return full_; }

  /// Errors, all kInvalidArgument: too large, a rule that begins with itself, no finite text at all.
  Result<std::shared_ptr<const Grammar>> finish(RuleId root);

 private:
  struct From {
    State from;
  };
  struct ByteLink : From, ByteEdge {};
  struct JumpLink : From {
    State to;
  };
  struct CallLink : From, Call {};

  void measure_heights(Grammar& grammar) const;
  bool begins_with_itself(const Grammar& grammar) const;

  std::vector<State> starts_, ends_;  // of rules
  std::vector<ByteLink> byte_links_;
  std::vector<JumpLink> jump_links_;
  std::vector<CallLink> call_links_;
  uint32_t states_ = 1;  // state 0 is where everything leads that came after the limit
  size_t work_ = 0;
  bool full_ = false;
};

}  // namespace hearth::constraint
