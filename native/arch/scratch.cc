// native/arch/scratch.cc: one buffer, cut into areas.
#include "arch/scratch.h"

#include <algorithm>

namespace hearth::arch {
namespace {

/// The largest width of each part over all layers.
struct Widths {
  uint64_t q = 0, kv = 0, ffn = 0, experts = 0, used = 0, expert = 0, low_rank = 0;
};

Widths widths_of(const ArchSpec& spec) {
  Widths widths;
  for (const LayerSpec& layer : spec.layers) {
    widths.q = std::max<uint64_t>(widths.q, layer.attention.q_width());
    widths.kv = std::max<uint64_t>(widths.kv, layer.attention.kv_width());
    widths.ffn = std::max<uint64_t>(widths.ffn, layer.dense().width);
    widths.low_rank = std::max<uint64_t>(widths.low_rank, layer.low_rank);
    if (const MoeSpec* moe = layer.moe()) {
      widths.experts = std::max<uint64_t>(widths.experts, moe->experts);
      widths.used = std::max<uint64_t>(widths.used, moe->used);
      widths.expert = std::max<uint64_t>(widths.expert, moe->width);
    }
  }
  return widths;
}

}  // namespace

uint64_t Scratch::bytes() const {
  uint64_t sum = memory->bytes();
  if (experts) sum += experts->bytes() + expert_weights->bytes();
  return sum;
}

Result<Scratch> make_scratch(ops::Device& device, const ArchSpec& spec, uint32_t max_rows, uint32_t logits_rows) {
  const Widths widths = widths_of(spec);
  const uint64_t dim = spec.dim;
  const uint64_t per_layer = spec.per_layer ? spec.per_layer->dim : 0;
  const uint64_t all_layers = per_layer * spec.layers.size();
  const uint64_t choices = widths.used * max_rows;

  Scratch scratch;
  scratch.max_rows = max_rows;
  scratch.logits_rows = logits_rows;
  uint64_t floats = 0;
  const auto reserve = [&](Area& area, uint64_t rows, uint64_t width) {
    area.offset = floats;
    floats += (rows * width + 15) / 16 * 16;  // each area starts on a cache line
  };
  for (Area* area : {&scratch.x, &scratch.normed, &scratch.delta, &scratch.hidden}) reserve(*area, max_rows, dim);
  for (Area* area : {&scratch.q, &scratch.attended}) reserve(*area, max_rows, widths.q);
  for (Area* area : {&scratch.k, &scratch.v}) reserve(*area, max_rows, widths.kv);
  for (Area* area : {&scratch.gate, &scratch.up}) reserve(*area, max_rows, widths.ffn);
  for (Area* area : {&scratch.per_layer, &scratch.per_layer_context}) reserve(*area, max_rows, all_layers);
  reserve(scratch.per_layer_gate, max_rows, per_layer);
  const uint64_t streams = spec.streams ? spec.streams->count : 0;
  for (Area* area : {&scratch.streams, &scratch.predicted}) reserve(*area, streams * max_rows, dim);
  reserve(scratch.stream_router, max_rows, streams);
  reserve(scratch.stream_factors, max_rows, streams * streams);
  reserve(scratch.low_rank, max_rows, widths.low_rank);
  reserve(scratch.branch, widths.used > 0 ? max_rows : 0, dim);
  reserve(scratch.router, max_rows, widths.experts);
  reserve(scratch.expert_gate_up, choices, 2 * widths.expert);
  reserve(scratch.expert_out, choices, dim);
  reserve(scratch.logits, logits_rows, spec.vocabulary);

  auto memory = device.allocate(floats * sizeof(float));
  if (!memory.ok()) return memory.error();
  scratch.memory = std::move(memory).value();
  for (Area* area : {&scratch.x,
                     &scratch.normed,
                     &scratch.delta,
                     &scratch.hidden,
                     &scratch.q,
                     &scratch.attended,
                     &scratch.k,
                     &scratch.v,
                     &scratch.gate,
                     &scratch.up,
                     &scratch.per_layer,
                     &scratch.per_layer_context,
                     &scratch.per_layer_gate,
                     &scratch.streams,
                     &scratch.predicted,
                     &scratch.stream_router,
                     &scratch.stream_factors,
                     &scratch.low_rank,
                     &scratch.branch,
                     &scratch.router,
                     &scratch.expert_gate_up,
                     &scratch.expert_out,
                     &scratch.logits}) {
    area->buffer = scratch.memory.get();
  }
  if (choices > 0) {
    auto experts = device.allocate(choices * sizeof(int32_t));
    if (!experts.ok()) return experts.error();
    auto weights = device.allocate(choices * sizeof(float));
    if (!weights.ok()) return weights.error();
    scratch.experts = std::move(experts).value();
    scratch.expert_weights = std::move(weights).value();
  }
  return scratch;
}

}  // namespace hearth::arch
