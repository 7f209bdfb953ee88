// native/arch/families.h: what a file does not say about itself, one row per `general.architecture`.
#pragma once
#include <string>
#include <string_view>

#include "ops/encoder.h"

namespace hearth::arch {

enum class EmbeddingScale { kOne, kSqrtDim };
enum class AttentionScale { kOne, kInverseSqrtHeadDim };

/// Everything else is read off the file: a bias, a norm, a tied head or a K=V layer exists if its tensor does. In every
/// row norm weights are applied as stored: where a family adds 1 to them, its converter has done so (Gemma 3).
struct Family {
  std::string_view name;
  ops::Activation activation;
  EmbeddingScale embedding_scale;
  AttentionScale attention_scale;
  bool value_norm;                // weightless norm on v
  bool values_from_keys = false;  // a layer without a v projection takes its k projection; else that is a fault
  bool adjacent_pairs = false;    // RoPE turns (2i, 2i + 1), not (i, i + head_dim / 2)
  double rope_base;               // where {arch}.rope.freq_base is missing
  double sliding_rope_base = 0;   // where {arch}.rope.freq_base_swa is missing: not rope.freq_base
  uint32_t sliding_period = 0;  // where no pattern is given: all but the last of so many layers are sliding; 0: none is
  uint32_t kv_owners = 0;       // where {arch}.attention.shared_kv_layers is missing: so many; 0: all
  /// Of a size that is known by its layers, the attention scale is 1 / sqrt(dim / heads).
  uint32_t layers_with_width_scale = 0;
  uint32_t streams = 0;        // beside each other; 0: one residual
  uint32_t sparse_layers = 0;  // where {arch}.activation_sparsity_scale is missing: the first so many
  float sparsity = 0;          // are cut at so many standard deviations
};

/// Null where this engine does not run the family.
const Family* find_family(std::string_view architecture);
/// "gemma4, ...", for messages.
std::string supported_families();

}  // namespace hearth::arch
