// native/tests/support/json.h: a JSON reader for test vectors. Trusts its input: a mistake in a vector ends the test.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::test {

/// One value. Asking it for what it is not, or for a key that it lacks, throws.
class Json {
 public:
  enum class Kind { kNull, kBool, kNumber, kText, kArray, kObject };

  static Json parse(std::string_view text) {
    size_t at = 0;
    Json value = read(text, at);
    skip_blanks(text, at);
    if (at != text.size()) fail("more text after the value", at);
    return value;
  }

  Kind kind() const { return kind_; }
  double number() const { return expect(Kind::kNumber), number_; }
  bool flag() const { return expect(Kind::kBool), number_ != 0; }
  const std::string& text() const { return expect(Kind::kText), text_; }
  const std::vector<Json>& array() const { return expect(Kind::kArray), array_; }
  const std::map<std::string, Json>& object() const { return expect(Kind::kObject), object_; }
  const Json& operator[](const std::string& key) const { return object().at(key); }
  bool has(const std::string& key) const { return kind_ == Kind::kObject && object_.contains(key); }

  std::vector<int32_t> ids() const {
    std::vector<int32_t> ids;
    for (const Json& value : array()) ids.push_back(static_cast<int32_t>(value.number()));
    return ids;
  }

 private:
  [[noreturn]] static void fail(const std::string& what, size_t at) {
    throw std::runtime_error("JSON: " + what + " at byte " + std::to_string(at));
  }
  void expect(Kind kind) const {
    if (kind_ != kind) throw std::runtime_error("JSON: a value has another kind than the test expects");
  }
  static void skip_blanks(std::string_view text, size_t& at) {
    while (at < text.size() && (text[at] == ' ' || text[at] == '\n' || text[at] == '\r' || text[at] == '\t')) ++at;
  }
  static char peek(std::string_view text, size_t& at) {
    skip_blanks(text, at);
    if (at >= text.size()) fail("the text ends early", at);
    return text[at];
  }
  static void take(std::string_view text, size_t& at, std::string_view word) {
    if (text.substr(at, word.size()) != word) fail("expected " + std::string(word), at);
    at += word.size();
  }

  static Json read(std::string_view text, size_t& at) {
    Json value;
    switch (peek(text, at)) {
      case '{':
        value.kind_ = Kind::kObject;
        read_list(text, at, '}', [&] {
          if (peek(text, at) != '"') fail("expected a key", at);
          std::string key = read_text(text, at);
          if (peek(text, at) != ':') fail("expected ':'", at);
          ++at;
          value.object_.emplace(std::move(key), read(text, at));
        });
        return value;
      case '[':
        value.kind_ = Kind::kArray;
        read_list(text, at, ']', [&] { value.array_.push_back(read(text, at)); });
        return value;
      case '"':
        value.kind_ = Kind::kText;
        value.text_ = read_text(text, at);
        return value;
      case 't':
        take(text, at, "true");
        value.kind_ = Kind::kBool;
        value.number_ = 1;
        return value;
      case 'f':
        take(text, at, "false");
        value.kind_ = Kind::kBool;
        return value;
      case 'n':
        take(text, at, "null");
        return value;
      default:
        return read_number(text, at);
    }
  }

  template <typename Item>
  static void read_list(std::string_view text, size_t& at, char end, const Item& item) {
    ++at;
    if (peek(text, at) == end) {
      ++at;
      return;
    }
    while (true) {
      item();
      const char next = peek(text, at);
      ++at;
      if (next == end) return;
      if (next != ',') fail("expected ',' or the end of a list", at - 1);
    }
  }

  static Json read_number(std::string_view text, size_t& at) {
    const size_t end = text.find_first_not_of("+-.0123456789eE", at);
    const std::string digits(text.substr(at, end == std::string_view::npos ? end : end - at));
    if (digits.empty()) fail("expected a value", at);
    Json value;
    value.kind_ = Kind::kNumber;
    value.number_ = std::stod(digits);
    at += digits.size();
    return value;
  }

  static std::string read_text(std::string_view text, size_t& at) {
    std::string out;
    for (++at; at < text.size() && text[at] != '"'; ++at) {
      if (text[at] != '\\') {
        out += text[at];
        continue;
      }
      switch (++at < text.size() ? text[at] : '\0') {
        case 'n':
          out += '\n';
          break;
        case 't':
          out += '\t';
          break;
        case 'r':
          out += '\r';
          break;
        case 'b':
          out += '\b';
          break;
        case 'f':
          out += '\f';
          break;
        case 'u':
          append_utf8(out, read_code_point(text, at));
          break;
        default:
          out += text[at];
      }
    }
    if (at >= text.size()) fail("a text does not end", at);
    ++at;
    return out;
  }

  /// `at` is on the u of \uXXXX and ends on its last digit; a surrogate pair is read as one.
  static uint32_t read_code_point(std::string_view text, size_t& at) {
    const auto four = [&] {
      const auto unit = static_cast<uint32_t>(std::stoul(std::string(text.substr(at + 1, 4)), nullptr, 16));
      at += 4;
      return unit;
    };
    const uint32_t high = four();
    if (high < 0xD800 || high > 0xDBFF || text.substr(at + 1, 2) != "\\u") return high;
    at += 2;
    return 0x10000 + ((high - 0xD800) << 10) + (four() - 0xDC00);
  }
  static void append_utf8(std::string& out, uint32_t point) {
    const auto put = [&](uint32_t byte) { out += static_cast<char>(byte); };
    if (point < 0x80) return put(point);
    if (point < 0x800) {
      put(0xC0 | point >> 6);
    } else if (point < 0x10000) {
      put(0xE0 | point >> 12);
      put(0x80 | (point >> 6 & 63));
    } else {
      put(0xF0 | point >> 18);
      put(0x80 | (point >> 12 & 63));
      put(0x80 | (point >> 6 & 63));
    }
    put(0x80 | (point & 63));
  }

  Kind kind_ = Kind::kNull;
  double number_ = 0;
  std::string text_;
  std::vector<Json> array_;
  std::map<std::string, Json> object_;
};

}  // namespace hearth::test
