// native/arch/blocks/attention.cc
//
//   q = rope(norm(W_q n)),  k = rope(norm(W_k n)),  v = rms(W_v n) or rms(W_k n)
//   x += norm(W_o softmax(scale q k) v)
//
// Source: ggml-org/llama.cpp src/models/gemma4.cpp; huggingface/transformers models/gemma4.
#include "arch/blocks/attention.h"

namespace hearth::arch {
namespace {

void rotate(Step& step, const ops::Rows& heads, const AttentionSpec& spec, const AttentionWeights& weights) {
  step.ops.rope(heads, {.frequencies = weights.frequencies, .head_dim = spec.head_dim, .adjacent = spec.rope.adjacent},
                step.first_position());
}

}  // namespace

void norm_for_attention(Step& step, const AttentionWeights& weights) {
  step.ops.norm(step.normed(), step.x(), weights.norm, step.spec.dim, step.spec.eps);
}

void remember(Step& step, const AttentionSpec& spec, const AttentionWeights& weights, const ops::KvView& cache) {
  const ops::Rows k = step.room(step.scratch.k, spec.kv_width());
  const ops::Rows v = step.room(step.scratch.v, spec.kv_width());
  step.ops.matmul(k, step.normed(), weights.k);
  if (weights.k_bias) step.ops.add_row(k, weights.k_bias);
  if (!spec.kv.v_from_k) step.ops.matmul(v, step.normed(), weights.v);
  if (weights.v_bias) step.ops.add_row(v, weights.v_bias);
  // K=V takes the projection before its norm and rotation, so v is made first.
  const ops::Rows& source = spec.kv.v_from_k ? k : v;
  if (spec.v_norm) {
    step.ops.norm(v, source, {}, spec.head_dim, step.spec.eps);
  } else if (spec.kv.v_from_k) {
    step.ops.copy(v, k);
  }
  if (spec.qk_norm) step.ops.norm(k, k, weights.k_norm, spec.head_dim, step.spec.eps);
  rotate(step, k, spec, weights);
  step.ops.store_kv(cache, k, v, step.first_position());
}

void attend(Step& step, const AttentionSpec& spec, const AttentionWeights& weights, const ops::KvView& cache) {
  const ops::Rows q = step.room(step.scratch.q, spec.q_width());
  const ops::Rows attended = step.room(step.scratch.attended, spec.q_width());
  const ops::Rows delta = step.room(step.scratch.delta, step.spec.dim);
  step.ops.matmul(q, step.normed(), weights.q);
  if (weights.q_bias) step.ops.add_row(q, weights.q_bias);
  if (spec.qk_norm) step.ops.norm(q, q, weights.q_norm, spec.head_dim, step.spec.eps);
  rotate(step, q, spec, weights);
  step.ops.attend(attended, q, cache,
                  {.heads = spec.heads,
                   .scale = spec.scale,
                   .first_position = step.first_position(),
                   .window = spec.window.value_or(0)});
  step.ops.matmul(delta, attended, weights.output);
  if (weights.output_bias) step.ops.add_row(delta, weights.output_bias);
  add_to_residual(step, delta, weights.post_norm);
}

}  // namespace hearth::arch
