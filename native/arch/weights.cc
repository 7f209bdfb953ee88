// native/arch/weights.cc: one walk over all weights.
#include "arch/weights.h"

#include <string>

namespace hearth::arch {
namespace {

Status prepare_one(ops::Device& device, ops::Weight& weight, const std::string& part) {
  if (!weight) return Ok{};
  Result<ops::Weight> prepared = device.prepare(weight);
  if (!prepared.ok()) return Error{prepared.error().code, part + ": " + prepared.error().message};
  weight = prepared.value();
  return Ok{};
}

}  // namespace

Status ModelWeights::prepare(ops::Device& device) {
  const bool tied = head.data == embedding.data;
  embedding.by_rows = !tied;
  per_layer_table.by_rows = true;
  struct Part {
    ops::Weight* weight;
    std::string name;
  };
  std::vector<Part> parts{{&embedding, "token embedding"},
                          {&output_norm, "output norm"},
                          {&per_layer_table, "per-layer table"},
                          {&per_layer_projection, "per-layer projection"},
                          {&per_layer_norm, "per-layer norm"}};
  for (ops::Weight& w : spread) parts.push_back({&w, "projection to a stream"});
  for (ops::Weight& w : gather) parts.push_back({&w, "projection of a stream"});
  if (!tied) parts.push_back({&head, "head"});
  for (size_t il = 0; il < layers.size(); ++il) {
    LayerWeights& layer = layers[il];
    const std::string of = " of layer " + std::to_string(il);
    AttentionWeights& a = layer.attention;
    DenseWeights& f = layer.dense;
    ExpertWeights& e = layer.experts;
    PerLayerWeights& p = layer.per_layer;
    StreamWeights& s = layer.streams;
    for (ops::Weight* w : {&a.norm, &a.q, &a.k, &a.v, &a.q_norm, &a.k_norm, &a.output, &a.post_norm, &a.q_bias,
                           &a.k_bias, &a.v_bias, &a.output_bias}) {
      parts.push_back({w, "attention" + of});
    }
    for (ops::Weight* w :
         {&s.router_norm, &s.router, &s.predict, &s.correct, &s.correct_scale, &s.low, &s.high, &s.low_rank_norm}) {
      parts.push_back({w, "streams" + of});
    }
    for (ops::Weight* w :
         {&f.norm, &f.gate, &f.up, &f.down, &f.gate_bias, &f.up_bias, &f.down_bias, &layer.post_ffn_norm})
      parts.push_back({w, "feed-forward" + of});
    for (ops::Weight* w : {&e.dense_post_norm, &e.router, &e.router_scale, &e.norm, &e.gate_up, &e.gate, &e.up, &e.down,
                           &e.down_scale, &e.post_norm}) {
      parts.push_back({w, "experts" + of});
    }
    for (ops::Weight* w : {&p.gate, &p.projection, &p.post_norm}) parts.push_back({w, "per-layer input" + of});
  }
  for (const Part& part : parts) {
    if (Status status = prepare_one(device, *part.weight, part.name); !status.ok()) return status;
  }
  if (tied) head = embedding;
  return Ok{};
}

}  // namespace hearth::arch
