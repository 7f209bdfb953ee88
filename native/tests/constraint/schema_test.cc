// native/tests/constraint/schema_test.cc: what is written under a schema parses and meets it; the rest is refused.
#include <algorithm>

#include "constraint/json.h"
#include "random_schema.h"
#include "validator.h"
#include "writer.h"

using namespace hearth;
using namespace hearth::test;
using constraint::JsonSchema;

TEST_CASE("what a random model writes under a random schema parses and meets the schema") {
  size_t whole = 0, cut = 0;
  for (uint64_t seed = 0; whole < 1000; ++seed) {
    const std::string schema = RandomSchema(seed).make();
    const Json parsed = Json::parse(schema);
    INFO(schema);
    const auto constraint = compiled(JsonSchema{schema});
    for (uint64_t run = 0; run < 10; ++run) {
      const auto text = Writer(seed * 100 + run).write(*constraint, *gemma4_trie(), 400);
      ++(text ? whole : cut);
      if (!text) continue;
      INFO(*text);
      // Strict: UTF-8, no half of a pair. Names that the schema leaves open may come twice.
      const auto strict = constraint::parse_json(*text);
      REQUIRE((strict.ok() || strict.error().message.find("each name once") != std::string::npos));
      REQUIRE(Validator(parsed).valid(Json::parse(*text)));
    }
  }
  MESSAGE(whole << " whole texts, " << cut << " cut at 400 tokens");
  CHECK(cut < whole);
}

TEST_CASE("a schema takes the texts that tools write") {
  const auto takes = [](const char* schema, const char* text) { return accepts(*compiled(JsonSchema{schema}), text); };
  const char* weather = R"({"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer","minimum":1,
    "maximum":14},"unit":{"enum":["C","F"]}},"required":["city"],"additionalProperties":false})";
  CHECK(takes(weather, R"({"city":"Köln","days":14,"unit":"C"})"));
  CHECK(takes(weather, R"({"city": "a\"b\u00e9", "unit": "F"})"));
  CHECK(takes(weather, R"({"city":""})"));
  CHECK_FALSE(takes(weather, R"({"city":"Köln","days":15})"));
  CHECK_FALSE(takes(weather, R"({"days":3})"));
  CHECK_FALSE(takes(weather, R"({"city":"Köln","wind":1})"));
  CHECK_FALSE(takes(weather, R"({"city":"Köln",})"));
  CHECK_FALSE(takes(weather, "{\"city\":\"a\nb\"}"));
  CHECK_FALSE(takes(weather, R"({"city":"\ud800"})"));
  CHECK(takes("true", R"({"a":[1,-2.5e+3,null,{"b":"c"}],"d":[]})"));
  CHECK(takes("{}", "[[[[]]]]"));
  CHECK_FALSE(takes("true", "01"));
  CHECK(takes(R"({"type":"string","format":"date"})", R"("2026-02-28")"));
  CHECK_FALSE(takes(R"({"type":"string","format":"date"})", R"("2026-02-30")"));
}

TEST_CASE("every whole number between bounds is taken and no other") {
  for (const auto& [least, most] : {std::pair{-12, 105}, {0, 0}, {7, 7}, {-3, -1}, {98, 1002}, {-1000, -99}, {9, 10}}) {
    const auto inside = compiled(JsonSchema{R"({"type":"integer","minimum":)" + std::to_string(least) +
                                            R"(,"maximum":)" + std::to_string(most) + "}"});
    const auto between = compiled(JsonSchema{R"({"type":"number","exclusiveMinimum":)" + std::to_string(least - 1) +
                                             R"(,"exclusiveMaximum":)" + std::to_string(most + 1) + "}"});
    for (int n = -1200; n <= 1200; ++n) {
      INFO(n << " in " << least << " .. " << most);
      CHECK(accepts(*inside, std::to_string(n)) == (least <= n && n <= most));
      CHECK(accepts(*between, std::to_string(n) + ".0") == (least <= n && n <= most));
      const double half = n + (n < 0 ? -0.5 : 0.5);
      if (n != 0) CHECK(accepts(*between, std::to_string(n) + ".5") == (least - 1 < half && half < most + 1));
    }
  }
}

TEST_CASE("other properties are never the described ones, however they are spelt") {
  const auto constraint = compiled(JsonSchema{
      R"({"type":"object","properties":{"ab":{"type":"integer"},"abc":{"type":"integer"}},"additionalProperties":{"type":"string"}})"});
  CHECK(accepts(*constraint, R"({"ab":1,"a":"x","abd":"y","":"z"})"));
  CHECK(accepts(*constraint, R"({"abcd":"x"})"));
  CHECK_FALSE(accepts(*constraint, R"({"ab":"x"})"));
  CHECK_FALSE(accepts(*constraint, R"({"a\u0062":"x"})"));
  CHECK_FALSE(accepts(*constraint, R"({"ab\u0063":"x"})"));
}

TEST_CASE("what is not supported is refused by name and place") {
  const auto refused = [](const char* schema) { return refusal(JsonSchema{schema}); };
  CHECK(refused(R"({"properties":{"a":{"type":"string","contentEncoding":"x"}}})").find("`contentEncoding`") !=
        std::string::npos);
  CHECK(refused(R"({"properties":{"a":{"type":"string","contentEncoding":"x"}}})").find("#/properties/a") !=
        std::string::npos);
  for (const char* schema : {R"({"type":"integer","multipleOf":3})",
                             R"({"not":{}})",
                             R"({"type":"object","patternProperties":{}})",
                             R"({"type":"string","minimum":3})",
                             R"({"allOf":[{"type":"string"},{"maxLength":3}]})",
                             R"({"type":"list"})",
                             R"({"oneOf":[{"type":"number"},{"type":"integer"}]})",
                             R"({"oneOf":[{},{"type":"integer"}]})",
                             R"({"type":"array","uniqueItems":true})",
                             R"({"$ref":"other.json"})",
                             R"({"$ref":"#/nowhere"})",
                             R"({"$ref":"#"})",
                             R"({"type":"number","minimum":0.5})",
                             R"({"type":"string","pattern":"a","maxLength":3})",
                             R"({"enum":[]})",
                             R"x({"type":"string","pattern":"(?=a)"})x",
                             R"({"type":"integer","minimum":4,"maximum":3})",
                             "false",
                             "[]",
                             "{",
                             "",
                             R"({"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]})",
                             R"({"a":1,"a":2})",
                             "\"\xFF\"",
                             R"({"anyOf":[{"$ref":"#"},{"type":"string"}]})",
                             R"({"type":"array","minItems":3,"maxItems":2})",
                             R"({"type":"array","prefixItems":[{}],"minItems":2})",
                             R"({"type":"object","required":["a"],"additionalProperties":false})"}) {
    INFO(schema);
    CHECK(refused(schema) != "");
  }
}

TEST_CASE("hostile schemas end in an error or stay small") {
  const auto refused = [](const std::string& schema) { return refusal(JsonSchema{schema}); };
  CHECK(refused(R"({"type":"array","items":{"type":"string","maxLength":100000},"maxItems":1000000})") != "");
  CHECK(refused(R"x({"type":"string","pattern":"((a{1000}){1000}){1000}"})x") != "");
  CHECK(refused(R"x({"type":"string","pattern":"((){9999}){9999}"})x") != "");
  CHECK(refused(std::string(5000, '[')) != "");
  std::string nested = "{}";
  for (int i = 0; i < 101; ++i) nested = R"({"items":)" + nested + "}";
  CHECK(refused(nested) != "");
  // Definitions that double 40 times: each is one rule, so nothing grows.
  std::string doubling = R"({"$ref":"#/$defs/a0","$defs":{)";
  for (int i = 0; i < 40; ++i) {
    const std::string next = R"({"$ref":"#/$defs/a)" + std::to_string(i + 1) + R"("})";
    doubling += R"("a)" + std::to_string(i) + R"(":{"anyOf":[{"type":"array","prefixItems":[)" + next + "," + next +
                R"(]},)" + next + "]},";
  }
  doubling += R"("a40":{"type":"null"}}})";
  const auto constraint = compiled(JsonSchema{doubling}, small_trie());
  CHECK(Writer(1).write(*constraint, *small_trie(), 1000) != "");
}

TEST_CASE("drafts obey the mask, and what is taken back was never there") {
  const auto constraint =
      compiled(JsonSchema{R"({"type":"object","properties":{"a":{"type":"boolean"}},"required":["a"]})"});
  const auto ids = gemma4().encode("{\"a\":true} and so on", {});
  const std::vector<uint64_t> before(constraint->mask().value().begin(), constraint->mask().value().end());
  const uint32_t allowed = constraint::allowed_prefix(*constraint, ids);
  CHECK(gemma4().decode(std::span(ids).first(allowed), false) == "{\"a\":true}");
  CHECK(std::ranges::equal(constraint->mask().value(), before));
  for (uint32_t i = 0; i < allowed; ++i) {
    REQUIRE(allows(constraint->mask().value(), ids[i]));
    REQUIRE(constraint->accept(ids[i]));
  }
  CHECK(constraint->finished());
  CHECK_FALSE(allows(constraint->mask().value(), ids[allowed]));
  CHECK(allows(constraint->mask().value(), gemma4().eos()));
  CHECK(constraint->accept(gemma4().eos()));
  CHECK_FALSE(constraint->mask().ok());
  constraint->rollback(allowed + 1);
  CHECK(std::ranges::equal(constraint->mask().value(), before));
}
