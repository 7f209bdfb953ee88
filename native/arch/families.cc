// native/arch/families.cc: the table. Supporting a family is a row here, rarely a new block.
//
// Source: ggml-org/llama.cpp src/models/{gemma4,gemma3,gemma3n,llama,qwen3}.cpp and llama_model_rope_type;
// huggingface/transformers src/transformers/models/gemma4.
#include "arch/families.h"

namespace hearth::arch {
namespace {

constexpr Family kFamilies[] = {
    {.name = "gemma4",
     .activation = ops::Activation::kGeluTanh,
     .embedding_scale = EmbeddingScale::kSqrtDim,
     .attention_scale = AttentionScale::kOne,
     .value_norm = true,
     .values_from_keys = true,
     .rope_base = 1e6,
     .sliding_rope_base = 1e4},
    {.name = "gemma3",
     .activation = ops::Activation::kGeluTanh,
     .embedding_scale = EmbeddingScale::kSqrtDim,
     .attention_scale = AttentionScale::kInverseSqrtHeadDim,
     .value_norm = false,
     .rope_base = 1e6,
     .sliding_rope_base = 1e4,
     .sliding_period = 6,
     .layers_with_width_scale = 62},
    {.name = "gemma3n",
     .activation = ops::Activation::kGeluTanh,
     .embedding_scale = EmbeddingScale::kSqrtDim,
     .attention_scale = AttentionScale::kOne,
     .value_norm = true,
     .rope_base = 1e6,
     .sliding_rope_base = 1e4,
     .sliding_period = 5,
     .kv_owners = 20,
     .streams = 4,
     .sparse_layers = 10,
     .sparsity = 1.6448533535003662f},  // 95 of 100 values of a normal distribution lie below
    {.name = "llama",
     .activation = ops::Activation::kSilu,
     .embedding_scale = EmbeddingScale::kOne,
     .attention_scale = AttentionScale::kInverseSqrtHeadDim,
     .value_norm = false,
     .adjacent_pairs = true,
     .rope_base = 1e4},
    {.name = "qwen3",
     .activation = ops::Activation::kSilu,
     .embedding_scale = EmbeddingScale::kOne,
     .attention_scale = AttentionScale::kInverseSqrtHeadDim,
     .value_norm = false,
     .rope_base = 1e4},
};

}  // namespace

const Family* find_family(std::string_view architecture) {
  for (const Family& family : kFamilies) {
    if (family.name == architecture) return &family;
  }
  return nullptr;
}

std::string supported_families() {
  std::string text;
  for (const Family& family : kFamilies) {
    if (!text.empty()) text += ", ";
    text += family.name;
  }
  return text;
}

}  // namespace hearth::arch
