// native/arch/blocks/experts.cc
//
//   router   r = rms(x) * g / sqrt(d);  p = softmax(W_r r);  S = the k largest, renormalised to sum 1
//   experts  sum over e in S of p_e c_e W_down,e (act(G_e n) * U_e n),  n = norm(x)
//
// The router and both branches read the residual itself, each through its own norm.
// Source: ggml-org/llama.cpp src/models/gemma4.cpp.
#include "arch/blocks/experts.h"

#include <cmath>

#include "arch/blocks/dense.h"

namespace hearth::arch {
namespace {

void choose(Step& step, const MoeSpec& spec, const ExpertWeights& weights) {
  const ops::Rows input = step.normed();
  const ops::Rows logits = step.room(step.scratch.router, spec.experts);
  step.ops.norm(input, step.x(), weights.router_scale, step.spec.dim, step.spec.eps);
  step.ops.scale(input, 1.0f / std::sqrt(static_cast<float>(step.spec.dim)));
  step.ops.matmul(logits, input, weights.router);
  step.ops.route(*step.scratch.experts, *step.scratch.expert_weights, logits, spec.used);
}

/// The gated inner values of the chosen experts, [M*k, W].
ops::Rows inner(Step& step, const MoeSpec& spec, const ExpertWeights& weights) {
  const uint32_t choices = step.rows * spec.used;
  const Area& area = step.scratch.expert_gate_up;
  const ops::Buffer& chosen = *step.scratch.experts;
  if (spec.fused_gate_up) {
    const ops::Rows both = area.at(0, choices, 2 * spec.width);
    step.ops.matmul_experts(both, step.normed(), weights.gate_up, chosen, spec.used, false);
    const ops::Rows gate = both.slice(0, spec.width);
    step.ops.gate(gate, gate, both.slice(spec.width, spec.width), spec.activation);
    return gate;
  }
  const ops::Rows gate = area.at(0, choices, spec.width);
  const ops::Rows up = area.at(choices, choices, spec.width);
  step.ops.matmul_experts(gate, step.normed(), weights.gate, chosen, spec.used, false);
  step.ops.matmul_experts(up, step.normed(), weights.up, chosen, spec.used, false);
  step.ops.gate(gate, gate, up, spec.activation);
  return gate;
}

}  // namespace

ops::Rows experts(Step& step, const MoeSpec& spec, const DenseWeights& dense_weights, const ExpertWeights& weights) {
  const ops::Rows delta = dense(step, spec.dense, dense_weights);
  step.ops.norm(delta, delta, weights.dense_post_norm, step.spec.dim, step.spec.eps);

  choose(step, spec, weights);
  step.ops.norm(step.normed(), step.x(), weights.norm, step.spec.dim, step.spec.eps);
  const ops::Rows gated = inner(step, spec, weights);
  const ops::Rows out = step.scratch.expert_out.at(0, step.rows * spec.used, step.spec.dim);
  const ops::Rows sum = step.room(step.scratch.branch, step.spec.dim);
  step.ops.matmul_experts(out, gated, weights.down, *step.scratch.experts, spec.used, true);
  step.ops.combine_experts(sum, out, *step.scratch.experts, *step.scratch.expert_weights, weights.down_scale,
                           spec.used);
  step.ops.norm(sum, sum, weights.post_norm, step.spec.dim, step.spec.eps);
  step.ops.add(delta, sum);
  return delta;
}

}  // namespace hearth::arch
