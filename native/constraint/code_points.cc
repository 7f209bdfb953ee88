// native/constraint/code_points.cc: see code_points.h.
#include "constraint/code_points.h"

#include <algorithm>
#include <array>

namespace hearth::constraint {
namespace {

constexpr char32_t kLast = 0x10FFFF;
constexpr CodePoints kSurrogates{0xD800, 0xDFFF};

std::vector<CodePoints> normal(std::vector<CodePoints> ranges) {
  std::vector<CodePoints> apart;
  for (const CodePoints& r : ranges) {  // surrogates leave a gap
    if (r.low < kSurrogates.low) apart.push_back({r.low, std::min<char32_t>(r.high, kSurrogates.low - 1)});
    if (r.high > kSurrogates.high)
      apart.push_back({std::max<char32_t>(r.low, kSurrogates.high + 1), std::min<char32_t>(r.high, kLast)});
  }
  std::erase_if(apart, [](const CodePoints& r) { return r.low > r.high; });
  std::ranges::sort(apart, {}, &CodePoints::low);
  std::vector<CodePoints> out;
  for (const CodePoints& r : apart) {
    if (!out.empty() && r.low <= out.back().high + 1) {
      out.back().high = std::max<char32_t>(out.back().high, r.high);
    } else {
      out.push_back(r);
    }
  }
  return out;
}

std::array<uint8_t, 4> encode(char32_t c, size_t& length) {
  const auto tail = [c](int shift) { return static_cast<uint8_t>(0x80 | ((c >> shift) & 0x3F)); };
  if (c < 0x80) return length = 1, std::array<uint8_t, 4>{static_cast<uint8_t>(c)};
  if (c < 0x800) return length = 2, std::array<uint8_t, 4>{static_cast<uint8_t>(0xC0 | (c >> 6)), tail(0)};
  if (c < 0x10000) return length = 3, std::array<uint8_t, 4>{static_cast<uint8_t>(0xE0 | (c >> 12)), tail(6), tail(0)};
  return length = 4, std::array<uint8_t, 4>{static_cast<uint8_t>(0xF0 | (c >> 18)), tail(12), tail(6), tail(0)};
}

/// A range of code points of one length as sequences of byte ranges: split until all but the lead bytes that differ
/// are followed by whole ranges of continuation bytes. (Thompson's construction for UTF-8; Russ Cox, "Regular
/// Expression Matching in the Wild", 2010.)
void emit_range(GrammarBuilder& to, CodePoints range, State from, State end) {
  for (const char32_t border : {0x7FU, 0x7FFU, 0xFFFFU}) {
    if (range.low <= border && border < range.high) {
      emit_range(to, {range.low, border}, from, end);
      emit_range(to, {border + 1, range.high}, from, end);
      return;
    }
  }
  for (int bits = 6; bits <= 18; bits += 6) {
    const char32_t mask = (char32_t{1} << bits) - 1;
    if ((range.low & ~mask) == (range.high & ~mask)) break;
    if ((range.low & mask) != 0) {
      emit_range(to, {range.low, range.low | mask}, from, end);
      emit_range(to, {(range.low | mask) + 1, range.high}, from, end);
      return;
    }
    if ((range.high & mask) != mask) {
      emit_range(to, {range.low, (range.high & ~mask) - 1}, from, end);
      emit_range(to, {range.high & ~mask, range.high}, from, end);
      return;
    }
  }
  size_t length = 0;
  const auto low = encode(range.low, length), high = encode(range.high, length);
  for (size_t i = 0; i < length; ++i) {
    const State next = i + 1 == length ? end : to.state();
    to.bytes(from, low[i], high[i], next);
    from = next;
  }
}

void emit_hex(GrammarBuilder& to, State from, char low, char high, State end) {
  const auto piece = [&](char a, char b) {
    const char l = std::max(low, a), h = std::min(high, b);
    if (l <= h) to.bytes(from, static_cast<uint8_t>(l), static_cast<uint8_t>(h), end);
  };
  piece('0', '9');
  piece('A', 'F');
  piece('a', 'f');
}

std::string_view short_escape(char32_t c) {
  switch (c) {
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    case '\b':
      return "\\b";
    case '\f':
      return "\\f";
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      return {};
  }
}

void emit_escaped(GrammarBuilder& to, char32_t c, State from, State end) {
  std::string text(short_escape(c));
  if (text.empty()) {
    constexpr std::string_view kHex = "0123456789abcdef";
    text = "\\u00";
    text += kHex[c >> 4];
    text += kHex[c & 15];
  }
  to.jump(emit_bytes(to, text, from), end);
}

}  // namespace

CodePointSet::CodePointSet(std::initializer_list<CodePoints> ranges) { add_all(ranges); }

void CodePointSet::add_all(const std::vector<CodePoints>& ranges) {
  ranges_.insert(ranges_.end(), ranges.begin(), ranges.end());
  ranges_ = normal(std::move(ranges_));
}

CodePointSet CodePointSet::inverted() const {
  std::vector<CodePoints> rest;
  char32_t next = 0;
  for (const CodePoints& r : ranges_) {
    if (r.low > next) rest.push_back({next, r.low - 1});
    next = r.high + 1;
  }
  if (next <= kLast) rest.push_back({next, kLast});
  CodePointSet out;
  out.ranges_ = normal(std::move(rest));
  return out;
}

CodePointSet CodePointSet::without(const CodePointSet& other) const {
  CodePointSet rest = inverted();
  rest.add_all(other.ranges_);
  return rest.inverted();
}

const CodePointSet& json_plain_characters() {
  static const CodePointSet set = CodePointSet{{0x20, kLast}}.without({{'"', '"'}, {'\\', '\\'}});
  return set;
}

State emit_set(GrammarBuilder& to, const CodePointSet& set, Spelling spelling, State from) {
  const State end = to.state();
  if (spelling == Spelling::kPlain) {
    for (const CodePoints& range : set.ranges()) emit_range(to, range, from, end);
    return end;
  }
  const CodePointSet escaped = set.without(json_plain_characters()), plain = set.without(escaped);
  for (const CodePoints& range : plain.ranges()) emit_range(to, range, from, end);
  for (const CodePoints& range : escaped.ranges()) {
    for (char32_t c = range.low; c <= range.high; ++c) emit_escaped(to, c, from, end);
  }
  return end;
}

State emit_json_character(GrammarBuilder& to, State from) {
  const State end = emit_set(to, json_plain_characters(), Spelling::kPlain, from);
  const State escape = to.state(), u = to.state(), low = to.state(), d = to.state(), second = to.state(),
              third = to.state();
  to.bytes(from, '\\', '\\', escape);
  for (const char c : std::string_view("\"\\/bfnrt"))
    to.bytes(escape, static_cast<uint8_t>(c), static_cast<uint8_t>(c), end);
  to.bytes(escape, 'u', 'u', u);
  emit_hex(to, u, '0', '9', low);
  for (const char c : std::string_view("ABCEFabcef"))
    to.bytes(u, static_cast<uint8_t>(c), static_cast<uint8_t>(c), low);
  to.bytes(u, 'D', 'D', d);
  to.bytes(u, 'd', 'd', d);
  emit_hex(to, low, '0', 'f', second);
  emit_hex(to, d, '0', '7', second);  // D800 and above: one half of a pair
  emit_hex(to, second, '0', 'f', third);
  emit_hex(to, third, '0', 'f', end);
  return end;
}

State emit_bytes(GrammarBuilder& to, std::string_view text, State from) {
  for (const char c : text) {
    if (to.full()) return from;
    const State next = to.state();
    to.bytes(from, static_cast<uint8_t>(c), static_cast<uint8_t>(c), next);
    from = next;
  }
  return from;
}

State emit_choice(GrammarBuilder& to, std::vector<std::string_view> texts, State from) {
  std::ranges::sort(texts);
  const State end = to.state();
  std::vector<State> path{from};  // path[n]: the state behind n bytes of the last text
  std::string_view last;
  for (const std::string_view text : texts) {
    if (to.full()) break;
    const auto common = static_cast<size_t>(std::ranges::mismatch(last, text).in1 - last.begin());
    path.resize(common + 1);
    for (const char c : text.substr(common)) {
      if (to.full()) break;
      const State next = to.state();
      to.bytes(path.back(), static_cast<uint8_t>(c), static_cast<uint8_t>(c), next);
      path.push_back(next);
    }
    to.jump(path.back(), end);
    last = text;
    if (to.full()) break;
  }
  return end;
}

int32_t read_code_point(std::string_view text, size_t& at) {
  if (at >= text.size()) return -1;
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(at);
  if (lead < 0x80) return ++at, lead;
  const size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() - at < length) return -1;
  int32_t c = lead & (0xFF >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return -1;
    c = (c << 6) | (byte(at + i) & 0x3F);
  }
  constexpr std::array<int32_t, 5> kLeast{0, 0, 0x80, 0x800, 0x10000};
  if (c < kLeast[length] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) return -1;
  at += length;
  return c;
}

bool is_utf8(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    if (read_code_point(text, at) < 0) return false;
  }
  return true;
}

}  // namespace hearth::constraint
