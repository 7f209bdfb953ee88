// native/tests/support/tiny_model.h: a whole Gemma 4 file of a few kB with seeded weights, to be bent by tests.
//
// Change the public fields, then `build()`. Four layers: sliding, global, sliding, global.
#pragma once
#include <cmath>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "support/gguf_builder.h"

namespace hearth::test {

/// "blk.7."
inline std::string block(uint32_t il) { return std::string("blk.").append(std::to_string(il)).append("."); }

struct TinyTensor {
  std::vector<uint64_t> shape;  // shape[0] is the contiguous dimension
  std::vector<float> values;
};

struct TinyOptions {
  bool per_layer = false;
  bool experts = false;
  bool values_from_keys = false;  // on global layers
  uint32_t shared = 0;            // last layers without keys and values of their own
};

class TinyModel {
 public:
  static constexpr uint32_t kDim = 32, kLayers = 4, kHeads = 4, kKvHeads = 2, kSliding = 16, kGlobal = 32, kWidth = 48;
  static constexpr uint32_t kPerLayer = 8, kExperts = 6, kUsed = 2, kExpertWidth = 16, kVocabulary = 264, kWindow = 6;

  std::string architecture = "gemma4";
  std::map<std::string, uint32_t> numbers;  // without the "gemma4." in front
  std::map<std::string, float> floats;
  std::map<std::string, std::vector<int32_t>> arrays;
  std::vector<uint8_t> sliding{1, 0, 1, 0};
  std::vector<int32_t> suppressed;
  std::map<std::string, TinyTensor> tensors;

  explicit TinyModel(const TinyOptions& options = {}) {
    numbers = {{"block_count", kLayers},
               {"context_length", 256},
               {"embedding_length", kDim},
               {"feed_forward_length", kWidth},
               {"attention.head_count", kHeads},
               {"attention.head_count_kv", kKvHeads},
               {"attention.key_length", kGlobal},
               {"attention.value_length", kGlobal},
               {"attention.key_length_swa", kSliding},
               {"attention.value_length_swa", kSliding},
               {"attention.sliding_window", kWindow},
               {"attention.shared_kv_layers", options.shared},
               {"embedding_length_per_layer_input", options.per_layer ? kPerLayer : 0},
               {"rope.dimension_count", kGlobal},
               {"rope.dimension_count_swa", kSliding}};
    floats = {{"attention.layer_norm_rms_epsilon", 1e-6f},
              {"rope.freq_base", 1e6f},
              {"rope.freq_base_swa", 1e4f},
              {"final_logit_softcapping", 30.0f}};
    matrix("token_embd.weight", {kDim, kVocabulary});
    norm("output_norm.weight", kDim);
    TinyTensor& divisors = norm("rope_freqs.weight", kGlobal / 2);
    for (size_t i = 0; i < divisors.values.size(); ++i) divisors.values[i] = i < 4 ? 1.0f : 1e30f;
    if (options.per_layer) {
      matrix("per_layer_token_embd.weight", {kPerLayer * kLayers, kVocabulary});
      matrix("per_layer_model_proj.weight", {kDim, kPerLayer * kLayers});
      norm("per_layer_proj_norm.weight", kPerLayer);
    }
    if (options.experts) {
      numbers["expert_count"] = kExperts;
      numbers["expert_used_count"] = kUsed;
      numbers["expert_feed_forward_length"] = kExpertWidth;
    }
    for (uint32_t il = 0; il < kLayers; ++il) add_layer(il, options);
  }

  TinyTensor& matrix(const std::string& name, const std::vector<uint64_t>& shape) {
    const float scale = 1.0f / std::sqrt(static_cast<float>(shape[0]));
    return add(name, shape, [&] { return uniform() * 3 * scale; });
  }
  TinyTensor& norm(const std::string& name, uint64_t length) {
    return add(name, {length}, [&] { return 1 + 0.3f * uniform(); });
  }

  std::string build() const {
    GgufBuilder file;
    file.text("general.architecture", architecture).text("general.name", "Tiny");
    const std::string prefix = architecture + ".";
    for (const auto& [key, value] : numbers) file.u32(prefix + key, value);
    for (const auto& [key, value] : floats) file.f32(prefix + key, value);
    for (const auto& [key, values] : arrays) file.numbers<int32_t>(prefix + key, GgufType::kI32, values);
    if (!sliding.empty()) file.numbers<uint8_t>(prefix + "attention.sliding_window_pattern", GgufType::kBool, sliding);
    if (!suppressed.empty()) file.numbers<int32_t>("tokenizer.ggml.suppress_tokens", GgufType::kI32, suppressed);
    add_tokenizer(file);
    for (const auto& [name, tensor] : tensors) {
      file.tensor(name, tensor.shape, 0,
                  {reinterpret_cast<const char*>(tensor.values.data()), tensor.values.size() * sizeof(float)});
    }
    return file.build();
  }

 private:
  template <typename Draw>
  TinyTensor& add(const std::string& name, const std::vector<uint64_t>& shape, const Draw& draw) {
    uint64_t elements = 1;
    for (const uint64_t n : shape) elements *= n;
    TinyTensor tensor{shape, std::vector<float>(elements)};
    for (float& value : tensor.values) value = draw();
    return tensors[name] = std::move(tensor);
  }

  /// In [-0.5, 0.5).
  float uniform() {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<float>(state_ >> 40) / static_cast<float>(1 << 24) - 0.5f;
  }

  void add_layer(uint32_t il, const TinyOptions& options) {
    const std::string b = block(il);
    const uint32_t head_dim = sliding[il] != 0 ? kSliding : kGlobal;
    norm(b + "attn_norm.weight", kDim);
    matrix(b + "attn_q.weight", {kDim, kHeads * head_dim});
    norm(b + "attn_q_norm.weight", head_dim);
    if (il < kLayers - options.shared) {
      matrix(b + "attn_k.weight", {kDim, kKvHeads * head_dim});
      norm(b + "attn_k_norm.weight", head_dim);
      if (sliding[il] != 0 || !options.values_from_keys) matrix(b + "attn_v.weight", {kDim, kKvHeads * head_dim});
    }
    matrix(b + "attn_output.weight", {kHeads * head_dim, kDim});
    norm(b + "post_attention_norm.weight", kDim);
    norm(b + "ffn_norm.weight", kDim);
    matrix(b + "ffn_gate.weight", {kDim, kWidth});
    matrix(b + "ffn_up.weight", {kDim, kWidth});
    matrix(b + "ffn_down.weight", {kWidth, kDim});
    norm(b + "post_ffw_norm.weight", kDim);
    norm(b + "layer_output_scale.weight", 1);
    if (options.per_layer) {
      matrix(b + "inp_gate.weight", {kDim, kPerLayer});
      matrix(b + "proj.weight", {kPerLayer, kDim});
      norm(b + "post_norm.weight", kDim);
    }
    if (!options.experts) return;
    matrix(b + "ffn_gate_inp.weight", {kDim, kExperts});
    norm(b + "ffn_gate_inp.scale", kDim);
    norm(b + "post_ffw_norm_1.weight", kDim);
    norm(b + "pre_ffw_norm_2.weight", kDim);
    norm(b + "post_ffw_norm_2.weight", kDim);
    matrix(b + "ffn_gate_up_exps.weight", {kDim, 2 * kExpertWidth, kExperts});
    matrix(b + "ffn_down_exps.weight", {kExpertWidth, kDim, kExperts});
    norm(b + "ffn_down_exps.scale", kExperts);
  }

  static void add_tokenizer(GgufBuilder& file) {
    std::vector<std::string> texts{"<pad>", "<eos>", "<bos>", "<unk>", "<mask>"};
    std::vector<int32_t> types(5, 3);
    for (int byte = 0; byte < 256; ++byte) {
      char text[8];
      std::snprintf(text, sizeof text, "<0x%02X>", static_cast<unsigned>(byte));
      texts.emplace_back(text);
      types.push_back(6);
    }
    for (const char* text : {"a", "b", "ab"}) {
      texts.emplace_back(text);
      types.push_back(1);
    }
    file.text("tokenizer.ggml.model", "gemma4")
        .texts("tokenizer.ggml.tokens", texts)
        .texts("tokenizer.ggml.merges", {"a b"});
    file.numbers<int32_t>("tokenizer.ggml.token_type", GgufType::kI32, types);
    file.u32("tokenizer.ggml.bos_token_id", 2).u32("tokenizer.ggml.eos_token_id", 1);
  }

  uint64_t state_ = 42;
};

}  // namespace hearth::test
