// native/constraint/schema_compiler.h: one rule per schema that is in use, made from a queue, so that neither nesting
// nor chains of references cost any C++ stack. The kinds of values are in schema_object.cc, schema_number.cc and
// schema_text.cc; schema_overlap.cc knows when two schemas share no value.
#pragma once
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "constraint/code_points.h"
#include "constraint/grammar.h"
#include "constraint/json.h"

namespace hearth::constraint {

/// A bit per type; kInteger is a part of kNumber.
enum Type : uint32_t { kObject = 1, kArray = 2, kString = 4, kNumber = 8, kInteger = 16, kBoolean = 32, kNull = 64 };

/// Where a schema lies: its parent's place and one more step.
struct Place {
  const Place* parent = nullptr;
  std::string step;
};

/// Whole bounds of a number, both inside unless the flags say otherwise.
struct NumberRange {
  static constexpr int64_t kMost = 999'999'999'999'999;  // 15 digits: a double holds them all
  int64_t least = -kMost, most = kMost;
  bool above_least = false, below_most = false;  // exclusive
  bool bounded_below = false, bounded_above = false;
  bool bounded() const { return bounded_below || bounded_above; }
};

class SchemaCompiler {
 public:
  explicit SchemaCompiler(const Json& root);
  Result<std::shared_ptr<const Grammar>> compile();

  // For the files of single kinds of values.
  GrammarBuilder& to() { return to_; }
  /// The rule of a schema, made now or later.
  RuleId rule_of(const Json& schema, const Place* place);
  RuleId any_value();
  const Place* below(const Place* place, std::string_view step);
  void fail(const Place* place, const std::string& problem);
  bool failed() const { return failed_ || to_.full(); }
  /// A count such as `minItems`, or `otherwise`.
  uint32_t count_of(const Json& schema, std::string_view keyword, uint32_t otherwise, const Place* place);
  /// What `schema` refers to, past all references; nothing after an error.
  const Json* resolve(const Json& schema, const Place* place);

  /// The types that a schema allows: said, or known by its keywords; 0 for unknown.
  static uint32_t types_of(const Json& schema);

  static constexpr uint32_t kEndless = std::numeric_limits<uint32_t>::max();
  static constexpr uint32_t kMostCount = 100'000;
  static constexpr size_t kMostMembers = 512;  // properties of one object, branches of one anyOf

 private:
  struct Job {
    const Json* schema;
    const Place* place;
    RuleId rule;
  };

  void emit(const Job& job);
  void emit_branches(const Json& branches, bool exclusive, const Job& job);
  void emit_values(const Json& schema, const Job& job);
  void emit_typed(const Json& schema, const Job& job);
  /// True when every keyword is known and allowed with `types`; an error otherwise.
  bool check_keywords(const Json& schema, uint32_t types, const Place* place);
  bool check_alone(const Json& schema, std::string_view keyword, const Place* place);

  const Json& root_;
  GrammarBuilder to_;
  std::map<const Json*, RuleId> rules_;
  std::vector<Job> jobs_;
  std::vector<std::unique_ptr<Place>> places_;
  Json any_;
  bool failed_ = false;
  Error error_{ErrorCode::kInvalidArgument, ""};
};

// One value of a kind, from `from` to `to`.
void emit_object(SchemaCompiler& compiler, const Json& schema, const Place* place, State from, State to);
void emit_array(SchemaCompiler& compiler, const Json& schema, const Place* place, State from, State to);
void emit_string(SchemaCompiler& compiler, const Json& schema, const Place* place, State from, State to);
void emit_number(SchemaCompiler& compiler, const Json& schema, const Place* place, bool whole, State from, State to);

/// True when no value can meet both; false when some can or when that is not easily known.
bool share_nothing(SchemaCompiler& compiler, const Json& a, const Json& b, const Place* place, uint32_t depth = 0);

/// A keyword for a message, between backquotes and not too long.
std::string code(std::string_view keyword);

/// The blank that may follow `:` and `,`.
State emit_blank(GrammarBuilder& to, State from);

}  // namespace hearth::constraint
