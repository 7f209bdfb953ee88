// native/constraint/regex_tree.h: a regular expression as a tree; made by regex_parser.cc, emitted by regex.cc.
#pragma once
#include <cstdint>
#include <limits>
#include <memory>
#include <string_view>
#include <vector>

#include "constraint/code_points.h"

namespace hearth::constraint {

struct RegexNode {
  enum class Kind { kSet, kSequence, kEither, kRepeat };
  static constexpr uint32_t kEndless = std::numeric_limits<uint32_t>::max();

  Kind kind = Kind::kSequence;
  CodePointSet set;                 // kSet
  std::vector<RegexNode> children;  // kRepeat: one
  uint32_t least = 0, most = 0;     // kRepeat
};

/// One alternative of the whole pattern.
struct RegexBranch {
  RegexNode node;
  bool at_start = false, at_end = false;  // had `^`, `$`
};

inline constexpr size_t kLongestPattern = 16'384;  // bytes
inline constexpr uint32_t kDeepestPattern = 64;    // groups within groups
inline constexpr uint32_t kMostRepeats = 10'000;

/// Errors: kInvalidArgument, with what was found at which byte of the pattern.
Result<std::vector<RegexBranch>> parse_regex(std::string_view pattern);

}  // namespace hearth::constraint
