// native/arch/families.cc: the table. Supporting a family is a row here, rarely a new block.
//
// Source: ggml-org/llama.cpp src/models/gemma4.cpp; huggingface/transformers src/transformers/models/gemma4.
#include "arch/families.h"

namespace hearth::arch {
namespace {

constexpr Family kFamilies[] = {
    {.name = "gemma4",
     .activation = ops::Activation::kGeluTanh,
     .embedding_scale = EmbeddingScale::kSqrtDim,
     .attention_scale = AttentionScale::kOne,
     .value_norm = true,
     .rope_base = 1e6,
     .sliding_rope_base = 1e4},
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
