// native/tests/arch/formats_test.cc: each of the sixteen formats in each role of a model: matrix, embedding, head, both
// at once, and per-layer table. Judged by the same model with the same values in F32, spelled by the formats'
// descriptions.
#include <map>

#include "arch/bind.h"
#include "arch/blocks/head.h"
#include "arch/forward.h"
#include "arch/from_gguf.h"
#include "core/device.h"
#include "core/kv_cache.h"
#include "ops/reference_blocks.h"
#include "support/gguf_builder.h"

namespace hearth::test {
namespace {

constexpr uint32_t kDim = 256, kHeads = 2, kHeadDim = 128, kWidth = 256, kVocabulary = 48, kPerLayer = 256;

/// Name of a role, and whether a tensor plays it.
struct Role {
  const char* name;
  bool own_head;
  bool (*plays)(std::string_view tensor);
};
const Role kRoles[] = {
    {"matrix", false, [](std::string_view t) { return t.starts_with("blk."); }},
    {"embedding", true, [](std::string_view t) { return t == "token_embd.weight"; }},
    {"head", true, [](std::string_view t) { return t == "output.weight"; }},
    {"embedding and head", false, [](std::string_view t) { return t == "token_embd.weight"; }},
    {"per-layer table", false, [](std::string_view t) { return t == "per_layer_token_embd.weight"; }},
};

/// A Gemma 4 of one layer whose tensors of a role are in `type`; with `wide` these are F32 of the same values.
std::string model_bytes(const Role& role, TensorType type, bool wide) {
  Rng rng(61);
  GgufBuilder file;
  const std::string p = "gemma4.";
  file.text("general.architecture", "gemma4").u32(p + "block_count", 1).u32(p + "context_length", 64);
  file.u32(p + "embedding_length", kDim).u32(p + "feed_forward_length", kWidth);
  file.u32(p + "attention.head_count", kHeads).u32(p + "attention.head_count_kv", 1);
  file.u32(p + "attention.key_length", kHeadDim).u32(p + "embedding_length_per_layer_input", kPerLayer);
  file.f32(p + "attention.layer_norm_rms_epsilon", 1e-6f);
  const auto matrix = [&](const std::string& name, uint32_t cols, uint32_t rows) {
    const bool plays = role.plays(name);
    const RandomWeight w(plays ? type : TensorType::kF32, 1, rows, cols, rng);
    const auto* floats = reinterpret_cast<const char*>(w.values.data());
    if (wide || !plays) {
      file.tensor(name, {cols, rows}, 0, {floats, w.values.size() * sizeof(float)});
    } else {
      file.tensor(name, {cols, rows}, static_cast<uint32_t>(type),
                  {reinterpret_cast<const char*>(w.weight.data), w.bytes.size() - 1});
    }
  };
  const auto vector = [&](const std::string& name, uint32_t length) {
    std::vector<float> values(length);
    for (float& value : values) value = 1 + rng.normal(0.2f);
    file.tensor(name, {length}, 0, {reinterpret_cast<const char*>(values.data()), length * sizeof(float)});
  };
  matrix("token_embd.weight", kDim, kVocabulary);
  if (role.own_head) matrix("output.weight", kDim, kVocabulary);
  matrix("per_layer_token_embd.weight", kPerLayer, kVocabulary);
  matrix("per_layer_model_proj.weight", kDim, kPerLayer);
  vector("per_layer_proj_norm.weight", kPerLayer);
  vector("output_norm.weight", kDim);
  const std::map<std::string, std::pair<uint32_t, uint32_t>> shapes{{"attn_q", {kDim, kHeads * kHeadDim}},
                                                                    {"attn_k", {kDim, kHeadDim}},
                                                                    {"attn_v", {kDim, kHeadDim}},
                                                                    {"attn_output", {kHeads * kHeadDim, kDim}},
                                                                    {"ffn_gate", {kDim, kWidth}},
                                                                    {"ffn_up", {kDim, kWidth}},
                                                                    {"ffn_down", {kWidth, kDim}},
                                                                    {"inp_gate", {kDim, kPerLayer}},
                                                                    {"proj", {kPerLayer, kDim}}};
  for (const auto& [name, shape] : shapes) matrix("blk.0." + name + ".weight", shape.first, shape.second);
  for (const char* name : {"attn_norm", "ffn_norm", "post_attention_norm", "post_ffw_norm", "post_norm"})
    vector(std::string("blk.0.") + name + ".weight", kDim);
  return file.build();
}

/// Logits of three tokens in one pass.
std::vector<float> logits_of(const std::string& bytes) {
  auto file = gguf::File::parse(bytes_of(bytes), "formats.gguf");
  REQUIRE(file.ok());
  const auto spec = arch::spec_from_gguf(*file.value());
  REQUIRE_MESSAGE(spec.ok(), (spec.ok() ? std::string() : spec.error().message));
  auto weights = arch::bind(*file.value(), spec.value());
  REQUIRE_MESSAGE(weights.ok(), (weights.ok() ? std::string() : weights.error().message));
  auto device = open_device("cpu", 1);
  REQUIRE(device.ok());
  REQUIRE(weights.value().prepare(*device.value()).ok());
  auto cache = KvCache::create(*device.value(), spec.value(), 64, ops::KvFormat::kF32, 3);
  auto scratch = arch::make_scratch(*device.value(), spec.value(), 3, 3);
  REQUIRE(cache.ok());
  REQUIRE(scratch.ok());
  const auto encoder = device.value()->encoder();
  const std::vector<int32_t> tokens{5, 40, 33};
  REQUIRE(arch::forward(*encoder, spec.value(), weights.value(), cache.value().views(), scratch.value(),
                        {.tokens = tokens, .wanted = 3}));
  arch::head(*encoder, spec.value(), weights.value(), scratch.value(), 0, 3);
  REQUIRE(encoder->finish().ok());
  const auto& area = scratch.value().logits;
  const auto* first = reinterpret_cast<const float*>(area.buffer->host()) + area.offset;
  return {first, first + 3 * kVocabulary};
}

TEST_CASE("each of the sixteen formats works as matrix, embedding, head, both, and per-layer table") {
  static_assert(std::size(kAllTypes) == 16);
  for (const TensorType type : kAllTypes) {
    for (const Role& role : kRoles) {
      CAPTURE(traits_of(type)->name);
      CAPTURE(role.name);
      const std::vector<float> got = logits_of(model_bytes(role, type, false));
      const std::vector<float> want = logits_of(model_bytes(role, type, true));
      double worst = 0, squares = 0;
      for (size_t i = 0; i < got.size(); ++i) {
        worst = std::max(worst, std::fabs(double{got[i]} - want[i]));
        squares += double{want[i]} * want[i];
      }
      const double size = std::sqrt(squares / static_cast<double>(want.size()));
      CHECK(size > 0.01);
      CHECK(worst <= 2e-5 * size);
    }
  }
}

}  // namespace
}  // namespace hearth::test
