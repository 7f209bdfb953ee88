// native/arch/spec.h: a model architecture as data. `from_gguf` reads it off a file, blocks read the spec, nothing else
// does.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "ops/encoder.h"

namespace hearth::arch {

struct RopeSpec {
  double base;
  uint32_t dims;          // the exponent's denominator; also the width the pairs span, so it equals head_dim
  bool use_divisors;      // divide frequencies by rope_freqs.weight (proportional RoPE, Llama 3.1)
  bool adjacent = false;  // pairs are (2i, 2i + 1) instead of (i, i + dims / 2)
  double stretch = 1;     // linear scaling: frequencies are divided by it
};

/// Where a layer finds its keys and values.
struct KvSpec {
  uint32_t source_layer;  // itself when it owns a cache
  bool owns;
  bool v_from_k;  // K=V: no v projection; v is the k projection before its norm and rotation
};

struct AttentionSpec {
  uint32_t heads, kv_heads, head_dim;
  float scale;
  RopeSpec rope;
  std::optional<uint32_t> window;  // visible keys, self included
  bool qk_norm;
  bool v_norm;     // weightless norm on v
  bool fused_qkv;  // one matrix holds the rows of q, then k, then v
  KvSpec kv;

  uint32_t q_width() const { return heads * head_dim; }
  uint32_t kv_width() const { return kv_heads * head_dim; }
};

struct DenseSpec {
  uint32_t width;
  ops::Activation activation;
  float sparsity = 0;  // standard deviations above the mean below which a gate value is cut to 0; 0: none is
};

/// A dense branch beside routed experts, each with its own norms (Gemma 4 26B-A4B).
struct MoeSpec {
  DenseSpec dense;
  uint32_t experts, used, width;
  ops::Activation activation;
  bool fused_gate_up;  // one tensor holds each expert's gate rows, then its up rows
};

/// Per-layer embeddings: a row of `dim` values per layer and token, injected at the end of each layer.
struct PerLayerSpec {
  uint32_t dim;
};

/// Streams beside the residual (AltUp of Gemma 3n): each layer predicts all of them from all of them, runs on the first
/// one, and corrects all of them by what it learned there. The per-layer input goes to the others.
struct StreamsSpec {
  uint32_t count;  // the residual included
};

struct LayerSpec {
  AttentionSpec attention;
  std::variant<DenseSpec, MoeSpec> ffn;
  bool post_attention_norm, post_ffn_norm;
  bool output_scale;
  uint32_t low_rank = 0;  // of a matrix pair beside attention (LAuReL of Gemma 3n); 0: none

  const DenseSpec& dense() const {
    const auto* moe = std::get_if<MoeSpec>(&ffn);
    return moe != nullptr ? moe->dense : *std::get_if<DenseSpec>(&ffn);
  }
  const MoeSpec* moe() const { return std::get_if<MoeSpec>(&ffn); }
};

struct ArchSpec {
  std::string family;  // general.architecture
  uint32_t dim, vocabulary, trained_context;
  float eps;
  float embedding_scale;
  std::optional<PerLayerSpec> per_layer;
  std::optional<StreamsSpec> streams;
  std::vector<LayerSpec> layers;
  bool tied_head;
  std::optional<float> final_softcap;
  std::vector<int32_t> suppressed;  // token ids that are never sampled

  /// The last layer that writes keys and values. Behind its cache, a row that nobody reads need not be computed.
  uint32_t last_owner() const;
  /// Multiplications that one row takes in the largest layer, attention over keys left out.
  uint64_t row_work() const;
  std::string print() const;  // for people: `doctor`
};

}  // namespace hearth::arch
