// native/constraint/schema_number.cc: numbers, free or between whole bounds, as automata over their digits.
#include <array>
#include <cmath>

#include "constraint/schema_compiler.h"

namespace hearth::constraint {
namespace {

constexpr uint32_t kMostDigits = 15;

void digit(GrammarBuilder& to, State from, uint32_t low, uint32_t high, State end) {
  if (low <= high) to.bytes(from, static_cast<uint8_t>('0' + low), static_cast<uint8_t>('0' + high), end);
}

/// `least` to `most` digits, any or only zeros.
State emit_digits(GrammarBuilder& to, uint32_t least, uint32_t most, uint32_t high, State from) {
  const State end = to.state();
  for (uint32_t i = 1; i <= most; ++i) {
    const State next = to.state();
    digit(to, from, 0, high, next);
    if (i >= least) to.jump(next, end);
    from = next;
  }
  return end;
}

/// `low` to `high`, written without leading zeros; 0 <= low <= high.
void emit_whole(GrammarBuilder& to, uint64_t low, uint64_t high, State from, State end) {
  for (uint32_t length = 1; length <= kMostDigits; ++length) {
    uint64_t smallest = 1;
    for (uint32_t i = 1; i < length; ++i) smallest *= 10;
    const uint64_t a = std::max(low, length == 1 ? 0 : smallest), b = std::min(high, smallest * 10 - 1);
    if (a > b) continue;
    const std::string first = std::to_string(a), last = std::to_string(b);
    // States by what was read so far: still the lower bound's digits, still the upper one's, or in between.
    constexpr State kNone = 0;
    State both = from, lower = kNone, upper = kNone, inner = kNone;
    for (uint32_t i = 0; i < length; ++i) {
      const auto l = static_cast<uint32_t>(first[i] - '0'), h = static_cast<uint32_t>(last[i] - '0');
      const bool is_last = i + 1 == length;
      const State next_lower = is_last ? end : to.state(), next_upper = is_last ? end : to.state(),
                  next_inner = is_last ? end : to.state(), next_both = is_last ? end : to.state();
      if (both != kNone) {
        if (l == h) {
          digit(to, both, l, h, next_both);
        } else {
          digit(to, both, l, l, next_lower);
          digit(to, both, h, h, next_upper);
          if (h > l + 1) digit(to, both, l + 1, h - 1, next_inner);
        }
      }
      if (lower != kNone) {
        digit(to, lower, l, l, next_lower);
        digit(to, lower, l + 1, 9, next_inner);
      }
      if (upper != kNone) {
        digit(to, upper, h, h, next_upper);
        if (h > 0) digit(to, upper, 0, h - 1, next_inner);
      }
      if (inner != kNone) digit(to, inner, 0, 9, next_inner);
      const bool split = both == kNone || l != h;
      lower = split ? next_lower : kNone;
      upper = split ? next_upper : kNone;
      inner = split ? next_inner : kNone;
      both = both != kNone && l == h ? next_both : kNone;
    }
  }
}

void emit_fraction(GrammarBuilder& to, bool optional, uint32_t high, State from, State end) {
  if (optional) to.jump(from, end);
  to.jump(emit_digits(to, 1, kMostDigits, high, emit_bytes(to, ".", from)), end);
}

/// A size without its sign, between whole bounds.
void emit_size(GrammarBuilder& to, int64_t least, bool above, int64_t most, bool below, bool whole, State from,
               State end) {
  if (whole) {
    const int64_t low = least + above, high = most - below;
    if (low <= high) emit_whole(to, static_cast<uint64_t>(low), static_cast<uint64_t>(high), from, end);
    return;
  }
  if (least > most || (least == most && (above || below))) return;
  const int64_t low = least + above;
  if (low <= most - 1) {
    const State point = to.state();
    emit_whole(to, static_cast<uint64_t>(low), static_cast<uint64_t>(most - 1), from, point);
    emit_fraction(to, /*optional=*/true, 9, point, end);
  }
  if (above && least < most) {  // the bound itself and a fraction that is not zero
    const State point = to.state();
    emit_whole(to, static_cast<uint64_t>(least), static_cast<uint64_t>(least), from, point);
    const State zeros = emit_bytes(to, ".", point), behind = to.state();
    State at = zeros;
    for (uint32_t i = 0; i < kMostDigits; ++i) {
      digit(to, at, 1, 9, behind);
      const State next = to.state();
      digit(to, at, 0, 0, next);
      at = next;
    }
    to.jump(behind, end);
    to.jump(emit_digits(to, 1, kMostDigits, 9, behind), end);
  }
  if (!below) {
    const State point = to.state();
    emit_whole(to, static_cast<uint64_t>(most), static_cast<uint64_t>(most), from, point);
    emit_fraction(to, /*optional=*/true, 0, point, end);
  }
}

/// Reads one bound into a range of whole numbers. For `whole` values 0.5 is rounded inwards.
void read_bound(SchemaCompiler& compiler, const Json& schema, std::string_view keyword, bool whole, const Place* place,
                NumberRange& range) {
  const Json* value = schema.find(keyword);
  if (value == nullptr) return;
  const bool is_lower = keyword == "minimum" || keyword == "exclusiveMinimum";
  bool exclusive = keyword.starts_with("exclusive");
  if (value->kind != Json::Kind::kNumber) return compiler.fail(place, code(keyword) + " must be a number");
  double bound = value->number();
  if (bound != std::floor(bound)) {
    if (!whole) {
      return compiler.fail(
          place, code(keyword) + " of a number that is no integer must be whole, found " + value->text.substr(0, 64));
    }
    bound = is_lower ? std::ceil(bound) : std::floor(bound);
    exclusive = false;
  }
  constexpr double kMost = static_cast<double>(NumberRange::kMost);
  if (std::abs(bound) > kMost) {
    const bool harmless = is_lower ? bound < 0 : bound > 0;
    if (!harmless) compiler.fail(place, code(keyword) + " must have at most 15 digits");
    return;
  }
  const auto number = static_cast<int64_t>(bound);
  if (is_lower) {
    if (!range.bounded_below || number > range.least || (number == range.least && exclusive))
      range.least = number, range.above_least = exclusive;
    range.bounded_below = true;
  } else {
    if (!range.bounded_above || number < range.most || (number == range.most && exclusive))
      range.most = number, range.below_most = exclusive;
    range.bounded_above = true;
  }
}

void emit_free(GrammarBuilder& to, bool whole, State from, State end) {
  const State sign = to.state(), digits = to.state();
  to.jump(from, sign);
  to.bytes(from, '-', '-', sign);
  emit_whole(to, 0, NumberRange::kMost, sign, digits);
  to.jump(digits, end);
  if (whole) return;
  const State exponent = to.state(), signed_exponent = to.state();
  emit_fraction(to, /*optional=*/true, 9, digits, exponent);
  to.jump(exponent, end);
  const State e = to.state();
  to.bytes(exponent, 'e', 'e', e);
  to.bytes(exponent, 'E', 'E', e);
  to.jump(e, signed_exponent);
  to.bytes(e, '+', '+', signed_exponent);
  to.bytes(e, '-', '-', signed_exponent);
  to.jump(emit_digits(to, 1, 2, 9, signed_exponent), end);
}

}  // namespace

void emit_number(SchemaCompiler& compiler, const Json& schema, const Place* place, bool whole, State from, State end) {
  GrammarBuilder& to = compiler.to();
  NumberRange range;
  for (const std::string_view keyword : {"minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"})
    read_bound(compiler, schema, keyword, whole, place, range);
  if (compiler.failed()) return;
  if (!range.bounded()) return emit_free(to, whole, from, end);
  const auto none = [&] {
    return range.least > range.most || (range.least == range.most && (range.above_least || range.below_most)) ||
           (whole && range.least + range.above_least > range.most - range.below_most);
  };
  if (none()) return compiler.fail(place, "no number lies between its bounds");

  // From zero up: [max(least, 0), most]. Below zero, by size: [max(-most, 0), -least], with the ends' sides exchanged.
  const bool from_zero = range.least < 0;
  if (range.most >= 0) {
    emit_size(to, from_zero ? 0 : range.least, !from_zero && range.above_least, range.most, range.below_most, whole,
              from, end);
  }
  if (range.least < 0) {
    const bool to_zero = range.most > 0;
    const State sign = emit_bytes(to, "-", from);
    emit_size(to, to_zero ? 0 : -range.most, to_zero ? whole : range.below_most, -range.least, range.above_least, whole,
              sign, end);
  }
}

}  // namespace hearth::constraint
