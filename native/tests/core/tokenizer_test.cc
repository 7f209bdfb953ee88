// native/tests/core/tokenizer_test.cc: what holds for any text and any vocabulary.
//
// The fast encoder (cuts, heap) is judged by `naive`, which joins texts pair by pair and knows neither.
#include "core/tokenizer.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>

#include "support/gguf_builder.h"
#include "support/tokenizers.h"

using namespace hearth;
using namespace hearth::test;

namespace {

using Ids = std::vector<TokenId>;

/// A vocabulary made for one test: bytes, markers, and what the test adds.
struct Made {
  std::vector<std::string> tokens;
  std::vector<int32_t> types;
  std::vector<std::string> merges;
  std::string model = "gemma4", pre;

  Made() {
    add("<pad>", 3).add("<eos>", 3).add("<bos>", 3).add("<unk>", 2);
    for (int byte = 0; byte < 256; ++byte) {
      char text[8];
      std::snprintf(text, sizeof text, "<0x%02X>", static_cast<unsigned>(byte));
      add(text, 6);
    }
  }
  Made& add(std::string text, int32_t type = 1) {
    tokens.push_back(std::move(text));
    types.push_back(type);
    return *this;
  }
  Made& merge(const std::string& left, const std::string& right) {
    for (const std::string& text : {left, right, left + right}) {
      if (std::ranges::find(tokens, text) == tokens.end()) add(text);
    }
    merges.push_back(left + " " + right);
    return *this;
  }
  TokenId id(std::string_view text) const {
    return static_cast<TokenId>(std::ranges::find(tokens, text) - tokens.begin());
  }
  GgufBuilder gguf() const {
    GgufBuilder b;
    b.text("tokenizer.ggml.model", model);
    if (!pre.empty()) b.text("tokenizer.ggml.pre", pre);
    b.texts("tokenizer.ggml.tokens", tokens).numbers("tokenizer.ggml.token_type", GgufType::kI32, types);
    if (!merges.empty()) b.texts("tokenizer.ggml.merges", merges);
    return b;
  }
};

/// Keeps the bytes alive beside the tokenizer that reads them.
struct Loaded {
  std::string bytes;
  std::unique_ptr<const Tokenizer> tokenizer;
  const Tokenizer* operator->() const { return tokenizer.get(); }
};

Result<std::unique_ptr<const Tokenizer>> load(const std::string& bytes) {
  return Tokenizer::from_gguf(gguf::File::parse(bytes_of(bytes), "x.gguf").value());
}

Loaded make(const Made& made) {
  Loaded out{made.gguf().build(), nullptr};
  auto loaded = load(out.bytes);
  REQUIRE(loaded.ok());
  out.tokenizer = std::move(loaded).value();
  return out;
}

std::string refusal(const GgufBuilder& b) {
  const std::string bytes = b.build();
  const auto loaded = load(bytes);
  REQUIRE(!loaded.ok());
  CHECK(loaded.error().code == ErrorCode::kModelInvalid);
  return loaded.error().message;
}

/// BPE by its definition, on texts. For valid UTF-8 without line feeds, guards and markers.
Ids naive(const Made& made, const std::string& text) {
  std::map<std::string, size_t> ranks;
  for (size_t i = 0; i < made.merges.size(); ++i) ranks.emplace(made.merges[i], i);
  std::vector<std::string> symbols;
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    const char32_t c = decode_lenient(text, at);
    symbols.push_back(c == ' ' ? "\xE2\x96\x81" : text.substr(begin, at - begin));
  }
  for (;;) {
    size_t best = SIZE_MAX, place = 0;
    for (size_t i = 0; i + 1 < symbols.size(); ++i) {
      const auto rank = ranks.find(symbols[i] + " " + symbols[i + 1]);
      if (rank != ranks.end() && rank->second < best) best = rank->second, place = i;
    }
    if (best == SIZE_MAX) break;
    symbols[place] += symbols[place + 1];
    symbols.erase(symbols.begin() + static_cast<std::ptrdiff_t>(place) + 1);
  }
  Ids ids;
  for (const std::string& symbol : symbols) {
    if (made.id(symbol) < static_cast<TokenId>(made.tokens.size())) {
      ids.push_back(made.id(symbol));
    } else {
      for (const char byte : symbol) ids.push_back(4 + static_cast<uint8_t>(byte));
    }
  }
  return ids;
}

std::string random_text(std::mt19937& random, size_t code_points) {
  static const std::vector<std::string> kFrequent = {
      " ",  "  ", "\n", "\n\n", "\t",   "e",  "the ", "a",           "1", "<",
      "<|", "|>", ">",  "é",    "日本", "😀", "\r\n", "👩‍💻", "ß", std::string(1, 0)};
  std::string text;
  for (size_t i = 0; i < code_points; ++i) {
    if (random() % 2 == 0) {
      text += kFrequent[random() % kFrequent.size()];
      continue;
    }
    char32_t c;
    do {
      c = random() % (random() % 2 == 0 ? 0x3000 : 0x110000);
    } while ((c >= 0xD800 && c < 0xE000) || c == 0x2581);
    append_utf8(text, c);
  }
  return text;
}

/// Markers, halves of markers, and text between them.
std::string marker_soup(std::mt19937& random, const Tokenizer& tokenizer) {
  const auto markers = tokenizer.markers();
  std::string soup;
  for (size_t i = 0; i < 30; ++i) {
    const std::string_view marker = markers[random() % markers.size()];
    switch (random() % 4) {
      case 0:
        soup += marker;
        break;
      case 1:
        soup += marker.substr(0, random() % marker.size());
        break;
      case 2:
        soup += marker.substr(random() % marker.size());
        break;
      default:
        soup += "<|\n x"[random() % 5];
    }
  }
  return soup;
}

bool any_marker(const Tokenizer& tokenizer, const Ids& ids) {
  const auto markers = tokenizer.markers();
  return std::ranges::any_of(ids, [&](TokenId id) {
    return tokenizer.piece(id, true).size() > 2 &&
           std::ranges::find(markers, tokenizer.piece(id, true)) != markers.end();
  });
}

}  // namespace

TEST_CASE("text survives encode and decode whatever valid UTF-8 it is") {
  std::mt19937 random(3);
  for (const Tokenizer* tokenizer : {&gemma4(), &small512()}) {
    for (int i = 0; i < 400; ++i) {
      const std::string text = random_text(random, 1 + random() % 80);
      const Ids ids = tokenizer->encode(text, {});
      REQUIRE(tokenizer->decode(ids, false) == text);
      REQUIRE(tokenizer->decode(tokenizer->encode(text, {.bos = true}), false) == text);
    }
  }
}

TEST_CASE("plain text never becomes a marker, and still reads the same") {
  std::mt19937 random(4);
  for (const Tokenizer* tokenizer : {&gemma4(), &small512()}) {
    CHECK(tokenizer->markers().size() > 5);
    for (int i = 0; i < 400; ++i) {
      const std::string soup = marker_soup(random, *tokenizer);
      const Ids ids = tokenizer->encode(soup, {});
      REQUIRE(!any_marker(*tokenizer, ids));
      REQUIRE(tokenizer->decode(ids, false) == soup);
    }
    for (const std::string_view marker : tokenizer->markers()) {
      CHECK(tokenizer->encode(marker, {.markers = Markers::kAll}).size() == 1);
      CHECK(tokenizer->encode(marker, {}).size() > 1);
    }
  }
}

TEST_CASE("a guard breaks every marker it stands in, leaves no trace, and leaves the markers around it alone") {
  std::mt19937 random(5);
  constexpr char32_t kGuard = 0xE000;
  std::string guard;
  append_utf8(guard, kGuard);
  const Tokenizer& t = gemma4();
  const EncodeOptions guarded{.markers = Markers::kAll, .guard = kGuard};
  for (const std::string_view marker : t.markers()) {
    for (size_t at = 1; at < marker.size(); ++at) {
      const std::string content = std::string(marker.substr(0, at)) + guard + std::string(marker.substr(at));
      REQUIRE(!any_marker(t, t.encode(content, guarded)));
      REQUIRE(t.encode(content, guarded) == t.encode(marker, {}));
      // Inside a template the real markers still work and the content is still plain.
      Ids want{105};
      std::ranges::copy(t.encode(marker, {}), std::back_inserter(want));
      want.push_back(106);
      REQUIRE(t.encode("<|turn>" + content + "<turn|>", guarded) == want);
    }
  }
  for (int i = 0; i < 200; ++i) {  // a guard between all characters of any text equals the text without markers
    const std::string soup = i % 2 == 0 ? marker_soup(random, t) : random_text(random, 40);
    std::string spread;
    for (size_t at = 0; at < soup.size();) {
      const size_t begin = at;
      decode_lenient(soup, at);
      spread += soup.substr(begin, at - begin) + guard;
    }
    REQUIRE(t.encode(spread, guarded) == t.encode(soup, {}));
  }
  CHECK(t.encode(guard, guarded).empty());
  CHECK(t.decode(t.encode("a" + guard, {}), false) == "a" + guard);  // no guard asked for: a character like any other
}

TEST_CASE("kText finds user-defined markers and leaves control ones and <|tool_response> as text") {
  const Tokenizer& t = gemma4();
  const EncodeOptions text{.markers = Markers::kText};
  CHECK(t.encode("<|tool_call>", text) == Ids{48});
  CHECK(t.encode("<|\"|>", text) == Ids{52});
  CHECK(t.encode("<bos>", text) == t.encode("<bos>", {}));
  CHECK(t.encode("<|tool_response>", text) == t.encode("<|tool_response>", {}));
  CHECK(t.encode("<tool_response|>", text) == Ids{51});
}

TEST_CASE("the fast encoder equals the definition, over many random vocabularies") {
  std::mt19937 random(6);
  const std::vector<std::string> letters = {"a", "b", "c", "\xE2\x96\x81", "é", "😀"};
  size_t merged = 0;
  for (int round = 0; round < 60; ++round) {
    Made made;
    // Two letters: nearly every pair is in a merge, so that pieces are long. Six: many cuts, and the last letter stays
    // out of the vocabulary.
    const size_t used = round % 2 == 0 ? letters.size() : 2;
    const auto known = static_cast<std::ptrdiff_t>(std::min(used, letters.size() - 1));
    std::vector<std::string> parts(letters.begin(), letters.begin() + known);
    for (int i = 0; i < 3 + round % 40; ++i) {
      const std::string left = parts[random() % parts.size()], right = parts[random() % parts.size()];
      if (left.size() + right.size() > 24) continue;
      made.merge(left, right);
      parts.push_back(left + right);
    }
    std::ranges::shuffle(made.merges, random);  // ranks need not rise with length
    const Loaded loaded = make(made);
    for (const size_t length : {1, 2, 5, 23, 24, 25, 60, 200}) {
      std::string text;
      size_t unmerged = 0;
      for (size_t i = 0; i < length; ++i) {
        const std::string& letter = letters[random() % used];
        unmerged += letter == letters.back() ? letter.size() : 1;
        text += letter == "\xE2\x96\x81" ? " " : letter;
      }
      const Ids want = naive(made, text);
      merged += want.size() < unmerged;
      REQUIRE(loaded->encode(text, {}) == want);
    }
  }
  CHECK(merged > 200);
}

TEST_CASE("a run of line feeds is one entry where there is one, whatever the merges say") {
  Made made;
  made.add("\n").add("\n\n\n").add("a").merge("a", "a");
  const Loaded t = make(made);
  CHECK(t->encode("\n\n\n", {}) == Ids{made.id("\n\n\n")});
  CHECK(t->encode("\n\n", {}) == Ids{made.id("\n"), made.id("\n")});
  CHECK(t->encode("aa\naa", {}) == Ids{made.id("aa"), made.id("\n"), made.id("aa")});
}

TEST_CASE("no merge crosses from text to a line feed") {
  Made made;
  made.merge("a", "\n").merge("\n", "a");
  const Loaded t = make(made);
  CHECK(t->encode("a\na", {}) == Ids{made.id("a"), made.id("\n"), made.id("a")});
}

TEST_CASE("the longest marker wins, also over a shorter one that begins before it") {
  Made made;
  made.add("ab", 3).add("bcd", 3).add("abcde", 4).add("a").add("b").add("c").add("d").add("e").merge("x", "y");
  const Loaded t = make(made);
  const EncodeOptions all{.markers = Markers::kAll};
  CHECK(t->encode("abcde", all) == Ids{made.id("abcde")});
  CHECK(t->encode("abcd", all) == Ids{made.id("a"), made.id("bcd")});
  CHECK(t->encode("abab", all) == Ids{made.id("ab"), made.id("ab")});
  CHECK(t->encode("abc", all) == Ids{made.id("ab"), made.id("c")});
  CHECK(t->encode("abcde", {.markers = Markers::kText}) == Ids{made.id("abcde")});
}

TEST_CASE("a vocabulary whose merges would make a marker out of text cannot do so") {
  Made made;
  made.add("<").add("s").add("<s", 3).add("x").add("<x", 4).add("\t").add("\t\t", 4);
  made.merges = {"< s", "< x", "\t \t"};
  const Loaded t = make(made);
  CHECK(t->encode("<s", {}) == Ids{made.id("<"), made.id("s")});
  CHECK(t->encode("<x", {}) == Ids{made.id("<"), made.id("x")});
  CHECK(t->encode("\t\t", {}) == Ids{made.id("\t\t")});  // white space is no marker, however a converter typed it
}

TEST_CASE("the other converter's name for this tokenizer is accepted, and other tokenizers are refused by name") {
  Made made;
  made.merge("a", "b");
  made.model = "llama";
  made.pre = "gemma4";
  CHECK(make(made)->encode("ab", {}) == Ids{made.id("ab")});
  made.pre = "default";
  CHECK(refusal(made.gguf()).find("tokenizer.ggml.scores was expected") != std::string::npos);
  made.model = "bert";
  CHECK(refusal(made.gguf()).find("was expected to be gemma4, llama or gpt2 and is bert") != std::string::npos);
  CHECK(refusal(GgufBuilder()).find("was expected to be gemma4, llama or gpt2 and is missing") != std::string::npos);
  made.model = "gpt2";
  CHECK(refusal(made.gguf()).find("tokenizer.ggml.pre was expected to be llama-bpe or qwen2 and is default") !=
        std::string::npos);
  made.model = "gemma4";
  made.merges.clear();
  CHECK(refusal(made.gguf()).find("tokenizer.ggml.merges was expected") != std::string::npos);
}

TEST_CASE("a damaged vocabulary is refused by its key") {
  const auto says = [](const Made& made, const char* part) {
    const std::string message = refusal(made.gguf());
    INFO(message);
    return message.find(part) != std::string::npos;
  };
  Made right;
  right.merge("a", "b");
  Made made = right;
  made.types.pop_back();
  CHECK(says(made, "tokenizer.ggml.token_type was expected to hold one entry for each of the"));
  made = right;
  made.merges.push_back("ab");
  CHECK(says(made, "entry 1 of tokenizer.ggml.merges, \"ab\", was expected to be two texts"));
  made = right;
  made.merges.push_back("b a");
  CHECK(says(made, "needs the token \"ba\", which is not in tokenizer.ggml.tokens"));
  made = right;
  made.types[4] = 1;
  CHECK(says(made, "the 256 byte entries <0x00>..<0xFF> and holds 255"));
  made = right;
  made.types.back() = 6;
  CHECK(says(made, "as a byte, where <0x00>..<0xFF> were expected"));
  GgufBuilder b = right.gguf();
  CHECK(refusal(b.u32("tokenizer.ggml.bos_token_id", 9999)).find("bos_token_id was expected to be an id below") !=
        std::string::npos);
}

TEST_CASE("a file's own end tokens end generation beside the named ones") {
  Made made;
  made.add("<turn|>", 3).add("stop").merge("a", "b");
  GgufBuilder b = made.gguf();
  b.u32("tokenizer.ggml.eos_token_id", static_cast<uint32_t>(made.id("stop")));
  const std::string bytes = b.build();
  const auto t = load(bytes);
  REQUIRE(t.ok());
  CHECK(t.value()->eos() == made.id("stop"));
  CHECK(t.value()->ends_generation(made.id("stop")));
  CHECK(t.value()->ends_generation(made.id("<eos>")));
  CHECK(t.value()->ends_generation(made.id("<turn|>")));
  CHECK(!t.value()->ends_generation(made.id("ab")));
}

TEST_CASE("an id outside the vocabulary has no piece and ends nothing") {
  for (const TokenId id : {-1, 512, INT32_MAX, INT32_MIN}) {
    CHECK(small512().piece(id, true).empty());
    CHECK(!small512().ends_generation(id));
  }
}

TEST_CASE("long lines of every awkward kind come back whole") {
  const Tokenizer& t = gemma4();
  for (const char* unit :
       {"a", " ", "\n", "ab", "<", "<|", "👩‍💻", "e\xCC\x81", "𝔘", "<|turn>", "日本", "the "}) {
    std::string text;
    while (text.size() < 40'000) text += unit;
    INFO(unit);
    CHECK(t.decode(t.encode(text, {}), false) == text);
    CHECK(t.decode(t.encode(text, {.markers = Markers::kAll}), true) == text);
  }
}
