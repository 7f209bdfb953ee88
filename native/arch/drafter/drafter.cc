// native/arch/drafter/drafter.cc: one guess.
//
//   e = E_target[t] sqrt(d);  x = W_pre [e; s]
//   layers: q = rope(norm(W_q norm(x))) asks the target's cache;  x += norm(W_o attended);  x += norm(ffn(norm(x)));  x
//   *= c u = norm(x);  logits = E_draft u;  s' = W_post u
//
// The position is that of the first token that is not in the caches, in every step: the drafter adds no keys, so each
// question sees exactly the positions before it. Source: as in drafter.h.
#include "arch/drafter/drafter.h"

#include <cassert>
#include <cmath>

#include "arch/blocks/attention.h"
#include "arch/blocks/dense.h"

namespace hearth::arch {
namespace {

/// As blocks/attention.cc, but the newest visible key is the one before the question's own position.
void ask(Step& step, const AttentionSpec& spec, const AttentionWeights& weights, const ops::KvView& cache) {
  const ops::Rows q = step.room(step.scratch.q, spec.q_width());
  const ops::Rows attended = step.room(step.scratch.attended, spec.q_width());
  const ops::Rows delta = step.room(step.scratch.delta, step.spec.dim);
  step.ops.matmul(q, step.normed(), weights.q);
  step.ops.norm(q, q, weights.q_norm, spec.head_dim, step.spec.eps);
  step.ops.rope(q, {.frequencies = weights.frequencies, .head_dim = spec.head_dim}, step.first_position());
  step.ops.attend(attended, q, cache,
                  {.heads = spec.heads,
                   .scale = spec.scale,
                   .first_position = step.first_position() - 1,
                   .window = spec.window.value_or(0)});
  step.ops.matmul(delta, attended, weights.output);
  add_to_residual(step, delta, weights.post_norm);
}

}  // namespace

uint64_t DrafterScratch::bytes() const {
  return body.bytes() + memory->bytes() + (groups ? groups->bytes() + group_weights->bytes() : 0);
}

Result<DrafterScratch> make_drafter_scratch(ops::Device& device, const DrafterSpec& spec) {
  DrafterScratch scratch;
  auto body = make_scratch(device, spec.body, 1, spec.centroids ? 0 : 1);
  if (!body.ok()) return body.error();
  scratch.body = std::move(body).value();
  uint64_t floats = 0;
  const auto reserve = [&](Area& area, uint64_t width) {
    area.offset = floats;
    floats += (width + 15) / 16 * 16;
  };
  reserve(scratch.joined, uint64_t{2} * spec.target_dim);
  reserve(scratch.state, spec.target_dim);
  if (spec.centroids) {
    reserve(scratch.group_scores, spec.centroids->groups);
    reserve(scratch.group_logits,
            uint64_t{spec.centroids->best_groups} * (spec.body.vocabulary / spec.centroids->groups));
  }
  auto memory = device.allocate(floats * sizeof(float));
  if (!memory.ok()) return memory.error();
  scratch.memory = std::move(memory).value();
  for (Area* area : {&scratch.joined, &scratch.state, &scratch.group_scores, &scratch.group_logits})
    area->buffer = scratch.memory.get();
  if (spec.centroids) {
    for (auto* buffer : {&scratch.groups, &scratch.group_weights}) {
      auto made = device.allocate(spec.centroids->best_groups * sizeof(int32_t));
      if (!made.ok()) return made.error();
      *buffer = std::move(made).value();
    }
  }
  return scratch;
}

void draft(ops::Encoder& ops, const ArchSpec& target, const ModelWeights& target_weights, const Drafter& drafter,
           std::span<const ops::KvView> caches, DrafterScratch& scratch, const DraftStep& draft_step) {
  assert(draft_step.position > 0);
  const ArchSpec& spec = drafter.spec.body;
  const ModelWeights& weights = drafter.weights.body;
  const uint32_t d = drafter.spec.target_dim;
  Step step{.ops = ops,
            .spec = spec,
            .weights = weights,
            .scratch = scratch.body,
            .position = draft_step.position,
            .rows = 1};

  const ops::Rows joined = scratch.joined.at(0, 1, 2 * d);
  const ops::Rows state = scratch.state.at(0, 1, d);
  ops.embed(joined.slice(0, d), target_weights.embedding, {&draft_step.token, 1}, target.embedding_scale);
  ops.copy(joined.slice(d, d), state);
  ops.matmul(step.x(), joined, drafter.weights.pre);
  for (size_t il = 0; il < spec.layers.size(); ++il) {
    const LayerSpec& layer = spec.layers[il];
    const LayerWeights& layer_weights = weights.layers[il];
    norm_for_attention(step, layer_weights.attention);
    ask(step, layer.attention, layer_weights.attention, caches[layer.attention.kv.source_layer]);
    add_to_residual(step, dense(step, layer.dense(), layer_weights.dense), layer_weights.post_ffn_norm);
    if (layer.output_scale) ops.scale(step.x(), layer_weights.output_scale);
  }
  const ops::Rows u = step.room(scratch.body.hidden, spec.dim);
  ops.norm(u, step.x(), weights.output_norm, spec.dim, spec.eps);
  ops.matmul(state, u, drafter.weights.post);
  if (!drafter.spec.centroids) {
    ops.matmul(scratch.body.logits.at(0, 1, spec.vocabulary), u, weights.head);
    return;
  }
  const CentroidSpec& centroids = *drafter.spec.centroids;
  const ops::Rows scores = scratch.group_scores.at(0, 1, centroids.groups);
  ops.matmul(scores, u, drafter.weights.centroids);
  ops.route(*scratch.groups, *scratch.group_weights, scores, centroids.best_groups);
  ops.matmul_experts(scratch.group_logits.at(0, centroids.best_groups, drafter.weights.grouped_head.rows), u,
                     drafter.weights.grouped_head, *scratch.groups, centroids.best_groups, false);
}

Drafted drafted_token(const Drafter& drafter, const DrafterScratch& scratch) {
  const bool grouped = drafter.spec.centroids.has_value();
  const uint32_t group_rows = grouped ? drafter.weights.grouped_head.rows : drafter.spec.body.vocabulary;
  const uint32_t count = grouped ? group_rows * drafter.spec.centroids->best_groups : group_rows;
  const Area& area = grouped ? scratch.group_logits : scratch.body.logits;
  const auto* logits = reinterpret_cast<const float*>(area.buffer->host()) + area.offset;
  const auto* groups = grouped ? reinterpret_cast<const int32_t*>(scratch.groups->host()) : nullptr;
  const auto token_at = [&](uint32_t i) {
    if (!grouped) return static_cast<int32_t>(i);
    return drafter.weights.ordering[static_cast<size_t>(groups[i / group_rows]) * group_rows + i % group_rows];
  };
  uint32_t best = 0;
  for (uint32_t i = 1; i < count; ++i) {
    if (logits[i] > logits[best] || (logits[i] == logits[best] && token_at(i) < token_at(best))) best = i;
  }
  // Single precision is enough for a hint, and it may not cost more than the step.
  float sum = 0;
  for (uint32_t i = 0; i < count; ++i) sum += logits[i] > logits[best] - 20 ? std::exp(logits[i] - logits[best]) : 0;
  return {.token = token_at(best), .probability = 1 / sum};
}

Status DrafterWeights::prepare(ops::Device& device) {
  const auto prepare_one = [&](ops::Weight& weight) -> Status {
    if (!weight) return Ok{};
    auto prepared = device.prepare(weight);
    if (!prepared.ok()) return prepared.error();
    weight = prepared.value();
    return Ok{};
  };
  for (ops::Weight* weight : {&pre, &post, &centroids, &grouped_head}) {
    if (Status status = prepare_one(*weight); !status.ok()) return status;
  }
  const ops::Weight head = body.head;
  if (grouped_head) body.head = {};  // never read then: its pages stay on disk
  Status status = body.prepare(device);
  if (grouped_head) body.head = head;
  return status;
}

}  // namespace hearth::arch
