// native/arch/bind.cc: which tensor plays which part.
//
// Source: ggml-org/llama.cpp src/llama-arch.cpp (names), src/models/gemma4.cpp, gemma3n.cpp (shapes).
#include "arch/bind.h"

#include <cmath>

#include "arch/claims.h"
#include "arch/rope.h"

namespace hearth::arch {
namespace {

/// `count` rows of a matrix from `first` on; rows are contiguous in every format.
ops::Weight rows_of(const ops::Weight& matrix, uint32_t first, uint32_t count) {
  if (!matrix) return {};
  const TypeTraits& traits = *traits_of(matrix.type);
  const uint64_t row_bytes = uint64_t{matrix.cols} / traits.block_elements * traits.block_bytes;
  ops::Weight part = matrix;
  part.rows = count;
  part.data += first * row_bytes;
  return part;
}

/// One of the matrices of a weight with several.
ops::Weight matrix_of(const ops::Weight& all, uint32_t index) {
  if (!all) return {};
  ops::Weight one = all;
  one.rows = all.rows * all.count;
  one.count = 1;
  return rows_of(one, index * all.rows, all.rows);
}

class Binder {
 public:
  Binder(const gguf::File& file, const ArchSpec& spec) : spec_(spec), claims_(file) {}

  Result<ModelWeights> bind() {
    bind_frame();
    for (uint32_t il = 0; il < spec_.layers.size(); ++il) bind_layer(il);
    if (Status status = claims_.settle(); !status.ok()) return status.error();
    weights_.parameters = claims_.parameters();
    return std::move(weights_);
  }

 private:
  void bind_frame() {
    weights_.embedding = claims_.matrix("token_embd.weight", {spec_.dim, spec_.vocabulary});
    weights_.head =
        spec_.tied_head ? weights_.embedding : claims_.matrix("output.weight", {spec_.dim, spec_.vocabulary});
    weights_.output_norm = claims_.vector("output_norm.weight", spec_.dim);
    if (spec_.per_layer) {
      const uint32_t all = spec_.per_layer->dim * static_cast<uint32_t>(spec_.layers.size());
      weights_.per_layer_table = claims_.matrix("per_layer_token_embd.weight", {all, spec_.vocabulary});
      weights_.per_layer_projection = claims_.matrix("per_layer_model_proj.weight", {spec_.dim, all});
      weights_.per_layer_norm = claims_.vector("per_layer_proj_norm.weight", spec_.per_layer->dim);
    }
    if (spec_.streams) {
      const uint32_t others = spec_.streams->count - 1;
      const auto spread = claims_.matrix("altup_proj.weight", {spec_.dim, spec_.dim, others});
      const auto gather = claims_.matrix("altup_unembd_proj.weight", {spec_.dim, spec_.dim, others});
      for (uint32_t i = 0; i < others; ++i) {
        weights_.spread.push_back(matrix_of(spread, i));
        weights_.gather.push_back(matrix_of(gather, i));
      }
    }
    read_divisors();
  }

  void read_divisors() {
    if (!claims_.has("rope_freqs.weight")) return;
    const LayerSpec* user = nullptr;
    for (const LayerSpec& layer : spec_.layers) {
      if (layer.attention.rope.use_divisors) user = &layer;
    }
    if (user == nullptr) return claims_.dead("rope_freqs.weight");  // no global layer
    const ops::Weight divisors = claims_.vector("rope_freqs.weight", user->attention.head_dim / 2);
    if (!divisors) return;
    for (uint32_t pair = 0; pair < divisors.cols; ++pair) {
      divisors_.push_back(read_float(divisors, pair));
      if (!(divisors_.back() > 0)) {
        claims_.misfit("rope_freqs.weight[" + std::to_string(pair) + "]: expected a divisor above 0, found " +
                       std::to_string(divisors_.back()));
        return;
      }
    }
  }

  void bind_layer(uint32_t il) {
    const LayerSpec& layer = spec_.layers[il];
    LayerWeights& weights = weights_.layers.emplace_back();
    block_ = "blk." + std::to_string(il) + ".";
    bind_attention(layer, weights.attention);
    bind_dense(layer, weights.dense);
    if (const MoeSpec* moe = layer.moe()) bind_experts(*moe, weights.experts);
    if (layer.post_ffn_norm) weights.post_ffn_norm = claims_.vector(block_ + "post_ffw_norm.weight", spec_.dim);
    if (spec_.per_layer) {
      weights.per_layer.gate = claims_.matrix(block_ + "inp_gate.weight", {spec_.dim, spec_.per_layer->dim});
      weights.per_layer.projection = claims_.matrix(block_ + "proj.weight", {spec_.per_layer->dim, spec_.dim});
      weights.per_layer.post_norm = claims_.vector(block_ + "post_norm.weight", spec_.dim);
    }
    if (layer.output_scale) bind_output_scale(weights);
    if (spec_.streams) bind_streams(layer, weights.streams);
  }

  void bind_streams(const LayerSpec& layer, StreamWeights& weights) {
    const uint32_t count = spec_.streams->count;
    weights.router_norm = claims_.vector(block_ + "altup_router_norm.weight", spec_.dim);
    weights.router = claims_.matrix(block_ + "altup_router.weight", {spec_.dim, count});
    weights.predict = claims_.matrix(block_ + "altup_predict_coef.weight", {count, count * count});
    weights.correct = claims_.matrix(block_ + "altup_correct_coef.weight", {count, count});
    weights.correct_scale = claims_.vector(block_ + "altup_correct_scale.weight", spec_.dim);
    if (layer.low_rank == 0) return;
    weights.low = claims_.matrix(block_ + "laurel_l.weight", {spec_.dim, layer.low_rank});
    weights.high = claims_.matrix(block_ + "laurel_r.weight", {layer.low_rank, spec_.dim});
    weights.low_rank_norm = claims_.vector(block_ + "laurel_post_norm.weight", spec_.dim);
  }

  ops::Weight bias(const char* name, uint32_t length) {
    return claims_.has(block_ + name) ? claims_.vector(block_ + name, length) : ops::Weight{};
  }

  void bind_output_scale(LayerWeights& weights) {
    const std::string name = block_ + "layer_output_scale.weight";
    const ops::Weight scale = claims_.vector(name, 1);
    if (!scale) return;
    weights.output_scale = read_float(scale, 0);
    if (!std::isfinite(weights.output_scale))
      claims_.misfit(name + ": expected a finite number, found " + std::to_string(weights.output_scale));
  }

  void bind_attention(const LayerSpec& layer, AttentionWeights& weights) {
    const AttentionSpec& spec = layer.attention;
    weights.norm = claims_.vector(block_ + "attn_norm.weight", spec_.dim);
    if (spec.fused_qkv) {
      bind_fused(spec, weights);
    } else {
      weights.q = claims_.matrix(block_ + "attn_q.weight", {spec_.dim, spec.q_width()});
      if (spec.kv.owns) {
        weights.k = claims_.matrix(block_ + "attn_k.weight", {spec_.dim, spec.kv_width()});
        if (!spec.kv.v_from_k) weights.v = claims_.matrix(block_ + "attn_v.weight", {spec_.dim, spec.kv_width()});
        weights.k_bias = bias("attn_k.bias", spec.kv_width());
        weights.v_bias = bias("attn_v.bias", spec.kv_width());
      }
      weights.q_bias = bias("attn_q.bias", spec.q_width());
    }
    if (spec.qk_norm) {
      weights.q_norm = claims_.vector(block_ + "attn_q_norm.weight", spec.head_dim);
      if (spec.kv.owns) weights.k_norm = claims_.vector(block_ + "attn_k_norm.weight", spec.head_dim);
    }
    if (!spec.kv.owns) {  // some converters keep the projections of layers that read another layer's cache
      for (const char* name : {"attn_k.weight", "attn_v.weight", "attn_k_norm.weight"}) claims_.dead(block_ + name);
    }
    weights.output = claims_.matrix(block_ + "attn_output.weight", {spec.q_width(), spec_.dim});
    weights.output_bias = bias("attn_output.bias", spec_.dim);
    if (layer.post_attention_norm) weights.post_norm = claims_.vector(block_ + "post_attention_norm.weight", spec_.dim);
    weights.frequencies = rope_frequencies(
        spec.rope, spec.rope.use_divisors ? std::span<const float>(divisors_) : std::span<const float>());
  }

  /// Rows of q, then k, then v. A layer that owns no cache may carry the dead k and v rows or leave them out.
  void bind_fused(const AttentionSpec& spec, AttentionWeights& weights) {
    const std::string name = block_ + "attn_qkv.weight";
    const uint32_t q = spec.q_width(), kv = spec.kv_width();
    uint32_t rows = q + kv * (spec.kv.v_from_k ? 1 : 2);
    if (!spec.kv.owns && claims_.rows(name) == q) rows = q;
    const ops::Weight fused = claims_.matrix(name, {spec_.dim, rows});
    weights.q = rows_of(fused, 0, q);
    if (!spec.kv.owns) return;
    weights.k = rows_of(fused, q, kv);
    if (!spec.kv.v_from_k) weights.v = rows_of(fused, q + kv, kv);
  }

  void bind_dense(const LayerSpec& layer, DenseWeights& weights) {
    const uint32_t width = layer.dense().width;
    weights.norm = claims_.vector(block_ + "ffn_norm.weight", spec_.dim);
    weights.gate = claims_.matrix(block_ + "ffn_gate.weight", {spec_.dim, width});
    weights.up = claims_.matrix(block_ + "ffn_up.weight", {spec_.dim, width});
    weights.down = claims_.matrix(block_ + "ffn_down.weight", {width, spec_.dim});
    weights.gate_bias = bias("ffn_gate.bias", width);
    weights.up_bias = bias("ffn_up.bias", width);
    weights.down_bias = bias("ffn_down.bias", spec_.dim);
  }

  void bind_experts(const MoeSpec& spec, ExpertWeights& weights) {
    weights.dense_post_norm = claims_.vector(block_ + "post_ffw_norm_1.weight", spec_.dim);
    weights.router = claims_.matrix(block_ + "ffn_gate_inp.weight", {spec_.dim, spec.experts});
    weights.router_scale = claims_.vector(block_ + "ffn_gate_inp.scale", spec_.dim);
    weights.norm = claims_.vector(block_ + "pre_ffw_norm_2.weight", spec_.dim);
    if (spec.fused_gate_up) {
      weights.gate_up = claims_.matrix(block_ + "ffn_gate_up_exps.weight", {spec_.dim, 2 * spec.width, spec.experts});
    } else {
      weights.gate = claims_.matrix(block_ + "ffn_gate_exps.weight", {spec_.dim, spec.width, spec.experts});
      weights.up = claims_.matrix(block_ + "ffn_up_exps.weight", {spec_.dim, spec.width, spec.experts});
    }
    weights.down = claims_.matrix(block_ + "ffn_down_exps.weight", {spec.width, spec_.dim, spec.experts});
    if (claims_.has(block_ + "ffn_down_exps.scale")) {
      weights.down_scale = claims_.vector(block_ + "ffn_down_exps.scale", spec.experts);
    }
    weights.post_norm = claims_.vector(block_ + "post_ffw_norm_2.weight", spec_.dim);
  }

  const ArchSpec& spec_;
  Claims claims_;
  ModelWeights weights_;
  std::vector<float> divisors_;  // of global layers; empty: all 1
  std::string block_;            // "blk.7."
};

}  // namespace

Result<ModelWeights> bind(const gguf::File& file, const ArchSpec& spec) { return Binder(file, spec).bind(); }

}  // namespace hearth::arch
