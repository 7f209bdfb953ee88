// native/constraint/json.h: JSON text (RFC 8259) as values, for schemas that nobody has checked.
//
// Stricter than the RFC where it leaves room: valid UTF-8, no half of a surrogate pair, no name twice in one object.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace hearth::constraint {

struct Json {
  enum class Kind { kNull, kFalse, kTrue, kNumber, kString, kArray, kObject };
  Kind kind = Kind::kNull;
  struct Member;
  std::string text;             // kString: unescaped; kNumber: as it was written
  std::vector<Json> items;      // kArray
  std::vector<Member> members;  // kObject, in the order of the text

  const Json* find(std::string_view name) const;
  /// kNumber only; infinite where a double cannot hold it.
  double number() const;
};
struct Json::Member {
  std::string name;
  Json value;
};

inline constexpr size_t kLongestJson = 1 << 20;  // bytes
inline constexpr uint32_t kDeepestJson = 100;

/// Errors: kInvalidArgument, with what was expected at which byte.
Result<Json> parse_json(std::string_view text);

/// The shortest spelling: no blanks, only the escapes that must be.
std::string write_json(const Json& value);
std::string quote_json(std::string_view text);

}  // namespace hearth::constraint
