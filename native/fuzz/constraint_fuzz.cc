// native/fuzz/constraint_fuzz.cc: any text as a schema, a pattern or choices, on a vocabulary of all bytes and some
// words.
//
// The first byte says which, the second seeds a walk. Checked: nothing crashes, a refusal says something, every mask
// along the walk allows a token and `accept` takes it.
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "constraint/constraint.h"

namespace {

using namespace hearth;

constexpr std::array<std::string_view, 14> kWords{"\"",  "\":",  "{\"",      "},",    "true", "null", "ab",
                                                  "abc", "日本", "\xE6\x97", "\\u00", "  ",   "12",   "\n"};

class Words final : public constraint::TokenBytes {
 public:
  uint32_t size() const override { return 257 + static_cast<uint32_t>(kWords.size()); }
  std::string_view bytes(TokenId id) const override {
    static const std::string all = [] {
      std::string bytes;
      for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
      return bytes;
    }();
    const auto i = static_cast<size_t>(id);
    return i < 256 ? std::string_view(all).substr(i, 1) : i == 256 ? std::string_view() : kWords[i - 257];
  }
  bool ends(TokenId id) const override { return id == 256; }
};

std::shared_ptr<const constraint::TokenTrie> trie() {
  static const auto trie = std::make_shared<const constraint::TokenTrie>(Words());
  return trie;
}

void require(bool condition, const char* what) {
  if (condition) return;
  std::puts(what);
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const std::string text(reinterpret_cast<const char*>(data) + 2, size - 2);
  constraint::Request request;
  if (data[0] % 3 == 0) request = constraint::JsonSchema{text};
  if (data[0] % 3 == 1) request = constraint::Regex{text};
  if (data[0] % 3 == 2) request = constraint::Choice{{text, text.substr(text.size() / 2)}};
  const auto made = constraint::compile(request, trie());
  if (!made.ok()) {
    require(!made.error().message.empty(), "a refusal without a word");
    return 0;
  }
  constraint::TokenConstraint& constraint = *made.value();
  uint32_t random = data[1];
  for (int i = 0; i < 16; ++i) {
    if (constraint.finished()) return 0;
    const auto mask = constraint.mask();
    require(mask.ok(), "a dead end");
    random = random * 1664525 + 1013904223;
    const uint32_t first = (random >> 8) % trie()->size();
    TokenId id = -1;
    for (uint32_t k = 0; k < trie()->size() && id < 0; ++k) {
      const uint32_t candidate = (first + k) % trie()->size();
      if (((mask.value()[candidate / 64] >> (candidate % 64)) & 1) != 0) id = static_cast<TokenId>(candidate);
    }
    require(id >= 0 && constraint.accept(id), "a token of the mask was refused");
    if (trie()->ends(id)) return 0;
  }
  return 0;
}
