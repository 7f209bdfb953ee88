// native/tests/core/lookup_test.cc: what has stood in the text before is found, and goes on as it went on then.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "core/speculation/lookup_drafter.h"

using namespace hearth;

TEST_CASE("the suffix index finds the longest repeated suffix, as a search by hand does") {
  std::mt19937 random(4);
  for (const uint32_t letters : {2u, 3u, 10u, 200u}) {
    SuffixIndex index;
    std::vector<TokenId> text;
    for (int i = 0; i < 400; ++i) {
      // Now and then a piece again.
      if (i % 60 == 59) {
        const size_t from = random() % (text.size() - 20);
        for (size_t k = 0; k < 15; ++k) {
          index.append(text[from + k]);
          text.push_back(text[from + k]);
        }
      }
      text.push_back(static_cast<TokenId>(random() % letters));
      index.append(text.back());
      uint32_t longest = 0;
      for (size_t end = 1; end < text.size(); ++end) {
        uint32_t length = 0;
        while (length < end && text[end - 1 - length] == text[text.size() - 1 - length]) ++length;
        longest = std::max(longest, length);
      }
      const auto match = index.longest_repeat();
      REQUIRE(match.length == longest);
      REQUIRE(match.end < text.size());
      for (uint32_t k = 0; k < match.length; ++k) REQUIRE(text[match.end - 1 - k] == text[text.size() - 1 - k]);
    }
    CHECK(index.size() == text.size());
  }
}

TEST_CASE("a lookup goes on as the text went on before, and forgets another branch") {
  LookupDrafter lookup;
  std::vector<TokenId> out(kLongestDraft);
  const std::vector<TokenId> text{1, 2, 3, 4, 5, 6, 9, 2, 3};
  auto draft = lookup.propose(text, out);
  REQUIRE(draft.ok());
  CHECK(draft.value().count == 4);
  CHECK(std::vector(out.begin(), out.begin() + 4) == std::vector<TokenId>{4, 5, 6, 9});
  CHECK(draft.value().trust == 1);
  const std::vector<TokenId> loop{7, 8, 7, 8, 7, 8};  // the copy goes on with itself
  draft = lookup.propose(loop, out);
  CHECK(draft.value().count == 6);
  CHECK(std::vector(out.begin(), out.begin() + 6) == std::vector<TokenId>{7, 8, 7, 8, 7, 8});
  CHECK(lookup.propose(std::vector<TokenId>{1, 2, 3}, out).value().count == 0);
}
