// native/tests/core/tokenizer_golden_test.cc: the ids and pieces that llama.cpp gives (tests/golden/README.md).
#include <doctest/doctest.h>

#include <sstream>

#include "support/json.h"
#include "support/read_file.h"
#include "support/tokenizers.h"

using hearth::EncodeOptions;
using hearth::Markers;
using hearth::TokenId;
using hearth::Tokenizer;
using hearth::test::gemma4;
using hearth::test::Json;
using hearth::test::read_file;
using hearth::test::small512;

namespace {

using Ids = std::vector<TokenId>;

std::string from_hex(const std::string& hex) {
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

void check_cases(const Tokenizer& tokenizer, const std::string& vectors, size_t at_least) {
  const Json root = Json::parse(read_file(HEARTH_GOLDEN "/vectors/" + vectors));
  const auto& cases = root["cases"].array();
  CHECK(cases.size() >= at_least);
  for (const Json& one : cases) {
    const std::string& hex = one["bytes_hex"].text();
    INFO("bytes " << hex);
    const Markers markers = one["parse_special"].flag() ? Markers::kAll : Markers::kText;
    CHECK(tokenizer.encode(from_hex(hex), {.bos = one["add_bos"].flag(), .markers = markers}) == one["tokens"].ids());
  }
}

Ids with_markers(std::string_view text) { return gemma4().encode(text, {.markers = Markers::kAll}); }

}  // namespace

TEST_CASE("the small vocabulary gives the ids of every golden case") { check_cases(small512(), "tokenizer.json", 224); }

TEST_CASE("the real vocabulary gives the ids of every golden case") {
  check_cases(gemma4(), "tokenizer-gemma4.json", 232);
}

TEST_CASE("every piece of the small vocabulary prints and ends as recorded") {
  const Json root = Json::parse(read_file(HEARTH_GOLDEN "/vectors/tokenizer.json"));
  const auto& pieces = root["pieces"].array();
  REQUIRE(pieces.size() == small512().size());
  for (const Json& piece : pieces) {
    const auto id = static_cast<TokenId>(piece["id"].number());
    INFO("id " << id);
    CHECK(small512().piece(id, true) == from_hex(piece["special_hex"].text()));
    CHECK(small512().piece(id, false) == from_hex(piece["plain_hex"].text()));
    CHECK(small512().ends_generation(id) == piece["eog"].flag());
  }
}

TEST_CASE("the real vocabulary agrees with llama.cpp's own cases") {
  std::string texts = read_file(HEARTH_GOLDEN "/vocab/gemma4-vocab.inp");
  std::istringstream lines(read_file(HEARTH_GOLDEN "/vocab/gemma4-vocab.out"));
  const std::string separator = "\n__ggml_vocab_test__\n";
  size_t cases = 0;
  for (size_t at = 0; at < texts.size(); ++cases) {
    const size_t end = texts.find(separator, at);
    const std::string text = texts.substr(at, end == texts.npos ? texts.npos : end - at);
    at = end == texts.npos ? texts.size() : end + separator.size();
    std::string line;
    REQUIRE(std::getline(lines, line));
    std::istringstream numbers(line);
    Ids want;
    for (TokenId id; numbers >> id;) want.push_back(id);
    INFO("text \"" << text << "\"");
    CHECK(gemma4().encode(text, {.markers = Markers::kText}) == want);
  }
  CHECK(cases == 46);
}

TEST_CASE("prose, code and spaces give known ids") {
  CHECK(with_markers("Hello world") == Ids{9259, 1902});
  CHECK(with_markers("Hello  world") == Ids{9259, 138, 12392});
  CHECK(with_markers(" Hello") == Ids{26352});
  CHECK(with_markers("Hello\n\nworld") == Ids{9259, 108, 12392});
  CHECK(with_markers("x = 1\n    y") == Ids{236781, 578, 236743, 236770, 107, 140, 236762});
  CHECK(with_markers("12345") == Ids{236770, 236778, 236800, 236812, 236810});
  CHECK(with_markers("don't") == Ids{13246, 236789, 236745});
  CHECK(with_markers("naïve café") == Ids{1789, 238527, 560, 33443});
  CHECK(with_markers("日本語") == Ids{94951});
  CHECK(with_markers("😀") == Ids{242398});
  CHECK(with_markers("𝔘") == Ids{478, 395, 386, 390});
  CHECK(with_markers("\r\n") == Ids{251, 107});
  CHECK(with_markers(std::string(32, '\n')) == Ids{137, 107});
  CHECK(with_markers(std::string(32, ' ')) == Ids{167, 236743});
  CHECK(with_markers("Hello, world!") == Ids{9259, 236764, 1902, 236888});
  CHECK(with_markers("The answer is 42, not 43.5 or -1") == Ids{818, 3890, 563, 236743, 236812, 236778, 236764, 711,
                                                                236743, 236812, 236800, 236761, 236810, 653, 753,
                                                                236770});
  CHECK(with_markers("func main() { fmt.Println(\"hello\") }") ==
        Ids{6823, 1689, 825, 642, 22766, 236761, 29006, 885, 23391, 1373, 682});
}

TEST_CASE("turns, channels and tool calls give known ids") {
  CHECK(with_markers("<bos><|turn>user\nHi<turn|>\n<|turn>model\n") ==
        Ids{2, 105, 2364, 107, 10979, 106, 107, 105, 4368, 107});
  CHECK(with_markers("<|turn>system\n<|think|>\nBe brief.<turn|>\n") ==
        Ids{105, 9731, 107, 98, 107, 3912, 8652, 236761, 106, 107});
  CHECK(with_markers("<|channel>thought\n<channel|>") == Ids{100, 45518, 107, 101});
  CHECK(with_markers("<|tool_call>call:get_time{city:<|\"|>London<|\"|>}<tool_call|>") ==
        Ids{48, 6639, 236787, 828, 236779, 2289, 236782, 13319, 236787, 52, 27822, 52, 236783, 49});
  CHECK(with_markers("<|turn>user\nWhat is 2+2?<turn|>\n<|turn>model\n") ==
        Ids{105, 2364, 107, 3689, 563, 236743, 236778, 236862, 236778, 236881, 106, 107, 105, 4368, 107});
  CHECK(with_markers("<|tool>declaration:bash{description:<|\"|>Run a command<|\"|>}<tool|>") ==
        Ids{46, 163688, 236787, 42422, 236782, 7777, 236787, 52, 7306, 496, 4991, 52, 236783, 47});
  CHECK(with_markers("<|channel>thought\nLet me think about this...<channel|>The answer is 42.") ==
        Ids{100, 45518, 107, 6481, 786, 1751, 1003, 672, 1390, 101, 818, 3890, 563, 236743, 236812, 236778, 236761});
}

TEST_CASE("the real vocabulary's begin, end and stop tokens are known") {
  CHECK(gemma4().size() == 262144);
  CHECK(gemma4().bos() == 2);
  CHECK(gemma4().eos() == 1);
  Ids ends;
  for (TokenId id = 0; id < 262144; ++id) {
    if (gemma4().ends_generation(id)) ends.push_back(id);
  }
  CHECK(ends == Ids{1, 50, 106});
  CHECK(gemma4().encode("", {.bos = true}) == Ids{2});
  CHECK(gemma4().encode("", {}).empty());
}
