// native/constraint/schema_text.cc: strings: by length, by pattern, by format.
#include <algorithm>
#include <array>

#include "constraint/regex.h"
#include "constraint/schema_compiler.h"

namespace hearth::constraint {
namespace {

struct Format {
  std::string_view name, pattern;
};
#define HEARTH_TIME "([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,9})?(Z|[+-]([01]\\d|2[0-3]):[0-5]\\d)"
// RFC 3339 and RFC 9562. February has 28 days here, and no second is a leap second: always true.
#define HEARTH_DATE \
  "\\d{4}-((0[13578]|1[02])-(0[1-9]|[12]\\d|3[01])|(0[469]|11)-(0[1-9]|[12]\\d|30)|02-(0[1-9]|1\\d|2[0-8]))"
constexpr std::array<Format, 4> kFormats{{{"date", HEARTH_DATE},
                                          {"time", HEARTH_TIME},
                                          {"date-time", HEARTH_DATE "T" HEARTH_TIME},
                                          {"uuid", "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"}}};
#undef HEARTH_DATE
#undef HEARTH_TIME

/// `least` to `most` characters. A character is a rule of its own, so that a long limit costs two states each.
State emit_length(SchemaCompiler& compiler, uint32_t least, uint32_t most, State from) {
  GrammarBuilder& grammar = compiler.to();
  if (most == SchemaCompiler::kEndless && least == 0) {
    const State loop = grammar.state();
    grammar.jump(from, loop);
    grammar.jump(emit_json_character(grammar, loop), loop);
    return loop;
  }
  const RuleId character = grammar.rule();
  grammar.jump(emit_json_character(grammar, grammar.start(character)), grammar.end(character));
  for (uint32_t i = 0; i < least && !compiler.failed(); ++i) {
    const State next = grammar.state();
    grammar.call(from, character, next);
    from = next;
  }
  if (most == SchemaCompiler::kEndless) return emit_length(compiler, 0, most, from);
  const State end = grammar.state();
  grammar.jump(from, end);
  for (uint32_t i = least; i < most && !compiler.failed(); ++i) {
    const State next = grammar.state();
    grammar.call(from, character, next);
    grammar.jump(next, end);
    from = next;
  }
  return end;
}

}  // namespace

void emit_string(SchemaCompiler& compiler, const Json& schema, const Place* place, State from, State to) {
  GrammarBuilder& grammar = compiler.to();
  const Json* pattern = schema.find("pattern");
  const Json* format = schema.find("format");
  const bool has_length = schema.find("minLength") != nullptr || schema.find("maxLength") != nullptr;
  if ((pattern != nullptr) + (format != nullptr) + has_length > 1)
    return compiler.fail(place,
                         "only one of `pattern`, `format` and a length is supported; say the length in the pattern");

  const State open = emit_bytes(grammar, "\"", from);
  State end = open;
  if (pattern != nullptr || format != nullptr) {
    std::string_view text;
    if (pattern != nullptr) {
      if (pattern->kind != Json::Kind::kString) return compiler.fail(place, "`pattern` must be a string");
      text = pattern->text;
    } else {
      const auto known = std::ranges::find(kFormats, std::string_view(format->text), &Format::name);
      if (format->kind != Json::Kind::kString || known == kFormats.end()) {
        return compiler.fail(place, "the `format` " + quote_json(format->text.substr(0, 64)) +
                                        " is not supported; known are date, time, date-time and uuid");
      }
      text = known->pattern;
    }
    const Match match = pattern != nullptr ? Match::kSearch : Match::kWhole;
    const auto emitted = emit_regex(grammar, text, match, Spelling::kJsonString, open);
    if (!emitted.ok())
      return compiler.fail(place, emitted.error().message.substr(0, emitted.error().message.size() - 1));
    end = emitted.value();
  } else {
    const uint32_t least = compiler.count_of(schema, "minLength", 0, place);
    const uint32_t most = compiler.count_of(schema, "maxLength", SchemaCompiler::kEndless, place);
    if (most < least) return compiler.fail(place, "`maxLength` is below `minLength`");
    end = emit_length(compiler, least, most, open);
  }
  grammar.bytes(end, '"', '"', to);
}

}  // namespace hearth::constraint
