// native/constraint/regex_parser.cc: a pattern's text to its tree: recursive descent, one function per production.
#include <algorithm>
#include <string>
#include <utility>

#include "constraint/regex_tree.h"

namespace hearth::constraint {
namespace {

using Kind = RegexNode::Kind;

const CodePointSet& digits() {
  static const CodePointSet set{{'0', '9'}};
  return set;
}
const CodePointSet& word() {
  static const CodePointSet set{{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
  return set;
}
const CodePointSet& space() {  // WhiteSpace and LineTerminator of ECMA-262
  static const CodePointSet set{{0x09, 0x0D},     {0x20, 0x20},     {0xA0, 0xA0},     {0x1680, 0x1680},
                                {0x2000, 0x200A}, {0x2028, 0x2029}, {0x202F, 0x202F}, {0x205F, 0x205F},
                                {0x3000, 0x3000}, {0xFEFF, 0xFEFF}};
  return set;
}
const CodePointSet& dot() {
  static const CodePointSet set = CodePointSet{{'\n', '\n'}, {'\r', '\r'}, {0x2028, 0x2029}}.inverted();
  return set;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<std::vector<RegexBranch>> parse() {
    std::vector<RegexBranch> branches;
    do {
      RegexBranch branch;
      branch.at_start = take('^');
      branch.node = sequence(0);
      branch.at_end = take('$');
      if (failed_) return error_;
      branches.push_back(std::move(branch));
    } while (take('|'));
    if (!done())
      fail(peek() == ')' ? "a `)` without its `(`" : "`^` or `$` inside the pattern, where it is not supported");
    if (failed_) return error_;
    return branches;
  }

 private:
  bool done() const { return failed_ || at_ == text_.size(); }
  char peek() const { return done() ? '\0' : text_[at_]; }
  bool take(char c) {
    if (done() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool take(std::string_view word) {
    if (done() || !text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  void fail(const std::string& found) {
    if (failed_) return;
    failed_ = true;
    error_.message = "The pattern cannot be used: found " + found + " at byte " + std::to_string(at_) + ".";
  }

  RegexNode either(uint32_t depth) {
    RegexNode out{.kind = Kind::kEither, .set = {}, .children = {}};
    do {
      out.children.push_back(sequence(depth));
    } while (take('|'));
    return out.children.size() == 1 ? std::move(out.children.front()) : out;
  }

  RegexNode sequence(uint32_t depth) {
    RegexNode out;
    while (!done() && peek() != '|' && peek() != ')' && !(peek() == '$' && ends_branch())) {
      RegexNode item = atom(depth);
      if (failed_) break;
      out.children.push_back(quantified(std::move(item)));
    }
    return out;
  }
  bool ends_branch() const { return at_ + 1 == text_.size() || text_[at_ + 1] == '|'; }

  RegexNode atom(uint32_t depth) {
    if (take('(')) return group(depth);
    if (take('.')) return of(dot());
    if (take('[')) return of(character_class());
    if (take('\\')) return of(escape(/*in_class=*/false));
    switch (peek()) {
      case '*':
      case '+':
      case '?':
      case '{':
        fail("a repeat with nothing before it");
        return {};
      case '}':
      case ']':
        fail(std::string("a `") + peek() + "` without its opening; write it with a backslash");
        return {};
      case '^':
      case '$':
        fail("`^` or `$` inside the pattern, where it is not supported");
        return {};
      default:
        return of(one(character()));
    }
  }

  RegexNode group(uint32_t depth) {
    if (depth >= kDeepestPattern) {
      fail("more than " + std::to_string(kDeepestPattern) + " groups within one another");
      return {};
    }
    if (take("?")) {
      if (take("<")) {
        if (peek() == '=' || peek() == '!') fail("look-behind, which is not supported");
        while (!done() && !take('>')) ++at_;
      } else if (!take(":")) {
        fail("look-ahead or flags, which are not supported");
      }
    }
    RegexNode out = either(depth + 1);
    if (!take(')')) fail("a `(` without its `)`, or `$` inside a group");
    return out;
  }

  RegexNode quantified(RegexNode item) {
    uint32_t least = 0, most = RegexNode::kEndless;
    if (take('*')) {
    } else if (take('+')) {
      least = 1;
    } else if (take('?')) {
      most = 1;
    } else if (take('{')) {
      least = count();
      most = take(',') ? (peek() == '}' ? RegexNode::kEndless : count()) : least;
      if (!take('}')) fail("a repeat that is not {n}, {n,} or {n,m}");
      if (most < least) fail("a repeat whose end is below its start");
    } else {
      return item;
    }
    take('?');  // lazy: which match is found first, not which texts match
    if (peek() == '*' || peek() == '+' || peek() == '?' || peek() == '{') fail("a repeat of a repeat; use a group");
    RegexNode out{.kind = Kind::kRepeat, .set = {}, .children = {}, .least = least, .most = most};
    out.children.push_back(std::move(item));
    return out;
  }

  uint32_t count() {
    const size_t begin = at_;
    uint32_t value = 0;
    while (peek() >= '0' && peek() <= '9' && value <= kMostRepeats)
      value = value * 10 + static_cast<uint32_t>(text_[at_++] - '0');
    if (at_ == begin) fail("a repeat that is not {n}, {n,} or {n,m}");
    if (value > kMostRepeats) fail("a repeat of more than " + std::to_string(kMostRepeats));
    return value;
  }

  CodePointSet character_class() {
    const bool inverted = take('^');
    std::vector<CodePoints> ranges;
    while (!done() && peek() != ']') {
      const CodePointSet first = class_item();
      if (peek() == '-' && at_ + 1 < text_.size() && text_[at_ + 1] != ']') {
        ++at_;
        const CodePointSet last = class_item();
        if (failed_) return {};
        if (!single(first) || !single(last) || last.ranges()[0].low < first.ranges()[0].low) {
          fail("a class range that does not go from one character up to another");
          return {};
        }
        ranges.push_back({first.ranges()[0].low, last.ranges()[0].low});
      } else {
        ranges.insert(ranges.end(), first.ranges().begin(), first.ranges().end());
      }
    }
    if (!take(']')) fail("a `[` without its `]`");
    CodePointSet set;
    set.add_all(ranges);
    return inverted ? set.inverted() : set;
  }
  CodePointSet class_item() { return take('\\') ? escape(/*in_class=*/true) : one(character()); }

  CodePointSet escape(bool in_class) {
    const char c = peek();
    if (done()) {
      fail("a backslash at the end");
      return {};
    }
    ++at_;
    switch (c) {
      case 'd':
        return digits();
      case 'D':
        return digits().inverted();
      case 'w':
        return word();
      case 'W':
        return word().inverted();
      case 's':
        return space();
      case 'S':
        return space().inverted();
      case 'n':
        return one('\n');
      case 'r':
        return one('\r');
      case 't':
        return one('\t');
      case 'f':
        return one('\f');
      case 'v':
        return one('\v');
      case 'b':
        if (in_class) return one('\b');
        fail("the word border \\b, which is not supported");
        return {};
      case '0':
        if (peek() >= '0' && peek() <= '9') fail("an octal escape; use \\xHH");
        return one(0);
      case 'x':
        return one(hex(2));
      case 'u':
        return one(unicode());
      default:
        if (static_cast<unsigned char>(c) < 0x80 &&
            std::string_view("^$\\.*+?()[]{}|/-#&~,:;<>=!@%`'\" _").find(c) != std::string_view::npos)
          return one(static_cast<char32_t>(c));
        --at_;
        fail(std::string("the escape \\") + (c >= ' ' && c < 0x7F ? std::string(1, c) : "…") +
             ", which is not supported");
        return {};
    }
  }

  char32_t unicode() {
    if (take('{')) {
      char32_t value = 0;
      const size_t begin = at_;
      while (!done() && peek() != '}' && value <= 0x10FFFF) value = value * 16 + hex(1);
      if (at_ == begin || !take('}') || value > 0x10FFFF) fail("a \\u{…} that is no code point");
      return value;
    }
    const char32_t high = hex(4);
    if (high >= 0xD800 && high <= 0xDBFF && take("\\u")) {
      const char32_t low = hex(4);
      if (low < 0xDC00 || low > 0xDFFF) fail("half of a surrogate pair");
      return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
    }
    if (high >= 0xD800 && high <= 0xDFFF) fail("half of a surrogate pair");
    return high;
  }

  char32_t hex(int count) {
    char32_t value = 0;
    for (int i = 0; i < count; ++i) {
      const char c = peek();
      const int digit = c >= '0' && c <= '9'   ? c - '0'
                        : c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                               : -1;
      if (digit < 0) {
        fail("an escape with too few hexadecimal digits");
        return 0;
      }
      ++at_;
      value = value * 16 + static_cast<char32_t>(digit);
    }
    return value;
  }

  char32_t character() {
    if (done()) {
      fail("the end, where a character was expected");
      return 0;
    }
    const int32_t c = read_code_point(text_, at_);
    if (c < 0) fail("bytes that are not UTF-8");
    return c < 0 ? 0 : static_cast<char32_t>(c);
  }

  static CodePointSet one(char32_t c) { return CodePointSet{{c, c}}; }
  static bool single(const CodePointSet& set) {
    return set.ranges().size() == 1 && set.ranges()[0].low == set.ranges()[0].high;
  }
  static RegexNode of(CodePointSet set) { return {.kind = Kind::kSet, .set = std::move(set), .children = {}}; }

  std::string_view text_;
  size_t at_ = 0;
  bool failed_ = false;
  Error error_{ErrorCode::kInvalidArgument, ""};
};

}  // namespace

Result<std::vector<RegexBranch>> parse_regex(std::string_view pattern) {
  if (pattern.size() > kLongestPattern) {
    return Error{ErrorCode::kInvalidArgument, "The pattern is too long: expected at most " +
                                                  std::to_string(kLongestPattern) + " bytes, found " +
                                                  std::to_string(pattern.size()) + "."};
  }
  return Parser(pattern).parse();
}

}  // namespace hearth::constraint
