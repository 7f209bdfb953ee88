// native/constraint/json.cc: see json.h.
#include "constraint/json.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <locale>
#include <sstream>

#include "constraint/code_points.h"

namespace hearth::constraint {
namespace {

void append_code_point(std::string& to, char32_t c) {
  const auto put = [&](char32_t byte) { to += static_cast<char>(byte); };
  if (c < 0x80) return put(c);
  if (c < 0x800) return put(0xC0 | (c >> 6)), put(0x80 | (c & 0x3F));
  if (c < 0x10000) return put(0xE0 | (c >> 12)), put(0x80 | ((c >> 6) & 0x3F)), put(0x80 | (c & 0x3F));
  put(0xF0 | (c >> 18)), put(0x80 | ((c >> 12) & 0x3F)), put(0x80 | ((c >> 6) & 0x3F)), put(0x80 | (c & 0x3F));
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<Json> parse() {
    if (text_.size() > kLongestJson) {
      fail("at most " + std::to_string(kLongestJson) + " bytes");
    } else if (!is_utf8(text_)) {
      fail("valid UTF-8");
    }
    Json out = value(0);
    blanks();
    if (!failed_ && at_ < text_.size()) fail("the end");
    if (failed_) return error_;
    return out;
  }

 private:
  void fail(const std::string& expected) {
    if (failed_) return;
    failed_ = true;
    error_.message = "The JSON text cannot be read: expected " + expected + " at byte " + std::to_string(at_) + ".";
  }
  char peek() const { return failed_ || at_ >= text_.size() ? '\0' : text_[at_]; }
  bool take(std::string_view word) {
    if (failed_ || !text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  void blanks() {
    while (peek() == ' ' || peek() == '\n' || peek() == '\r' || peek() == '\t') ++at_;
  }

  Json value(uint32_t depth) {
    Json out;
    if (depth > kDeepestJson) fail("at most " + std::to_string(kDeepestJson) + " levels of nesting");
    blanks();
    if (failed_ || take("null")) return out;
    if (take("true")) {
      out.kind = Json::Kind::kTrue;
    } else if (take("false")) {
      out.kind = Json::Kind::kFalse;
    } else if (peek() == '"') {
      out.kind = Json::Kind::kString;
      out.text = string();
    } else if (take("[")) {
      array(out, depth);
    } else if (take("{")) {
      object(out, depth);
    } else if (peek() == '-' || (peek() >= '0' && peek() <= '9')) {
      out.kind = Json::Kind::kNumber;
      number(out.text);
    } else {
      fail("a value");
    }
    return out;
  }

  void array(Json& out, uint32_t depth) {
    out.kind = Json::Kind::kArray;
    blanks();
    if (take("]")) return;
    do {
      out.items.push_back(value(depth + 1));
      blanks();
    } while (take(","));
    if (!take("]")) fail("`,` or `]`");
  }

  void object(Json& out, uint32_t depth) {
    out.kind = Json::Kind::kObject;
    blanks();
    if (take("}")) return;
    do {
      blanks();
      if (peek() != '"') return fail("a name in quotes");
      std::string name = string();
      blanks();
      if (!take(":")) return fail("`:`");
      out.members.push_back({std::move(name), value(depth + 1)});
      blanks();
    } while (take(","));
    if (!take("}")) return fail("`,` or `}`");
    std::vector<std::string_view> names;
    for (const auto& [name, member] : out.members) names.push_back(name);
    std::ranges::sort(names);
    const auto twice = std::ranges::adjacent_find(names);
    if (twice != names.end())
      fail("each name once, not " + quote_json(twice->substr(0, 64)) + " twice, in the object that ends");
  }

  void number(std::string& out) {
    const size_t begin = at_;
    const auto digits = [&] {
      const size_t first = at_;
      while (peek() >= '0' && peek() <= '9') ++at_;
      if (at_ == first) fail("a digit");
    };
    take("-");
    if (!take("0")) digits();
    if (take(".")) digits();
    if (take("e") || take("E")) {
      if (!take("+")) take("-");
      digits();
    }
    out = text_.substr(begin, at_ - begin);
  }

  uint32_t hex4() {
    uint32_t value = 0;
    const size_t left = text_.size() - at_;
    const auto [end, problem] =
        std::from_chars(text_.data() + at_, text_.data() + at_ + std::min<size_t>(4, left), value, 16);
    if (problem != std::errc() || end != text_.data() + at_ + 4) fail("four hexadecimal digits");
    at_ = std::min(at_ + 4, text_.size());
    return value;
  }

  std::string string() {
    std::string out;
    ++at_;
    while (!failed_) {
      if (at_ >= text_.size() || static_cast<unsigned char>(text_[at_]) < 0x20) return fail("a closing quote"), out;
      const char c = text_[at_++];
      if (c == '"') return out;
      if (c != '\\') {
        out += c;
        continue;
      }
      constexpr std::string_view kNames = "\"\\/bfnrt", kMeant = "\"\\/\b\f\n\r\t";
      const char e = peek();
      ++at_;
      if (const size_t i = kNames.find(e); e != '\0' && i != kNames.npos) {
        out += kMeant[i];
      } else if (e == 'u') {
        uint32_t code = hex4();
        if (code >= 0xD800 && code < 0xDC00 && take("\\u")) {
          const uint32_t low = hex4();
          code = low >= 0xDC00 && low < 0xE000 ? 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00) : 0xD800;
        }
        if (code >= 0xD800 && code < 0xE000) fail("both halves of a surrogate pair");
        append_code_point(out, code);
      } else {
        fail("an escape that JSON knows");
      }
    }
    return out;
  }

  std::string_view text_;
  size_t at_ = 0;
  bool failed_ = false;
  Error error_{ErrorCode::kInvalidArgument, ""};
};

void write(const Json& value, std::string& to) {
  switch (value.kind) {
    case Json::Kind::kNull:
      to += "null";
      return;
    case Json::Kind::kFalse:
      to += "false";
      return;
    case Json::Kind::kTrue:
      to += "true";
      return;
    case Json::Kind::kNumber:
      to += value.text;
      return;
    case Json::Kind::kString:
      to += quote_json(value.text);
      return;
    case Json::Kind::kArray:
      to += '[';
      for (const Json& item : value.items) {
        if (&item != &value.items.front()) to += ',';
        write(item, to);
      }
      to += ']';
      return;
    case Json::Kind::kObject:
      to += '{';
      for (const auto& member : value.members) {
        if (&member != &value.members.front()) to += ',';
        to += quote_json(member.name) + ':';
        write(member.value, to);
      }
      to += '}';
      return;
  }
}

}  // namespace

const Json* Json::find(std::string_view name) const {
  const auto found = std::ranges::find_if(members, [&](const auto& member) { return member.name == name; });
  return found == members.end() ? nullptr : &found->value;
}

double Json::number() const {
  // Not from_chars: Apple's library has it for integers only. The classic locale has a point on every machine.
  std::istringstream in{std::string(text)};
  in.imbue(std::locale::classic());
  double value = 0;
  in >> value;
  return in.fail() ? std::numeric_limits<double>::infinity() : value;
}

Result<Json> parse_json(std::string_view text) { return Parser(text).parse(); }

std::string write_json(const Json& value) {
  std::string out;
  write(value, out);
  return out;
}

std::string quote_json(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef", kShort = "\b\f\n\r\t", kNames = "bfnrt";
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (static_cast<unsigned char>(c) >= 0x20) {
      out += c;
    } else if (const size_t i = kShort.find(c); i != kShort.npos) {
      out += {'\\', kNames[i]};
    } else {
      out += "\\u00";
      out += {kHex[static_cast<size_t>(c) >> 4], kHex[static_cast<size_t>(c) & 15]};
    }
  }
  return out + '"';
}

}  // namespace hearth::constraint
