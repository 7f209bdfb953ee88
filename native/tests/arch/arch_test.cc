// native/tests/arch/arch_test.cc: what a file must say to become a spec and weights, and how a wrong one is refused.
#include <doctest/doctest.h>

#include "arch/bind.h"
#include "arch/from_gguf.h"
#include "arch/rope.h"
#include "support/tiny_model.h"

using namespace hearth;
using namespace hearth::arch;
using hearth::test::TinyModel;
using hearth::test::TinyOptions;

namespace {

struct Opened {
  std::string bytes;
  std::shared_ptr<const gguf::File> file;

  explicit Opened(const TinyModel& model) : bytes(model.build()) {
    auto parsed = gguf::File::parse(test::bytes_of(bytes), "tiny.gguf");
    REQUIRE(parsed.ok());
    file = std::move(parsed).value();
  }
};

/// The message of a file that must be refused as a spec or as weights.
std::string refusal(const TinyModel& model) {
  const Opened opened(model);
  const auto spec = spec_from_gguf(*opened.file);
  if (!spec.ok()) {
    CHECK(spec.error().code == ErrorCode::kModelInvalid);
    return spec.error().message;
  }
  const auto weights = bind(*opened.file, spec.value());
  REQUIRE_FALSE(weights.ok());
  CHECK(weights.error().code == ErrorCode::kModelInvalid);
  return weights.error().message;
}

ArchSpec spec_of(const TinyModel& model) {
  const Opened opened(model);
  const auto spec = spec_from_gguf(*opened.file);
  REQUIRE_MESSAGE(spec.ok(), (spec.ok() ? std::string() : spec.error().message));
  const auto weights = bind(*opened.file, spec.value());
  REQUIRE_MESSAGE(weights.ok(), (weights.ok() ? std::string() : weights.error().message));
  return spec.value();
}

void check_says(const std::string& message, std::initializer_list<const char*> parts) {
  for (const char* part : parts) {
    INFO(message);
    INFO("expected in it: " << part);
    CHECK(message.find(part) != std::string::npos);
  }
}

}  // namespace

TEST_CASE("a spec is read off the file: kinds of layers, sharing, rope") {
  const ArchSpec spec = spec_of(TinyModel({.per_layer = true, .shared = 2}));
  REQUIRE(spec.layers.size() == 4);
  CHECK(spec.family == "gemma4");
  CHECK(spec.vocabulary == TinyModel::kVocabulary);
  CHECK(spec.embedding_scale == std::sqrt(32.0f));
  CHECK(spec.per_layer->dim == TinyModel::kPerLayer);
  CHECK(spec.tied_head);
  CHECK(*spec.final_softcap == 30.0f);
  CHECK(spec.last_owner() == 1);

  const AttentionSpec& sliding = spec.layers[2].attention;
  CHECK(*sliding.window == TinyModel::kWindow);
  CHECK(sliding.head_dim == TinyModel::kSliding);
  CHECK(sliding.rope.base == 1e4);
  CHECK_FALSE(sliding.rope.use_divisors);
  CHECK_FALSE(sliding.kv.owns);
  CHECK(sliding.kv.source_layer == 0);
  const AttentionSpec& global = spec.layers[3].attention;
  CHECK_FALSE(global.window.has_value());
  CHECK(global.head_dim == TinyModel::kGlobal);
  CHECK(global.rope.base == 1e6);
  CHECK(global.rope.use_divisors);
  CHECK(global.kv.source_layer == 1);
  CHECK(global.scale == 1.0f);
}

TEST_CASE("the sliding rope base is 10000 where a file does not say it, whatever the global one is") {
  TinyModel model;
  model.floats.erase("rope.freq_base_swa");
  CHECK(spec_of(model).layers[0].attention.rope.base == 1e4);
}

TEST_CASE("scalars and one value a layer are both accepted") {
  TinyModel model;
  for (const char* key : {"attention.head_count", "attention.head_count_kv", "feed_forward_length"}) {
    const auto value = static_cast<int32_t>(model.numbers[key]);
    model.numbers.erase(key);
    model.arrays[key] = {value, value, value, value};
  }
  CHECK(spec_of(model).print() == spec_of(TinyModel()).print());
  model.arrays["feed_forward_length"].pop_back();
  check_says(refusal(model), {"gemma4.feed_forward_length", "expected 4 values", "found 3"});
}

TEST_CASE("values come from keys where a global layer has no value projection") {
  const ArchSpec spec = spec_of(TinyModel({.values_from_keys = true}));
  CHECK_FALSE(spec.layers[0].attention.kv.v_from_k);
  CHECK(spec.layers[1].attention.kv.v_from_k);
}

TEST_CASE("a head of its own, a missing soft-cap and suppressed tokens are facts of the file") {
  TinyModel model;
  model.matrix("output.weight", {TinyModel::kDim, TinyModel::kVocabulary});
  model.floats.erase("final_logit_softcapping");
  model.suppressed = {7, 9};
  const ArchSpec spec = spec_of(model);
  CHECK_FALSE(spec.tied_head);
  CHECK_FALSE(spec.final_softcap.has_value());
  CHECK(spec.suppressed == std::vector<int32_t>{7, 9});
  model.suppressed = {int32_t{TinyModel::kVocabulary}};
  check_says(refusal(model), {"suppress_tokens", "found 264"});
}

TEST_CASE("the printed spec joins layers that are alike") {
  const std::string page = spec_of(TinyModel({.experts = true})).print();
  check_says(page, {"gemma4: 4 layers", "layers 0, 2: window 6", "layers 1, 3: global", "2 of 6 experts of 16"});
}

TEST_CASE("a model of another family is refused by name, with the families that run") {
  TinyModel model;
  model.architecture = "mamba";
  check_says(refusal(model), {"tiny.gguf", "\"mamba\"", "gemma4", "gemma3n", "llama", "qwen3"});
}

TEST_CASE("every missing key is named in one message") {
  TinyModel model;
  model.numbers.erase("block_count");
  model.numbers.erase("embedding_length");
  model.floats.erase("attention.layer_norm_rms_epsilon");
  check_says(refusal(model), {"gemma4.block_count", "gemma4.embedding_length",
                              "gemma4.attention.layer_norm_rms_epsilon", "no such key"});
}

TEST_CASE("numbers that make no sense are refused with what was expected and found") {
  struct Case {
    const char* key;
    uint32_t value;
    const char* says;
  };
  for (const Case& bad :
       {Case{"attention.head_count", 0, "found 0"},
        Case{"attention.head_count_kv", 3, "expected a divisor of the 4 heads"},
        Case{"block_count", 4000000000u, "found 4000000000"}, Case{"attention.value_length", 16, "found 16"},
        Case{"rope.dimension_count", 8, "expected the head's 32 dimensions, found 8"},
        Case{"attention.sliding_window", 0, "found 0"}, Case{"attention.shared_kv_layers", 4, "found 4"},
        Case{"context_length", 0, "found 0"}, Case{"vocab_size", 100, "found 100"},
        Case{"attention.key_length", 33, "found"}, Case{"embedding_length", 0, "found 0"}}) {
    CAPTURE(bad.key);
    TinyModel model;
    model.numbers[bad.key] = bad.value;
    check_says(refusal(model), {"gemma4.", bad.says});
  }
  for (const float eps : {0.0f, -1.0f, std::nanf("")}) {
    TinyModel model;
    model.floats["attention.layer_norm_rms_epsilon"] = eps;
    check_says(refusal(model), {"gemma4.attention.layer_norm_rms_epsilon"});
  }
  TinyModel experts({.experts = true});
  experts.numbers["expert_used_count"] = 7;
  check_says(refusal(experts), {"gemma4.expert_used_count", "expected at most the 6", "found 7"});
  TinyModel lonely({.shared = 3});
  check_says(refusal(lonely), {"gemma4.attention.shared_kv_layers", "layer 1 (global)"});
}

TEST_CASE("all missing, misshapen and unknown tensors are listed in one message") {
  TinyModel model;
  model.tensors.erase("blk.1.ffn_up.weight");
  model.tensors.erase("output_norm.weight");
  model.matrix("blk.2.attn_q.weight", {TinyModel::kDim, 60});
  model.matrix("blk.3.mystery.weight", {4, 4});
  model.norm("blk.9.attn_norm.weight", 4);
  check_says(refusal(model),
             {"in 5 tensors", "blk.1.ffn_up.weight: expected [32, 48], found no such tensor",
              "output_norm.weight: expected [32], found no such tensor",
              "blk.2.attn_q.weight: expected [32, 64], found [32, 60]", "blk.3.mystery.weight: expected no such tensor",
              "blk.9.attn_norm.weight: expected no such tensor"});
}

TEST_CASE("keys and values that a sharing layer carries but never reads are no leftovers") {
  TinyModel model({.shared = 2});
  model.matrix("blk.2.attn_k.weight", {TinyModel::kDim, 32});
  model.matrix("blk.2.attn_v.weight", {TinyModel::kDim, 32});
  model.norm("blk.2.attn_k_norm.weight", 16);
  spec_of(model);
  model.norm("blk.2.attn_v_norm.weight", 16);
  check_says(refusal(model), {"in 1 tensor:", "blk.2.attn_v_norm.weight"});
}

TEST_CASE("a divisor that is no positive number is refused") {
  TinyModel model;
  model.tensors["rope_freqs.weight"].values[2] = -1;
  check_says(refusal(model), {"rope_freqs.weight[2]", "-1"});
}

TEST_CASE("rope frequencies: full denominator, divisors, and pairs that never rotate") {
  const RopeSpec spec{.base = 1e6, .dims = 8, .use_divisors = true};
  const std::vector<float> divisors{1, 2, 1e30f, 1e30f};
  const auto frequencies = rope_frequencies(spec, divisors);
  REQUIRE(frequencies.size() == 2);
  CHECK(frequencies[0] == 1.0);
  CHECK(frequencies[1] == doctest::Approx(std::pow(1e6, -0.25) / 2).epsilon(1e-15));
  CHECK(rope_frequencies(spec, {}).size() == 4);
  const std::vector<float> gap{1e30f, 1, 1e30f, 1e30f};
  CHECK(rope_frequencies(spec, gap) == std::vector<double>{0, std::pow(1e6, -0.25)});
}
