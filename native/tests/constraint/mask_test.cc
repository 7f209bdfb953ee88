// native/tests/constraint/mask_test.cc: a mask holds exactly the tokens that `accept` takes.
#include <algorithm>
#include <limits>

#include "writer.h"

using namespace hearth;
using namespace hearth::test;
using namespace hearth::constraint;

namespace {

/// Tokens whose bit differs from what `accept` says, asked one by one.
size_t differing(TokenConstraint& constraint, const TokenTrie& trie) {
  const auto view = constraint.mask();
  REQUIRE(view.ok());
  const std::vector<uint64_t> mask(view.value().begin(), view.value().end());
  size_t count = 0;
  for (TokenId id = 0; id < static_cast<TokenId>(trie.size()); ++id) {
    const bool taken = constraint.accept(id);
    if (taken) constraint.rollback(1);
    count += taken != allows(mask, id);
  }
  return count;
}

}  // namespace

TEST_CASE("a mask is what accept takes, token by token") {
  const std::vector<Request> requests{
      JsonSchema{"true"},
      JsonSchema{
          R"({"type":"object","properties":{"a":{"type":"string","maxLength":20},"b":{"type":"string","minLength":3}},"additionalProperties":true})"},
      JsonSchema{R"({"type":"array","items":{"type":"string","pattern":"^.{0,12}x"}})"},
      Regex{".*"},
      Regex{"(\\w+ ?){1,9}"},
      Regex{"[^\\x00-\\x1f\"\\\\]{5,40}!"},
      Choice{{"alpha", "alphabet", "beta", "日本語"}},
  };
  for (size_t i = 0; i < requests.size(); ++i) {
    const auto constraint = compiled(requests[i]);
    Writer writer(i);
    CHECK(differing(*constraint, *gemma4_trie()) == 0);
    for (const TokenId id : gemma4().encode(i < 2    ? "{\"a\":\"Straße \\n"
                                            : i == 2 ? "[\"ab日本"
                                            : i < 6  ? "Wort und"
                                                     : "alpha",
                                            {})) {
      REQUIRE(constraint->accept(id));
      INFO("request " << i << " behind " << gemma4().piece(id, true));
      CHECK(differing(*constraint, *gemma4_trie()) == 0);
    }
  }
}

TEST_CASE("markers and control tokens are no text, and end tokens come only at the end") {
  const auto constraint = compiled(Regex{"(.|\\n)*x"});
  const auto& tokenizer = gemma4();
  const auto mask = constraint->mask();
  REQUIRE(mask.ok());
  for (const std::string_view marker : tokenizer.markers()) {
    const auto ids = tokenizer.encode(marker, {.bos = false, .markers = Markers::kAll});
    INFO(marker);
    if (ids.size() == 1 && marker.find_first_not_of(" \n\t\r") != std::string_view::npos)
      CHECK_FALSE(allows(mask.value(), ids[0]));
  }
  CHECK_FALSE(allows(mask.value(), tokenizer.eos()));
  REQUIRE(constraint->accept(tokenizer.encode("x", {})[0]));
  CHECK(allows(constraint->mask().value(), tokenizer.eos()));
  CHECK(constraint->complete());
  CHECK_FALSE(constraint->finished());
}

TEST_CASE("cutting logits leaves the allowed ones as they were") {
  std::vector<float> logits(200);
  for (size_t i = 0; i < logits.size(); ++i) logits[i] = static_cast<float>(i);
  const std::vector<uint64_t> mask{~uint64_t{0}, 0, 0b1010, 1};
  apply_mask(mask, logits);
  for (size_t i = 0; i < logits.size(); ++i) {
    const bool allowed = ((mask[i / 64] >> (i % 64)) & 1) != 0;
    CHECK(logits[i] == (allowed ? static_cast<float>(i) : -std::numeric_limits<float>::infinity()));
  }
}

TEST_CASE("memory that runs out is freed without changing a mask") {
  // About every third step of this pattern makes new states: 2^18 of them are reachable.
  const Request request = Regex{"[ab]*a[ab]{18}"};
  const auto worn = compiled(request, small_trie()), fresh = compiled(request, small_trie());
  std::mt19937 random(5);
  TokenId a = -1, b = -1;
  for (TokenId id = 0; id < static_cast<TokenId>(small_trie()->size()); ++id) {
    if (small_trie()->bytes(id) == "a") a = id;
    if (small_trie()->bytes(id) == "b") b = id;
  }
  REQUIRE(a >= 0);
  REQUIRE(b >= 0);
  std::vector<TokenId> last;
  for (int i = 0; i < 60'000; ++i) {
    const TokenId id = random() % 2 == 0 ? a : b;
    REQUIRE(worn->accept(id));
    last.push_back(id);
    if (i % 3 == 0) (void)worn->mask();
  }
  for (const TokenId id : last) REQUIRE(fresh->accept(id));
  CHECK(std::ranges::equal(worn->mask().value(), fresh->mask().value()));
  worn->rollback(100);
  CHECK(worn->accept(last[last.size() - 100]));
}
