// native/tests/core/utf8_test.cc
#include "core/utf8.h"

#include <doctest/doctest.h>

#include <random>
#include <vector>

using hearth::append_utf8;
using hearth::decode_lenient;
using hearth::Utf8Stream;

namespace {

const std::string kBroken = "\xEF\xBF\xBD";

std::vector<char32_t> lenient(std::string_view text) {
  std::vector<char32_t> out;
  for (size_t at = 0; at < text.size();) out.push_back(decode_lenient(text, at));
  return out;
}

/// All of a text through a stream, in pieces of `size` bytes.
std::string streamed(std::string_view text, size_t size) {
  Utf8Stream stream;
  std::string out;
  for (size_t at = 0; at < text.size(); at += size) out += stream.push(text.substr(at, size));
  return out + stream.finish();
}

}  // namespace

TEST_CASE("every code point survives being written and read") {
  std::string text;
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    text.clear();
    append_utf8(text, c);
    size_t at = 0;
    REQUIRE(decode_lenient(text, at) == c);
    REQUIRE(at == text.size());
    if (c < 0xD800 || c > 0xDFFF) REQUIRE(streamed(text, 1) == text);
  }
}

TEST_CASE("the lenient reader skips one byte at a time and lets overlong forms and surrogates pass") {
  using Points = std::vector<char32_t>;
  CHECK(lenient("\x80z") == Points{0xFFFD, 'z'});
  CHECK(lenient("\xE6\x97") == Points{0xFFFD, 0xFFFD});
  CHECK(lenient("\xE6\x97z") == Points{0xFFFD, 0xFFFD, 'z'});
  CHECK(lenient("\xF8\x88\x80\x80\x80") == Points{0xFFFD, 0xFFFD, 0xFFFD, 0xFFFD, 0xFFFD});
  CHECK(lenient("\xC0\x80") == Points{0});
  CHECK(lenient("\xED\xA0\x80") == Points{0xD800});
  CHECK(lenient("\xF4\x90\x80\x80") == Points{0xFFFD, 0xFFFD, 0xFFFD, 0xFFFD});
}

TEST_CASE("a stream gives a character when it is whole and not before") {
  Utf8Stream stream;
  CHECK(stream.push("a\xF0\x9F") == "a");
  CHECK(stream.push("\x98") == "");
  CHECK(stream.push("\x80z") == "\xF0\x9F\x98\x80z");
  CHECK(stream.finish() == "");
}

TEST_CASE("a stream replaces each broken sequence once and goes on") {
  CHECK(streamed("\x80", 1) == kBroken);
  CHECK(streamed("\xC0\xAF", 1) == kBroken + kBroken);                // overlong: no such first byte
  CHECK(streamed("\xE0\x80\xAF", 1) == kBroken + kBroken + kBroken);  // overlong: no such second byte
  CHECK(streamed("\xED\xA0\x80", 1) == kBroken + kBroken + kBroken);  // surrogate
  CHECK(streamed("\xF4\x90\x80\x80", 1) == kBroken + kBroken + kBroken + kBroken);
  CHECK(streamed("\xF0\x9Fz", 1) == kBroken + "z");  // an unfinished one counts once
  CHECK(streamed("\xE6\x97\xE6\x97\xA5", 1) == kBroken + "\xE6\x97\xA5");
  CHECK(streamed("\xF0\x9F\x98", 1) == kBroken);  // held back to the end
  CHECK(streamed("\xFF\xFE", 1) == kBroken + kBroken);
}

TEST_CASE("a stream gives the same text however its bytes are cut, and only whole UTF-8") {
  std::mt19937 random(1);
  for (int i = 0; i < 2000; ++i) {
    std::string text;
    for (size_t n = random() % 20; n > 0; --n) {
      if (random() % 3 == 0) append_utf8(text, random() % 0x3000);
      if (random() % 2 == 0) text.push_back(static_cast<char>(random() % 256));
    }
    const std::string whole = streamed(text, text.size() + 1);
    for (const size_t size : {1, 2, 3, 5}) REQUIRE(streamed(text, size) == whole);
    REQUIRE(streamed(whole, 1) == whole);
  }
}
