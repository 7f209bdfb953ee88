// native/tests/constraint/validator.h: does a value meet a schema? Written against the JSON Schema 2020-12 text and
// sharing nothing with the compiler: another reader, values instead of automata.
#pragma once
#include <algorithm>
#include <cmath>
#include <regex>
#include <string>

#include "core/utf8.h"
#include "support/json.h"

namespace hearth::test {

/// Code points, so that a pattern counts characters.
inline std::wstring wide(std::string_view text) {
  std::wstring out;
  for (size_t at = 0; at < text.size();) out += static_cast<wchar_t>(decode_lenient(text, at));
  return out;
}

inline bool same(const Json& a, const Json& b) {
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case Json::Kind::kNull:
      return true;
    case Json::Kind::kBool:
      return a.flag() == b.flag();
    case Json::Kind::kNumber:
      return a.number() == b.number();
    case Json::Kind::kText:
      return a.text() == b.text();
    case Json::Kind::kArray:
      return std::ranges::equal(a.array(), b.array(), same);
    case Json::Kind::kObject:
      return std::ranges::equal(a.object(), b.object(), [](const auto& x, const auto& y) {
        return x.first == y.first && same(x.second, y.second);
      });
  }
  return false;
}

class Validator {
 public:
  explicit Validator(const Json& root) : root_(root) {}
  bool valid(const Json& value) const { return valid(root_, value); }

 private:
  static bool has_type(const Json& value, const std::string& type) {
    switch (value.kind()) {
      case Json::Kind::kNull:
        return type == "null";
      case Json::Kind::kBool:
        return type == "boolean";
      case Json::Kind::kNumber:
        return type == "number" || (type == "integer" && value.number() == std::floor(value.number()));
      case Json::Kind::kText:
        return type == "string";
      case Json::Kind::kArray:
        return type == "array";
      case Json::Kind::kObject:
        return type == "object";
    }
    return false;
  }

  bool valid(const Json& schema, const Json& value) const {
    if (schema.kind() == Json::Kind::kBool) return schema.flag();
    const auto count = [&](const std::string& key) {
      size_t n = 0;
      for (const Json& branch : schema[key].array()) n += valid(branch, value);
      return n;
    };
    if (schema.has("$ref") && !valid(target(schema["$ref"].text()), value)) return false;
    if (schema.has("anyOf") && count("anyOf") == 0) return false;
    if (schema.has("oneOf") && count("oneOf") != 1) return false;
    if (schema.has("allOf") && count("allOf") != schema["allOf"].array().size()) return false;
    if (schema.has("const") && !same(schema["const"], value)) return false;
    if (schema.has("enum") &&
        std::ranges::none_of(schema["enum"].array(), [&](const Json& one) { return same(one, value); }))
      return false;
    if (schema.has("type")) {
      const Json& type = schema["type"];
      const bool known =
          type.kind() == Json::Kind::kText
              ? has_type(value, type.text())
              : std::ranges::any_of(type.array(), [&](const Json& t) { return has_type(value, t.text()); });
      if (!known) return false;
    }
    switch (value.kind()) {
      case Json::Kind::kObject:
        return valid_object(schema, value);
      case Json::Kind::kArray:
        return valid_array(schema, value);
      case Json::Kind::kText:
        return valid_text(schema, value.text());
      case Json::Kind::kNumber:
        return (!schema.has("minimum") || value.number() >= schema["minimum"].number()) &&
               (!schema.has("maximum") || value.number() <= schema["maximum"].number()) &&
               (!schema.has("exclusiveMinimum") || value.number() > schema["exclusiveMinimum"].number()) &&
               (!schema.has("exclusiveMaximum") || value.number() < schema["exclusiveMaximum"].number());
      default:
        return true;
    }
  }

  bool valid_object(const Json& schema, const Json& value) const {
    if (schema.has("required")) {
      for (const Json& name : schema["required"].array())
        if (!value.has(name.text())) return false;
    }
    for (const auto& [name, member] : value.object()) {
      const bool described = schema.has("properties") && schema["properties"].has(name);
      if (described && !valid(schema["properties"][name], member)) return false;
      if (!described && schema.has("additionalProperties") && !valid(schema["additionalProperties"], member))
        return false;
    }
    return true;
  }

  bool valid_array(const Json& schema, const Json& value) const {
    const auto& items = value.array();
    const double size = static_cast<double>(items.size());
    if (schema.has("minItems") && size < schema["minItems"].number()) return false;
    if (schema.has("maxItems") && size > schema["maxItems"].number()) return false;
    const size_t prefix = schema.has("prefixItems") ? schema["prefixItems"].array().size() : 0;
    for (size_t i = 0; i < items.size(); ++i) {
      if (i < prefix && !valid(schema["prefixItems"].array()[i], items[i])) return false;
      if (i >= prefix && schema.has("items") && !valid(schema["items"], items[i])) return false;
    }
    return true;
  }

  bool valid_text(const Json& schema, const std::string& text) const {
    const auto length = static_cast<double>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
    if (schema.has("minLength") && length < schema["minLength"].number()) return false;
    if (schema.has("maxLength") && length > schema["maxLength"].number()) return false;
    return !schema.has("pattern") || std::regex_search(wide(text), std::wregex(wide(schema["pattern"].text())));
  }

  const Json& target(const std::string& ref) const {
    const Json* at = &root_;
    for (size_t begin = ref.find('/'); begin != std::string::npos;) {
      const size_t end = ref.find('/', begin + 1);
      at = &(*at)[ref.substr(begin + 1, end == std::string::npos ? end : end - begin - 1)];
      begin = end;
    }
    return *at;
  }

  const Json& root_;
};

}  // namespace hearth::test
