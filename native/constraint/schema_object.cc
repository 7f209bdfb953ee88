// native/constraint/schema_object.cc: objects and arrays: what is nested.
#include <algorithm>
#include <map>

#include "constraint/schema_compiler.h"

namespace hearth::constraint {
namespace {

struct Property {
  std::string_view name;
  RuleId rule;
  bool required;
};

State emit_colon(GrammarBuilder& to, State from) { return emit_blank(to, emit_bytes(to, ":", from)); }
State emit_comma(GrammarBuilder& to, State from) { return emit_blank(to, emit_bytes(to, ",", from)); }

/// A name that is none of `taken`, with its quotes: the tree of the taken names, left where a character differs. Up to
/// there no escape is allowed, since it could spell a taken name.
State emit_other_name(SchemaCompiler& compiler, const std::vector<Property>& taken, State from) {
  GrammarBuilder& to = compiler.to();
  struct Node {
    State state;
    bool taken = false;
    std::map<char32_t, size_t> next;
  };
  std::vector<Node> tree;
  tree.push_back({.state = emit_bytes(to, "\"", from), .taken = false, .next = {}});
  for (const Property& property : taken) {
    size_t node = 0;
    bool spelt = true;
    for (size_t at = 0; at < property.name.size() && !compiler.failed();) {
      const auto c = static_cast<char32_t>(read_code_point(property.name, at));
      if (c < 0x20 || c == '"' || c == '\\') {  // needs an escape, so it cannot be spelt on the tree at all
        spelt = false;
        break;
      }
      auto [found, is_new] = tree[node].next.try_emplace(c, tree.size());
      const size_t next = found->second;
      if (is_new) tree.push_back({.state = to.state(), .taken = false, .next = {}});
      node = next;
    }
    if (spelt) tree[node].taken = true;
  }
  const State free = to.state(), end = to.state();
  for (const Node& node : tree) {
    if (compiler.failed()) return end;
    std::vector<CodePoints> going_on;
    for (const auto& [c, next] : node.next) {
      going_on.push_back({c, c});
      to.jump(emit_set(to, {{c, c}}, Spelling::kPlain, node.state), tree[next].state);
    }
    CodePointSet on_tree;
    on_tree.add_all(going_on);
    to.jump(emit_set(to, json_plain_characters().without(on_tree), Spelling::kPlain, node.state), free);
    if (!node.taken) to.bytes(node.state, '"', '"', end);
  }
  to.jump(emit_json_character(to, free), free);
  to.bytes(free, '"', '"', end);
  return end;
}

/// The properties in their order. Nothing after an error.
std::vector<Property> read_properties(SchemaCompiler& compiler, const Json& schema, const Place* place,
                                      const Json* additional) {
  std::vector<Property> out;
  const Json* described = schema.find("properties");
  const Json* required = schema.find("required");
  if (described != nullptr && described->kind != Json::Kind::kObject)
    return compiler.fail(place, "`properties` must be an object"), out;
  if (required != nullptr && required->kind != Json::Kind::kArray)
    return compiler.fail(place, "`required` must be a list of names"), out;
  const size_t count =
      (described != nullptr ? described->members.size() : 0) + (required != nullptr ? required->items.size() : 0);
  if (count > SchemaCompiler::kMostMembers) {
    return compiler.fail(place, "at most " + std::to_string(SchemaCompiler::kMostMembers) +
                                    " names in `properties` and `required` were expected, found " +
                                    std::to_string(count)),
           out;
  }
  if (described != nullptr) {
    const Place* inside = compiler.below(place, "properties");
    for (const auto& [name, value] : described->members)
      out.push_back({name, compiler.rule_of(value, compiler.below(inside, name)), false});
  }
  if (required == nullptr) return out;
  for (const Json& name : required->items) {
    if (name.kind != Json::Kind::kString) return compiler.fail(place, "`required` must be a list of names"), out;
    const auto found = std::ranges::find(out, std::string_view(name.text), &Property::name);
    if (found != out.end()) {
      found->required = true;
      continue;
    }
    if (additional != nullptr && additional->kind == Json::Kind::kFalse) {
      return compiler.fail(place, "the required property " + quote_json(name.text.substr(0, 64)) +
                                      " is not in `properties`, and `additionalProperties` is false"),
             out;
    }
    const RuleId rule = additional != nullptr
                            ? compiler.rule_of(*additional, compiler.below(place, "additionalProperties"))
                            : compiler.any_value();
    out.push_back({name.text, rule, true});
  }
  return out;
}

}  // namespace

void emit_object(SchemaCompiler& compiler, const Json& schema, const Place* place, State from, State to) {
  GrammarBuilder& grammar = compiler.to();
  const Json* additional = schema.find("additionalProperties");
  const std::vector<Property> properties = read_properties(compiler, schema, place, additional);
  if (compiler.failed()) return;
  const bool open = additional != nullptr ? additional->kind != Json::Kind::kFalse
                                          : schema.find("properties") == nullptr && schema.find("required") == nullptr;

  // Two rows of states: no property yet, so no comma before the next; and at least one.
  State none = emit_bytes(grammar, "{", from), some = grammar.state();
  for (const Property& property : properties) {
    if (compiler.failed()) return;
    const State name = grammar.state(), next_none = grammar.state(), next_some = grammar.state();
    grammar.jump(none, name);
    grammar.jump(emit_comma(grammar, some), name);
    grammar.call(emit_colon(grammar, emit_bytes(grammar, quote_json(property.name), name)), property.rule, next_some);
    if (!property.required) {
      grammar.jump(none, next_none);
      grammar.jump(some, next_some);
    }
    none = next_none;
    some = next_some;
  }
  if (open) {
    const RuleId rule = additional != nullptr
                            ? compiler.rule_of(*additional, compiler.below(place, "additionalProperties"))
                            : compiler.any_value();
    const State name = grammar.state(), behind = grammar.state();
    grammar.jump(none, name);
    grammar.jump(emit_comma(grammar, some), name);
    grammar.call(emit_colon(grammar, emit_other_name(compiler, properties, name)), rule, behind);
    grammar.jump(emit_comma(grammar, behind), name);
    grammar.bytes(behind, '}', '}', to);
  }
  grammar.bytes(none, '}', '}', to);
  grammar.bytes(some, '}', '}', to);
}

void emit_array(SchemaCompiler& compiler, const Json& schema, const Place* place, State from, State to) {
  GrammarBuilder& grammar = compiler.to();
  const Json* unique = schema.find("uniqueItems");
  if (unique != nullptr && unique->kind != Json::Kind::kFalse)
    return compiler.fail(place, "`uniqueItems` is not supported; leave it out and drop repeated items afterwards");
  const uint32_t least = compiler.count_of(schema, "minItems", 0, place);
  uint32_t most = compiler.count_of(schema, "maxItems", SchemaCompiler::kEndless, place);
  const Json* prefix = schema.find("prefixItems");
  const Json* items = schema.find("items");
  if (prefix != nullptr &&
      (prefix->kind != Json::Kind::kArray || prefix->items.size() > SchemaCompiler::kMostMembers)) {
    return compiler.fail(
        place, "`prefixItems` must be a list of at most " + std::to_string(SchemaCompiler::kMostMembers) + " schemas");
  }
  const auto first = static_cast<uint32_t>(prefix != nullptr ? prefix->items.size() : 0);
  const bool closed = items != nullptr ? items->kind == Json::Kind::kFalse : prefix != nullptr;
  if (closed) most = std::min(most, first);
  if (most < least) return compiler.fail(place, "fewer items are allowed than `minItems` asks for");

  std::vector<RuleId> rules;
  const Place* inside = compiler.below(place, "prefixItems");
  for (uint32_t i = 0; i < first; ++i)
    rules.push_back(compiler.rule_of(prefix->items[i], compiler.below(inside, std::to_string(i))));
  RuleId rest = 0;
  if (!closed)
    rest = items != nullptr ? compiler.rule_of(*items, compiler.below(place, "items")) : compiler.any_value();

  State at = emit_bytes(grammar, "[", from);
  for (uint32_t count = 0; !compiler.failed(); ++count) {
    if (count >= least) grammar.bytes(at, ']', ']', to);
    if (count == most) return;
    const State item = count == 0 ? at : emit_comma(grammar, at);
    const bool loop = most == SchemaCompiler::kEndless && count >= std::max({least, first, 1U});
    const State next = loop ? at : grammar.state();
    grammar.call(item, count < first ? rules[count] : rest, next);
    if (loop) return;
    at = next;
  }
}

}  // namespace hearth::constraint
