// native/tests/constraint/regex_test.cc: held to std::regex, which reads the same syntax with other code.
#include <algorithm>
#include <regex>

#include "validator.h"
#include "writer.h"

using namespace hearth;
using namespace hearth::test;

namespace {

const std::vector<std::string> kPatterns{"abc",
                                         "a*b+c?",
                                         "(foo|bar|)baz",
                                         "[a-f0-9]{2,4}",
                                         "[^a-z\\s]+",
                                         "\\d{3}-\\d{4}",
                                         "(a(b(c)?)?)+",
                                         "\\w+@\\w+\\.(com|org)",
                                         "x{0}y{2,}",
                                         "[\\d\\-.]*",
                                         "^(ab|cd)$",
                                         "a|b|cd|",
                                         "(?:ab){1,3}?",
                                         "\\x41\\u0042[\\x43-\\x45]",
                                         ".{3}",
                                         "[\\w.]+[^\\w]",
                                         "(a|ab)(c|bcd)",
                                         "\\$\\d+\\.\\d\\d",
                                         "(0|[1-9]\\d*)(\\.\\d+)?"};

}  // namespace

TEST_CASE("what a random model writes under a pattern matches it") {
  for (const std::string& pattern : kPatterns) {
    const std::wregex judge(wide(pattern));
    const auto constraint = compiled(constraint::Regex{pattern});
    size_t whole = 0;
    for (uint64_t seed = 0; seed < 60; ++seed) {
      const auto text = Writer(seed).write(*constraint, *gemma4_trie(), 300);
      if (!text) continue;
      ++whole;
      INFO(pattern << " wrote " << *text);
      CHECK(std::regex_match(wide(*text), judge));
    }
    INFO(pattern);
    CHECK(whole > 10);
  }
}

TEST_CASE("a pattern takes exactly the short texts that std::regex takes") {
  std::vector<std::string> texts{""};
  for (size_t begin = 0, length = 0; length < 4; ++length) {
    for (const size_t end = texts.size(); begin < end; ++begin) {
      for (const char c : std::string("abc1-.A")) texts.push_back(texts[begin] + c);
    }
  }
  for (const std::string& pattern : kPatterns) {
    const std::regex judge(pattern);
    const auto constraint = compiled(constraint::Regex{pattern});
    size_t differing = 0;
    for (const std::string& text : texts) differing += accepts(*constraint, text) != std::regex_match(text, judge);
    INFO(pattern);
    CHECK(differing == 0);
  }
}

TEST_CASE("characters are code points, not bytes") {
  const auto takes = [](const char* pattern, const char* text) {
    return accepts(*compiled(constraint::Regex{pattern}), text);
  };
  CHECK(takes(".", "é"));
  CHECK(takes("[^a]", "日"));
  CHECK(takes("[α-ω]+", "λόγος") == false);  // ό lies outside the range
  CHECK(takes("[α-ω]+", "λογος"));
  CHECK(takes("\\u{1F600}", "😀"));
  CHECK(takes("\\uD83D\\uDE00", "😀"));
  CHECK(takes("[😀-😂]", "😁"));
  CHECK_FALSE(takes(".", "\xC3"));
  CHECK_FALSE(takes("..", "é"));
  CHECK_FALSE(takes(".", "\n"));
}

TEST_CASE("patterns that are not regular, or too large, are refused with the byte") {
  for (const char* pattern :
       {"(?=a)b", "(a)\\1", "\\bword", "a**", "(", ")", "[", "a{3,2}", "{2}", "\\", "\\p{L}", "a^b", "(?<=a)b",
        "a{10001}", "[z-a]", "\\xZZ", "\\u{110000}", "((a{10000}){10000})", "\xFF"}) {
    INFO(pattern);
    CHECK(refusal(constraint::Regex{pattern}) != "");
  }
  CHECK(refusal(constraint::Regex{"ab(?!c)"}).find("byte 4") != std::string::npos);
  CHECK(refusal(constraint::Regex{std::string(20'000, 'a')}) != "");
  CHECK(refusal(constraint::Regex{std::string(1'000, '(') + std::string(1'000, ')')}) != "");
}

TEST_CASE("a choice is one of the choices") {
  const std::vector<std::string> choices{"yes", "no", "no way", "naïve", "日本"};
  const auto constraint = compiled(constraint::Choice{choices});
  std::vector<size_t> seen(choices.size());
  for (uint64_t seed = 0; seed < 200; ++seed) {
    const auto text = Writer(seed).write(*constraint, *gemma4_trie(), 50);
    REQUIRE(text);
    const auto found = std::ranges::find(choices, *text);
    REQUIRE(found != choices.end());
    ++seen[static_cast<size_t>(found - choices.begin())];
  }
  for (const size_t count : seen) CHECK(count > 0);
  CHECK(refusal(constraint::Choice{}) != "");
  CHECK(refusal(constraint::Choice{{"\xFF"}}) != "");
}
