// native/arch/blocks/streams.cc
//
//   m(y)      = tanh(W_r norm(y) / d)                                  n numbers
//   pred_i    = x_i + sum over j of (W_p m(x_0))[n i + j] x_j
//   x_i       = pred_i + (1 + (W_c m(y))_i) (y - pred_0)               y: what the layer made of pred_0
//   x_1 .. += norm(W_pp (act(W_pg (x_0 * scale)) * per-layer input))
//
// Source: ggml-org/llama.cpp src/models/gemma3n.cpp; huggingface/transformers models/gemma3n.
#include "arch/blocks/streams.h"

#include <cmath>
#include <numbers>

namespace hearth::arch {
namespace {

ops::Rows stream(const Step& step, const Area& area, uint32_t index) {
  return area.at(index * step.scratch.max_rows + step.first, step.rows, step.spec.dim);
}

/// What the router says about rows of x, one number a stream.
ops::Rows modalities(Step& step, const ops::Rows& x, const StreamWeights& weights) {
  const ops::Rows normed = step.room(step.scratch.delta, step.spec.dim);
  const ops::Rows out = step.room(step.scratch.stream_router, step.spec.streams->count);
  step.ops.norm(normed, x, weights.router_norm, step.spec.dim, step.spec.eps);
  step.ops.scale(normed, 1.0f / static_cast<float>(step.spec.dim));
  step.ops.matmul(out, normed, weights.router);
  step.ops.softcap(out, 1.0f);  // tanh
  return out;
}

}  // namespace

void spread_streams(Step& step) {
  step.ops.copy(stream(step, step.scratch.streams, 0), step.x());
  for (uint32_t i = 1; i < step.spec.streams->count; ++i) {
    const ops::Rows other = stream(step, step.scratch.streams, i);
    step.ops.matmul(other, step.x(), step.weights.spread[i - 1]);
    step.ops.match_length(other, step.x());
  }
}

void predict_streams(Step& step, const StreamWeights& weights) {
  const uint32_t count = step.spec.streams->count;
  const ops::Rows router = modalities(step, stream(step, step.scratch.streams, 0), weights);
  const ops::Rows factors = step.room(step.scratch.stream_factors, count * count);
  step.ops.matmul(factors, router, weights.predict);
  for (uint32_t i = 0; i < count; ++i) {
    const ops::Rows predicted = stream(step, step.scratch.predicted, i);
    step.ops.copy(predicted, stream(step, step.scratch.streams, i));
    for (uint32_t j = 0; j < count; ++j) {
      step.ops.add_scaled(predicted, stream(step, step.scratch.streams, j), factors.slice(count * i + j, 1));
    }
  }
  step.ops.copy(step.x(), stream(step, step.scratch.predicted, 0));
}

void add_low_rank(Step& step, uint32_t rank, const StreamWeights& weights) {
  const ops::Rows low = step.room(step.scratch.low_rank, rank);
  const ops::Rows delta = step.room(step.scratch.delta, step.spec.dim);
  step.ops.matmul(low, step.normed(), weights.low);
  step.ops.matmul(delta, low, weights.high);
  step.ops.norm(delta, delta, weights.low_rank_norm, step.spec.dim, step.spec.eps);
  step.ops.add(delta, step.normed());
  step.ops.add(step.x(), delta);
  step.ops.scale(step.x(), static_cast<float>(1.0 / std::numbers::sqrt2));
}

void correct_streams(Step& step, const StreamWeights& weights) {
  const uint32_t count = step.spec.streams->count;
  const ops::Rows router = modalities(step, step.x(), weights);
  const ops::Rows factors = step.room(step.scratch.stream_factors, count);
  step.ops.matmul(factors, router, weights.correct);
  const ops::Rows learned = step.normed();
  step.ops.copy(learned, stream(step, step.scratch.predicted, 0));
  step.ops.scale(learned, -1.0f);
  step.ops.add(learned, step.x());
  for (uint32_t i = 0; i < count; ++i) {
    const ops::Rows corrected = stream(step, step.scratch.streams, i);
    step.ops.copy(corrected, stream(step, step.scratch.predicted, i));
    step.ops.add(corrected, learned);
    step.ops.add_scaled(corrected, learned, factors.slice(i, 1));
  }
}

void inject_into_streams(Step& step, uint32_t layer, ops::Activation activation, const LayerWeights& weights) {
  const uint32_t dim = step.spec.per_layer->dim;
  const uint32_t all = dim * static_cast<uint32_t>(step.spec.layers.size());
  const ops::Rows input = step.normed();
  const ops::Rows gate = step.room(step.scratch.per_layer_gate, dim);
  const ops::Rows delta = step.room(step.scratch.delta, step.spec.dim);
  step.ops.copy(input, stream(step, step.scratch.streams, 0));
  step.ops.multiply(input, weights.streams.correct_scale);
  step.ops.matmul(gate, input, weights.per_layer.gate);
  step.ops.gate(gate, gate, step.live(step.scratch.per_layer, all).slice(layer * dim, dim), activation);
  step.ops.matmul(delta, gate, weights.per_layer.projection);
  step.ops.norm(delta, delta, weights.per_layer.post_norm, step.spec.dim, step.spec.eps);
  for (uint32_t i = 1; i < step.spec.streams->count; ++i) {
    step.ops.add(stream(step, step.scratch.streams, i), delta);
  }
}

void gather_streams(Step& step) {
  const uint32_t count = step.spec.streams->count;
  const ops::Rows first = stream(step, step.scratch.streams, 0);
  const ops::Rows delta = step.room(step.scratch.delta, step.spec.dim);
  step.ops.copy(step.x(), first);
  for (uint32_t i = 1; i < count; ++i) {
    step.ops.matmul(delta, stream(step, step.scratch.streams, i), step.weights.gather[i - 1]);
    step.ops.match_length(delta, first);
    step.ops.add(step.x(), delta);
  }
  step.ops.scale(step.x(), 1.0f / static_cast<float>(count));
}

}  // namespace hearth::arch
