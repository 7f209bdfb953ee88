// native/constraint/schema_overlap.cc: when two schemas surely share no value. Careful, not clever: "no" is always
// safe.
#include <algorithm>

#include "constraint/schema_compiler.h"

namespace hearth::constraint {
namespace {

constexpr uint32_t kDeepest = 4;

/// The spelt values of `const` or `enum`; nothing where the schema has neither, or a number, which has many spellings.
std::optional<std::vector<std::string>> values_of(const Json& schema) {
  std::vector<const Json*> values;
  if (const Json* constant = schema.find("const")) values.push_back(constant);
  if (const Json* list = schema.find("enum")) {
    for (const Json& value : list->items) values.push_back(&value);
  }
  if (values.empty()) return std::nullopt;
  std::vector<std::string> out;
  for (const Json* value : values) {
    if (value->kind == Json::Kind::kNumber || value->kind == Json::Kind::kArray || value->kind == Json::Kind::kObject)
      return std::nullopt;
    out.push_back(write_json(*value));
  }
  return out;
}

bool requires_name(const Json& schema, const std::string& name) {
  const Json* required = schema.find("required");
  return required != nullptr && std::ranges::any_of(required->items, [&](const Json& item) {
           return item.kind == Json::Kind::kString && item.text == name;
         });
}

}  // namespace

bool share_nothing(SchemaCompiler& compiler, const Json& first, const Json& second, const Place* place,
                   uint32_t depth) {
  const Json* a = compiler.resolve(first, place);
  const Json* b = compiler.resolve(second, place);
  if (a == nullptr || b == nullptr || depth > kDeepest || !compiler.to().spend()) return false;
  if (a->kind == Json::Kind::kFalse || b->kind == Json::Kind::kFalse) return true;
  if (a->kind != Json::Kind::kObject || b->kind != Json::Kind::kObject) return false;

  uint32_t types_a = SchemaCompiler::types_of(*a), types_b = SchemaCompiler::types_of(*b);
  const bool said_a =
      types_a != 0 && (a->find("type") != nullptr || a->find("const") != nullptr || a->find("enum") != nullptr);
  const bool said_b =
      types_b != 0 && (b->find("type") != nullptr || b->find("const") != nullptr || b->find("enum") != nullptr);
  if (!said_a || !said_b) return false;
  if ((types_a & kNumber) != 0) types_a |= kInteger;
  if ((types_b & kNumber) != 0) types_b |= kInteger;
  // An `integer` is a `number` too: 1.0 is both.
  if ((types_a & kInteger) != 0) types_a |= kNumber;
  if ((types_b & kInteger) != 0) types_b |= kNumber;
  if ((types_a & types_b) == 0) return true;

  const auto values_a = values_of(*a), values_b = values_of(*b);
  if (values_a && values_b) {
    return std::ranges::none_of(
        *values_a, [&](const std::string& value) { return std::ranges::find(*values_b, value) != values_b->end(); });
  }
  if ((types_a & types_b) != kObject) return false;
  const Json* properties_a = a->find("properties");
  const Json* properties_b = b->find("properties");
  if (properties_a == nullptr || properties_b == nullptr) return false;
  for (const auto& [name, schema] : properties_a->members) {
    const Json* other = properties_b->find(name);
    if (other != nullptr && requires_name(*a, name) && requires_name(*b, name) &&
        share_nothing(compiler, schema, *other, place, depth + 1))
      return true;
  }
  return false;
}

}  // namespace hearth::constraint
