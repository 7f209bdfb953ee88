// native/constraint/schema.cc: see schema.h and schema_compiler.h.
#include "constraint/schema.h"

#include <algorithm>
#include <array>

#include "constraint/schema_compiler.h"

namespace hearth::constraint {
namespace {

struct TypeName {
  std::string_view name;
  uint32_t type;
};
constexpr std::array<TypeName, 7> kTypes{{{"object", kObject},
                                          {"array", kArray},
                                          {"string", kString},
                                          {"number", kNumber},
                                          {"integer", kInteger},
                                          {"boolean", kBoolean},
                                          {"null", kNull}}};

constexpr std::array<std::string_view, 12> kPassedOver{"title",    "description", "default",  "examples",
                                                       "$comment", "deprecated",  "readOnly", "writeOnly",
                                                       "$schema",  "$id",         "$defs",    "definitions"};

struct Keyword {
  std::string_view name;
  uint32_t types;  // that it says something about
};
constexpr uint32_t kNumeric = kNumber | kInteger;
constexpr std::array<Keyword, 16> kKeywords{{{"properties", kObject},
                                             {"required", kObject},
                                             {"additionalProperties", kObject},
                                             {"items", kArray},
                                             {"prefixItems", kArray},
                                             {"minItems", kArray},
                                             {"maxItems", kArray},
                                             {"uniqueItems", kArray},
                                             {"minLength", kString},
                                             {"maxLength", kString},
                                             {"pattern", kString},
                                             {"format", kString},
                                             {"minimum", kNumeric},
                                             {"maximum", kNumeric},
                                             {"exclusiveMinimum", kNumeric},
                                             {"exclusiveMaximum", kNumeric}}};

uint32_t type_of_name(const Json& name) {
  const auto found = std::ranges::find(kTypes, std::string_view(name.text), &TypeName::name);
  return name.kind == Json::Kind::kString && found != kTypes.end() ? found->type : 0;
}

uint32_t types_of_value(const Json& value) {
  switch (value.kind) {
    case Json::Kind::kNull:
      return kNull;
    case Json::Kind::kFalse:
    case Json::Kind::kTrue:
      return kBoolean;
    case Json::Kind::kString:
      return kString;
    case Json::Kind::kArray:
      return kArray;
    case Json::Kind::kObject:
      return kObject;
    case Json::Kind::kNumber:
      return value.text.find_first_of(".eE") == std::string::npos ? kNumber | kInteger : +kNumber;
  }
  return 0;
}

std::string place_text(const Place* place) {
  std::vector<std::string_view> steps;
  size_t size = 0;
  for (; place != nullptr && place->parent != nullptr; place = place->parent) steps.push_back(place->step);
  std::string out = "#";
  for (size_t i = steps.size(); i-- > 0 && size < 1000; size += steps[i].size() + 1) {
    out += '/';
    out += steps[i].substr(0, 100);
  }
  return out;
}

}  // namespace

std::string code(std::string_view keyword) {
  std::string out = "`";
  out.append(keyword.substr(0, 64));
  return out += '`';
}

State emit_blank(GrammarBuilder& to, State from) {
  const State end = to.state();
  to.jump(from, end);
  to.bytes(from, ' ', ' ', end);
  return end;
}

Result<std::shared_ptr<const Grammar>> compile_schema(std::string_view schema) {
  const auto root = parse_json(schema);
  if (!root.ok()) return root.error();
  return SchemaCompiler(root.value()).compile();
}

SchemaCompiler::SchemaCompiler(const Json& root) : root_(root) {
  any_.kind = Json::Kind::kObject;
  Json types{.kind = Json::Kind::kArray, .text = {}, .items = {}, .members = {}};
  for (const std::string_view name : {"object", "array", "string", "number", "boolean", "null"})
    types.items.push_back({.kind = Json::Kind::kString, .text = std::string(name), .items = {}, .members = {}});
  any_.members.push_back({"type", std::move(types)});
}

Result<std::shared_ptr<const Grammar>> SchemaCompiler::compile() {
  const Place* top = places_.emplace_back(std::make_unique<Place>()).get();
  const RuleId root = rule_of(root_, top);
  while (!jobs_.empty() && !failed()) {
    const Job job = jobs_.back();
    jobs_.pop_back();
    emit(job);
  }
  if (failed_) return error_;
  return to_.finish(root);
}

const Place* SchemaCompiler::below(const Place* place, std::string_view step) {
  return places_.emplace_back(std::make_unique<Place>(Place{place, std::string(step)})).get();
}

void SchemaCompiler::fail(const Place* place, const std::string& problem) {
  if (failed_) return;
  failed_ = true;
  error_.message = "The schema cannot be used: at " + place_text(place) + ", " + problem + ".";
}

RuleId SchemaCompiler::any_value() { return rule_of(any_, places_.front().get()); }

RuleId SchemaCompiler::rule_of(const Json& schema, const Place* place) {
  const Json* meant = resolve(schema, place);
  if (meant == nullptr || !to_.spend()) return 0;
  if (meant->kind == Json::Kind::kTrue || (meant->kind == Json::Kind::kObject && meant != &any_ &&
                                           types_of(*meant) == 0 && check_keywords(*meant, 0, place))) {
    const bool says_nothing = std::ranges::all_of(meant->members, [](const auto& member) {
      return std::ranges::find(kPassedOver, member.name) != kPassedOver.end();
    });
    if (says_nothing) meant = &any_;
  }
  const auto [found, is_new] = rules_.try_emplace(meant, 0);
  if (is_new) {
    found->second = to_.rule();
    jobs_.push_back({meant, place, found->second});
  }
  return found->second;
}

const Json* SchemaCompiler::resolve(const Json& schema, const Place* place) {
  const Json* at = &schema;
  for (int hops = 0; at->kind == Json::Kind::kObject; ++hops) {
    const Json* ref = at->find("$ref");
    if (ref == nullptr) return at;
    if (!check_alone(*at, "$ref", place)) return nullptr;
    if (hops > 1000 || !to_.spend()) return fail(place, "`$ref` leads back to itself"), nullptr;
    if (ref->kind != Json::Kind::kString || !ref->text.starts_with('#')) {
      return fail(place, "`$ref` must begin with `#`: only places inside this schema can be read"), nullptr;
    }
    std::string_view rest = std::string_view(ref->text).substr(1);
    at = &root_;
    while (!rest.empty()) {
      if (rest.front() != '/') return fail(place, "`$ref` must be `#` or `#/…`"), nullptr;
      rest.remove_prefix(1);
      const std::string_view raw = rest.substr(0, rest.find('/'));
      rest.remove_prefix(raw.size());
      std::string step;
      for (size_t i = 0; i < raw.size(); ++i) {  // RFC 6901
        const bool escaped = raw[i] == '~' && i + 1 < raw.size();
        step += escaped ? (raw[++i] == '1' ? '/' : '~') : raw[i];
      }
      const Json* next = at->find(step);
      if (at->kind == Json::Kind::kArray && !step.empty() && step.size() < 7 &&
          std::ranges::all_of(step, [](char c) { return c >= '0' && c <= '9'; }) && std::stoul(step) < at->items.size())
        next = &at->items[std::stoul(step)];
      if (next == nullptr)
        return fail(place, "`$ref` " + quote_json(ref->text.substr(0, 200)) + " leads nowhere"), nullptr;
      at = next;
    }
  }
  return at;
}

uint32_t SchemaCompiler::types_of(const Json& schema) {
  if (const Json* type = schema.find("type")) {
    uint32_t types = type_of_name(*type);
    for (const Json& name : type->items) types |= type_of_name(name);
    return types;
  }
  uint32_t types = 0;
  if (const Json* value = schema.find("const")) return types_of_value(*value);
  if (const Json* values = schema.find("enum")) {
    for (const Json& value : values->items) types |= types_of_value(value);
    return types;
  }
  for (const auto& [name, value] : schema.members) {
    const auto known = std::ranges::find(kKeywords, std::string_view(name), &Keyword::name);
    if (known != kKeywords.end()) types |= known->types == kNumeric ? +kNumber : known->types;
  }
  return types;
}

bool SchemaCompiler::check_keywords(const Json& schema, uint32_t types, const Place* place) {
  for (const auto& [name, value] : schema.members) {
    if (name == "type" || std::ranges::find(kPassedOver, name) != kPassedOver.end()) continue;
    const auto known = std::ranges::find(kKeywords, std::string_view(name), &Keyword::name);
    if (known == kKeywords.end()) {
      static constexpr std::array<std::string_view, 6> kOthers{"anyOf", "oneOf", "allOf", "const", "enum", "$ref"};
      if (types == 0 && std::ranges::find(kOthers, name) != kOthers.end()) continue;
      return fail(place, "the keyword " + code(name) + " is not supported here"), false;
    }
    if ((known->types & types) == 0)
      return fail(place, "the keyword " + code(name) + " says nothing about the types that are allowed"), false;
  }
  return true;
}

bool SchemaCompiler::check_alone(const Json& schema, std::string_view keyword, const Place* place) {
  for (const auto& [name, value] : schema.members) {
    if (name == keyword || std::ranges::find(kPassedOver, name) != kPassedOver.end()) continue;
    return fail(place, "the keyword " + code(name) + " is not supported beside " + code(keyword)), false;
  }
  return true;
}

uint32_t SchemaCompiler::count_of(const Json& schema, std::string_view keyword, uint32_t otherwise,
                                  const Place* place) {
  const Json* value = schema.find(keyword);
  if (value == nullptr) return otherwise;
  const double number = value->kind == Json::Kind::kNumber ? value->number() : -1;
  if (number < 0 || number > kMostCount || number != static_cast<double>(static_cast<uint32_t>(number))) {
    fail(place, code(keyword) + " must be a whole number from 0 to " + std::to_string(kMostCount));
    return otherwise;
  }
  return static_cast<uint32_t>(number);
}

void SchemaCompiler::emit(const Job& job) {
  const Json& schema = *job.schema;
  if (schema.kind == Json::Kind::kFalse) return;  // no way from start to end: the rule has no value
  if (schema.kind != Json::Kind::kObject) return fail(job.place, "an object, true or false was expected");
  for (const std::string_view keyword : {"anyOf", "oneOf", "allOf"}) {
    const Json* branches = schema.find(keyword);
    if (branches == nullptr) continue;
    if (!check_alone(schema, keyword, job.place)) return;
    if (branches->kind != Json::Kind::kArray || branches->items.empty() || branches->items.size() > kMostMembers) {
      return fail(job.place, code(keyword) + " must be a list of 1 to " + std::to_string(kMostMembers) + " schemas");
    }
    if (keyword == "allOf" && branches->items.size() > 1)
      return fail(job.place, "`allOf` of more than one schema is not supported; write one schema that says it all");
    return emit_branches(*branches, keyword == "oneOf", {job.schema, below(job.place, keyword), job.rule});
  }
  if (schema.find("const") != nullptr || schema.find("enum") != nullptr) return emit_values(schema, job);
  emit_typed(schema, job);
}

void SchemaCompiler::emit_branches(const Json& branches, bool exclusive, const Job& job) {
  const State end = to_.end(job.rule);
  for (size_t i = 0; i < branches.items.size() && !failed(); ++i) {
    const Place* place = below(job.place, std::to_string(i));
    for (size_t j = 0; exclusive && j < i && !failed(); ++j) {
      if (share_nothing(*this, branches.items[i], branches.items[j], place)) continue;
      return fail(place, "one value may meet this branch of `oneOf` and branch " + std::to_string(j) +
                             " as well; use `anyOf`, or a required property with different `const` values");
    }
    to_.call(to_.start(job.rule), rule_of(branches.items[i], place), end);
  }
}

void SchemaCompiler::emit_values(const Json& schema, const Job& job) {
  const Json* constant = schema.find("const");
  const Json* list = schema.find("enum");
  for (const auto& [name, value] : schema.members) {
    if (name != "const" && name != "enum" && name != "type" &&
        std::ranges::find(kPassedOver, name) == kPassedOver.end())
      return fail(job.place, "the keyword " + code(name) + " is not supported beside `const` and `enum`");
  }
  if (constant != nullptr && list != nullptr) return fail(job.place, "`const` and `enum` were both given");
  if (list != nullptr && list->kind != Json::Kind::kArray) return fail(job.place, "`enum` must be a list");
  uint32_t types = schema.find("type") != nullptr ? types_of(schema) : ~0U;
  if ((types & kNumber) != 0) types |= kInteger;
  std::vector<std::string> texts;
  const auto add = [&](const Json& value) {
    if ((types_of_value(value) & types) != 0) texts.push_back(write_json(value));
  };
  if (constant != nullptr) add(*constant);
  if (list != nullptr) std::ranges::for_each(list->items, add);
  if (texts.empty()) return fail(job.place, "no value of `const` or `enum` has an allowed type");
  const State end = emit_choice(to_, {texts.begin(), texts.end()}, to_.start(job.rule));
  to_.jump(end, to_.end(job.rule));
}

void SchemaCompiler::emit_typed(const Json& schema, const Job& job) {
  if (const Json* type = schema.find("type")) {
    const bool known = type->kind == Json::Kind::kArray
                           ? !type->items.empty() && std::ranges::all_of(type->items, type_of_name)
                           : type_of_name(*type) != 0;
    if (!known) {
      return fail(job.place,
                  "`type` must be one or a list of object, array, string, number, integer, boolean and null");
    }
  }
  const uint32_t types = types_of(schema);
  if (!check_keywords(schema, types, job.place)) return;
  const State from = to_.start(job.rule), end = to_.end(job.rule);
  if ((types & kNull) != 0) to_.jump(emit_bytes(to_, "null", from), end);
  if ((types & kBoolean) != 0) to_.jump(emit_choice(to_, {"false", "true"}, from), end);
  if ((types & (kNumber | kInteger)) != 0) emit_number(*this, schema, job.place, (types & kNumber) == 0, from, end);
  if ((types & kString) != 0) emit_string(*this, schema, job.place, from, end);
  if ((types & kArray) != 0) emit_array(*this, schema, job.place, from, end);
  if ((types & kObject) != 0) emit_object(*this, schema, job.place, from, end);
}

}  // namespace hearth::constraint
