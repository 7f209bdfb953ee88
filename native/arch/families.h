// native/arch/families.h: what a file does not say about itself, one row per `general.architecture`.
#pragma once
#include <string>
#include <string_view>

#include "ops/encoder.h"

namespace hearth::arch {

enum class EmbeddingScale { kOne, kSqrtDim };
enum class AttentionScale { kOne, kInverseSqrtHeadDim };

/// Everything else is read off the file: a bias, a norm, a tied head or a K=V layer exists if its tensor does.
/// In every row so far RoPE pairs are split halves (i, i + head_dim / 2) and norm weights are applied as stored; a
/// family that differs adds a column here and a parameter to the op.
struct Family {
  std::string_view name;
  ops::Activation activation;
  EmbeddingScale embedding_scale;
  AttentionScale attention_scale;
  bool value_norm;           // weightless norm on v
  double rope_base;          // where {arch}.rope.freq_base is missing
  double sliding_rope_base;  // where {arch}.rope.freq_base_swa is missing: not rope.freq_base
};

/// Null where this engine does not run the family.
const Family* find_family(std::string_view architecture);
/// "gemma4, ...", for messages.
std::string supported_families();

}  // namespace hearth::arch
