// native/tests/arch/damaged_test.cc: a downloaded file is untrusted; whatever is wrong with it, the answer is a
// message.
#include <doctest/doctest.h>

#include "core/model_loaded.h"
#include "core/session.h"
#include "support/tiny_model.h"

using namespace hearth;
using hearth::test::TinyModel;

namespace {

bool refused(const Error& error) {
  CHECK_FALSE(error.message.empty());
  return false;
}

/// Loads and, if that works, runs a few tokens. True if it ran.
bool runs(const std::string& bytes) {
  auto file = gguf::File::parse(test::bytes_of(bytes), "damaged.gguf");
  if (!file.ok()) return refused(file.error());
  const auto model = load_model(std::move(file).value(), {.backend = "cpu", .threads = 1});
  if (!model.ok()) return refused(model.error());
  auto session = Session::create(model.value(), {.context = 64, .chunk = 4});
  if (!session.ok()) return false;
  return session.value()->sync(std::vector<TokenId>{2, 7, 8, 9, 10, 11, 12, 13, 14, 15}).ok();
}

}  // namespace

TEST_CASE("a file with a flipped bit is refused or runs, but never crashes") {
  for (const auto& options : {test::TinyOptions{.per_layer = true, .shared = 2},
                              test::TinyOptions{.experts = true, .values_from_keys = true}}) {
    const std::string clean = TinyModel(options).build();
    REQUIRE(runs(clean));
    const size_t keys = clean.find("tokenizer.ggml.tokens");
    const size_t records = clean.find("blk.0.attn_k.weight");
    uint64_t state = 11;
    const auto below = [&](size_t limit) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      return static_cast<size_t>(state >> 33) % limit;
    };
    uint32_t refusals = 0;
    for (int round = 0; round < 900; ++round) {
      std::string bytes = clean;
      // A third each in the model's keys, in the tensor records, anywhere.
      const size_t at = round % 3 == 0 ? below(keys) : round % 3 == 1 ? records + below(3000) : below(bytes.size());
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
      refusals += !runs(bytes);
    }
    CHECK(refusals > 300);
    CHECK(refusals < 900);
  }
}

TEST_CASE("weights that are no numbers end in logits that are no numbers, not in a crash") {
  TinyModel model({.per_layer = true, .experts = true});
  for (auto& [name, tensor] : model.tensors) {
    if (name.find("scale.weight") == std::string::npos && name != "rope_freqs.weight") tensor.values[0] = NAN;
  }
  CHECK(runs(model.build()));
}
