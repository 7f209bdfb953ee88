// native/arch/blocks/per_layer.cc
//
//   input[l] = (norm(slice l of W_mp x / sqrt(d)) + sqrt(P) * slice l of the token's row of the table) / sqrt(2)
//
// One row of the table is read per token, so it may stay in the file's mapping.
// Source: ggml-org/llama.cpp src/models/gemma4.cpp; huggingface/transformers models/gemma4.
#include "arch/blocks/per_layer.h"

#include <cmath>
#include <numbers>

namespace hearth::arch {

void make_per_layer_inputs(Step& step, std::span<const int32_t> tokens) {
  const uint32_t dim = step.spec.per_layer->dim;
  const uint32_t all = dim * static_cast<uint32_t>(step.spec.layers.size());
  const ops::Rows inputs = step.live(step.scratch.per_layer, all);
  const ops::Rows context = step.live(step.scratch.per_layer_context, all);
  step.ops.embed(inputs, step.weights.per_layer_table, tokens, std::sqrt(static_cast<float>(dim)));
  step.ops.matmul(context, step.x(), step.weights.per_layer_projection);
  step.ops.scale(context, 1.0f / std::sqrt(static_cast<float>(step.spec.dim)));
  step.ops.norm(context, context, step.weights.per_layer_norm, dim, step.spec.eps);
  step.ops.add(inputs, context);
  step.ops.scale(inputs, static_cast<float>(1.0 / std::numbers::sqrt2));
}

void inject_per_layer(Step& step, uint32_t layer, ops::Activation activation, const PerLayerWeights& weights) {
  const uint32_t dim = step.spec.per_layer->dim;
  const uint32_t all = dim * static_cast<uint32_t>(step.spec.layers.size());
  const ops::Rows gate = step.room(step.scratch.per_layer_gate, dim);
  const ops::Rows delta = step.room(step.scratch.delta, step.spec.dim);
  step.ops.matmul(gate, step.x(), weights.gate);
  step.ops.gate(gate, gate, step.live(step.scratch.per_layer, all).slice(layer * dim, dim), activation);
  step.ops.matmul(delta, gate, weights.projection);
  add_to_residual(step, delta, weights.post_norm);
}

}  // namespace hearth::arch
