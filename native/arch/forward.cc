// native/arch/forward.cc: the story of a token, top to bottom. Blocks say how each sentence is done.
#include "arch/forward.h"

#include <cassert>

#include "arch/blocks/attention.h"
#include "arch/blocks/dense.h"
#include "arch/blocks/experts.h"
#include "arch/blocks/per_layer.h"
#include "arch/blocks/streams.h"

namespace hearth::arch {

bool forward(ops::Encoder& ops, const ArchSpec& spec, const ModelWeights& weights, std::span<const ops::KvView> caches,
             Scratch& scratch, const Pass& pass) {
  const auto rows = static_cast<uint32_t>(pass.tokens.size());
  assert(rows > 0 && rows <= scratch.max_rows && pass.wanted <= rows);
  Step step{
      .ops = ops, .spec = spec, .weights = weights, .scratch = scratch, .position = pass.first_position, .rows = rows};

  ops.embed(step.x(), weights.embedding, pass.tokens, spec.embedding_scale);
  if (spec.per_layer) make_per_layer_inputs(step, pass.tokens);
  if (spec.streams) spread_streams(step);

  const auto stopped = [&] { return pass.stop != nullptr && pass.stop->load(std::memory_order_relaxed); };
  const uint32_t last_owner = spec.last_owner();
  for (uint32_t il = 0; il < spec.layers.size(); ++il) {
    if (stopped()) return false;
    const LayerSpec& layer = spec.layers[il];
    const LayerWeights& layer_weights = weights.layers[il];

    if (spec.streams) predict_streams(step, layer_weights.streams);
    norm_for_attention(step, layer_weights.attention);
    if (layer.attention.kv.owns) remember(step, layer.attention, layer_weights.attention, caches[il]);
    if (il == last_owner) {
      // Everything that later tokens can see is stored now. What follows is for rows whose result somebody reads;
      // rows do not depend on each other there, so the others can stop here without changing a bit.
      step.keep_last(pass.wanted);
      if (step.rows == 0) return true;
    }
    attend(step, layer.attention, layer_weights.attention, caches[il]);
    if (layer.low_rank > 0) add_low_rank(step, layer.low_rank, layer_weights.streams);

    if (stopped()) return false;
    const MoeSpec* moe = layer.moe();
    const ops::Rows delta = moe != nullptr ? experts(step, *moe, layer_weights.dense, layer_weights.experts)
                                           : dense(step, layer.dense(), layer_weights.dense);
    add_to_residual(step, delta, layer_weights.post_ffn_norm);

    if (spec.streams) {
      correct_streams(step, layer_weights.streams);
      inject_into_streams(step, il, layer.dense().activation, layer_weights);
      continue;
    }
    if (spec.per_layer) inject_per_layer(step, il, layer.dense().activation, layer_weights.per_layer);
    if (layer.output_scale) ops.scale(step.x(), layer_weights.output_scale);
  }

  if (spec.streams) gather_streams(step);
  ops.norm(step.room(scratch.hidden, spec.dim), step.x(), weights.output_norm, spec.dim, spec.eps);
  return true;
}

}  // namespace hearth::arch
