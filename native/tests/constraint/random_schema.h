// native/tests/constraint/random_schema.h: schemas at random, from everything that schema.h says is known.
#pragma once
#include <random>
#include <string>
#include <vector>

namespace hearth::test {

class RandomSchema {
 public:
  explicit RandomSchema(uint64_t seed) : random_(seed) {}

  /// A whole schema, with one recursive definition.
  std::string make() {
    const std::string tree = R"({"type":"object","properties":{"value":)" + value(3) +
                             R"(,"kids":{"type":"array","items":{"$ref":"#/$defs/tree"}}},"required":["value"]})";
    return R"({"$defs":{"tree":)" + tree + R"(},"anyOf":[)" + value(0) + "," + value(1) + "]}";
  }

 private:
  uint64_t below(uint64_t n) { return random_() % n; }
  std::string number(int64_t least, int64_t most) {
    return std::to_string(least + static_cast<int64_t>(below(static_cast<uint64_t>(most - least + 1))));
  }
  std::string pick(const std::vector<std::string>& from) { return from[below(from.size())]; }
  std::string names(size_t i) {
    static const std::vector<std::string> all{"a", "ab", "name", "na\\\"me", "größe", "x y", "zip", "\\u0041b"};
    return '"' + all[i] + '"';
  }

  std::string value(int depth) {
    switch (below(depth >= 3 ? 7 : 12)) {
      case 0:
        return text();
      case 1:
        return R"({"type":"integer")" + bounds() + "}";
      case 2:
        return R"({"type":"number")" + bounds() + "}";
      case 3:
        return pick({R"({"type":"boolean"})", R"({"type":["string","null"]})",
                     R"({"type":["integer","boolean","null"]})", R"({"const":{"a":[1,"q\"\n"]}})", "true",
                     R"({"type":"null"})"});
      case 4:
        return R"({"enum":[1,"one",null,true,"o\\ne","日本",[1,2],{"k":"v"},-0.5]})";
      case 5:
        return text();
      case 6:
        return R"({"enum":["red","green","greenish"]})";
      case 7:
      case 8:
        return object(depth);
      case 9:
        return array(depth);
      case 10:
        return R"({"anyOf":[)" + value(depth + 1) + "," + value(depth + 1) + "]}";
      default:
        return below(2) == 0 ? R"({"$ref":"#/$defs/tree"})" : one_of(depth);
    }
  }

  std::string bounds() {
    const std::string low = below(2) == 0 ? "minimum" : "exclusiveMinimum";
    const std::string high = below(2) == 0 ? "maximum" : "exclusiveMaximum";
    const int64_t from = static_cast<int64_t>(below(2000)) - 1000;
    const std::string lower = R"(,")" + low + R"(":)" + std::to_string(from);
    const std::string upper = R"(,")" + high + R"(":)" + std::to_string(from + 2 + static_cast<int64_t>(below(300)));
    switch (below(4)) {
      case 0:
        return "";
      case 1:
        return lower;
      case 2:
        return upper;
      default:
        return lower + upper;
    }
  }

  std::string text() {
    switch (below(4)) {
      case 0:
        return R"({"type":"string"})";
      case 1:
        return R"({"type":"string","minLength":)" + number(0, 3) + R"(,"maxLength":)" + number(3, 40) + "}";
      case 2:
        return R"({"type":"string","pattern":")" +
               pick({"^[a-z]+$", "^\\\\d{3}-\\\\d{4}$", "(foo|ba[rz])", "^[^\\\"]{2,5}$", "^(a|b)*c", "\\\\\\\\$"}) +
               R"("})";
      default:
        return R"({"type":"string","maxLength":)" + number(0, 5) + "}";
    }
  }

  std::string object(int depth) {
    std::string properties, required;
    for (size_t i = 0; i < 8; ++i) {
      if (below(3) != 0) continue;
      properties += (properties.empty() ? "" : ",") + names(i) + ":" + value(depth + 1);
      if (below(2) == 0) required += (required.empty() ? "" : ",") + names(i);
    }
    const std::string more = pick({"", R"(,"additionalProperties":false)",
                                   R"(,"additionalProperties":{"type":"integer"})", R"(,"additionalProperties":true)"});
    return R"({"type":"object","properties":{)" + properties + R"(},"required":[)" + required + "]" + more + "}";
  }

  std::string array(int depth) {
    switch (below(3)) {
      case 0:
        return R"({"type":"array","items":)" + value(depth + 1) + "}";
      case 1:
        return R"({"type":"array","items":)" + value(depth + 1) + R"(,"minItems":)" + number(0, 2) + R"(,"maxItems":)" +
               number(2, 4) + "}";
      default:
        return R"({"type":"array","prefixItems":[)" + value(depth + 1) + "," + value(depth + 1) + R"(],"items":)" +
               pick({"false", R"({"type":"string"})"}) + "}";
    }
  }

  std::string one_of(int depth) {
    return R"({"oneOf":[{"type":"object","properties":{"kind":{"const":"a"},"v":)" + value(depth + 1) +
           R"(},"required":["kind"]},{"type":"object","properties":{"kind":{"enum":["b","c"]}},"required":["kind"]},)" +
           R"({"type":"string","maxLength":4}]})";
  }

  std::mt19937_64 random_;
};

}  // namespace hearth::test
