// native/arch/spec.cc: the spec on one printed page; layers that are alike share a line.
#include "arch/spec.h"

#include <cstdio>
#include <map>

namespace hearth::arch {
namespace {

/// A number for people: up to six digits, no trailing zeros.
std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

const char* activation_name(ops::Activation activation) {
  switch (activation) {
    case ops::Activation::kGeluTanh:
      return "gelu-tanh";
    case ops::Activation::kSilu:
      return "silu";
  }
  return "?";
}

std::string describe_attention(const AttentionSpec& spec) {
  std::string text = spec.window ? "window " + std::to_string(*spec.window) : std::string("global");
  text += ", " + std::to_string(spec.heads) + " heads on " + std::to_string(spec.kv_heads) + " of " +
          std::to_string(spec.head_dim) + ", rope " + number(spec.rope.base);
  if (spec.rope.use_divisors) text += " with divisors";
  if (spec.rope.stretch != 1) text += " stretched " + number(spec.rope.stretch);
  if (spec.rope.adjacent) text += " on adjacent pairs";
  if (spec.scale != 1) text += ", scale " + number(spec.scale);
  if (spec.qk_norm) text += ", q/k norm";
  if (spec.kv.owns && spec.v_norm) text += ", v norm";
  if (spec.fused_qkv) text += ", fused qkv";
  if (spec.kv.v_from_k) text += ", values from keys";
  if (!spec.kv.owns) text += ", keys and values of layer " + std::to_string(spec.kv.source_layer);
  return text;
}

std::string describe_ffn(const LayerSpec& layer) {
  std::string text = "dense " + std::to_string(layer.dense().width) + " " + activation_name(layer.dense().activation);
  if (layer.dense().sparsity > 0) text += ", gate cut " + number(layer.dense().sparsity) + " deviations up";
  if (layer.low_rank > 0) text += ", rank " + std::to_string(layer.low_rank) + " beside attention";
  if (const MoeSpec* moe = layer.moe()) {
    text += " beside " + std::to_string(moe->used) + " of " + std::to_string(moe->experts) + " experts of " +
            std::to_string(moe->width) + (moe->fused_gate_up ? " (fused gate and up)" : "");
  }
  return text;
}

/// "0-3, 5, 7-9"
std::string ranges(const std::vector<size_t>& layers) {
  std::string text;
  for (size_t i = 0; i < layers.size();) {
    size_t end = i;
    while (end + 1 < layers.size() && layers[end + 1] == layers[end] + 1) ++end;
    if (!text.empty()) text += ", ";
    text += std::to_string(layers[i]);
    if (end > i) text.append("-").append(std::to_string(layers[end]));
    i = end + 1;
  }
  return text;
}

}  // namespace

uint64_t ArchSpec::row_work() const {
  uint64_t most = 0;
  for (const LayerSpec& layer : layers) {
    const AttentionSpec& attention = layer.attention;
    uint64_t columns = uint64_t{2} * attention.q_width() + uint64_t{3} * layer.dense().width;
    if (attention.kv.owns) columns += uint64_t{2} * attention.kv_width();
    if (const MoeSpec* moe = layer.moe()) columns += uint64_t{3} * moe->width * moe->used;
    most = std::max(most, columns * dim);
  }
  return most;
}

uint32_t ArchSpec::last_owner() const {
  uint32_t last = 0;
  for (uint32_t il = 0; il < layers.size(); ++il) {
    if (layers[il].attention.kv.owns) last = il;
  }
  return last;
}

std::string ArchSpec::print() const {
  std::string text = family + ": " + std::to_string(layers.size()) + " layers, width " + std::to_string(dim) +
                     ", vocabulary " + std::to_string(vocabulary) + ", trained context " +
                     std::to_string(trained_context) + "\n";
  text += "embedding times " + number(embedding_scale) + (tied_head ? ", tied head" : ", own head");
  if (final_softcap) text += ", soft-cap " + number(*final_softcap);
  if (per_layer) text += ", per-layer embeddings of " + std::to_string(per_layer->dim);
  if (streams) text += ", " + std::to_string(streams->count) + " streams";
  if (!suppressed.empty()) text += ", " + std::to_string(suppressed.size()) + " tokens never sampled";
  text += ", norm eps " + number(eps) + "\n";

  std::vector<std::string> order;
  std::map<std::string, std::vector<size_t>> alike;
  for (size_t il = 0; il < layers.size(); ++il) {
    std::string line = describe_attention(layers[il].attention) + "; " + describe_ffn(layers[il]);
    auto [entry, is_new] = alike.try_emplace(line);
    if (is_new) order.push_back(line);
    entry->second.push_back(il);
  }
  for (const std::string& line : order) {
    text += alike[line].size() == 1 ? "layer " : "layers ";
    text += ranges(alike[line]) + ": " + line + "\n";
  }
  return text;
}

}  // namespace hearth::arch
