// native/arch/drafter/drafter_from_gguf.cc: a drafter's file, read against the model that it is to serve.
//
// Its layers have no caches: a sliding layer reads the target's last sliding cache, a global one the last global one.
// So nearly every number in the file is tied to a number of the target, and a drafter of another target is refused.
// Source: ggml-org/llama.cpp src/models/gemma4-assistant.cpp, conversion (names, shapes).
#include <cmath>
#include <cstring>

#include "arch/claims.h"
#include "arch/drafter/drafter.h"
#include "arch/metadata.h"
#include "arch/rope.h"
#include "base/printable.h"

namespace hearth::arch {
namespace {

constexpr std::string_view kFamily = "gemma4-assistant";
constexpr Range kLayers{1, 64};
constexpr Range kDim{1, 1 << 17};
constexpr Range kHeads{1, 1024};
constexpr Range kHeadDim{2, 4096};
constexpr Range kWidth{1, 1 << 20};
constexpr Range kWindow{2, 1 << 24};
constexpr Range kGroups{1, 1 << 20};
constexpr uint32_t kDefaultGroups = 2048, kDefaultBest = 32;  // where a file has centroids and does not say

std::string block(uint32_t il, std::string_view name) { return "blk." + std::to_string(il) + "." + std::string(name); }

class Reader {
 public:
  Reader(const gguf::File& file, const ArchSpec& target) : file_(file), target_(target), metadata_(file, kFamily) {}

  Result<DrafterSpec> read() {
    DrafterSpec spec{};
    ArchSpec& body = spec.body;
    body.family = kFamily;
    body.dim = metadata_.required("embedding_length", kDim);
    body.vocabulary = target_.vocabulary;
    body.trained_context = target_.trained_context;
    body.eps = static_cast<float>(metadata_.required_number("attention.layer_norm_rms_epsilon", {1e-12, 1e-1}));
    body.embedding_scale = target_.embedding_scale;
    body.tied_head = false;
    spec.target_dim = metadata_.required("embedding_length_out", kDim);
    equal("embedding_length_out", spec.target_dim, target_.dim, "the target's width");
    const gguf::Tensor* head = file_.find_tensor("token_embd.weight");
    if (head != nullptr) equal("vocab_size", head->rows(), target_.vocabulary, "the target's vocabulary");
    if (metadata_.problems().empty()) read_layers(body);
    if (file_.find_tensor("masked_embd_centroids.weight") != nullptr) read_centroids(spec);
    if (metadata_.problems().empty()) return spec;
    std::string message = file_.path() + " is no drafter for this model; choose the one that was made for it:";
    for (const std::string& problem : metadata_.problems()) message += "\n  " + problem;
    return Error{ErrorCode::kModelInvalid, std::move(message)};
  }

 private:
  void equal(std::string_view key, double found, double wanted, std::string_view what) {
    if (found == wanted) return;
    std::string text = metadata_.full(key) + ": expected " + std::string(what) + ", ";
    metadata_.problem(text + number(wanted) + ", found " + number(found));
  }
  static std::string number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.9g", value);
    return text;
  }

  void read_layers(ArchSpec& body) {
    const uint32_t layers = metadata_.required("block_count", kLayers);
    const auto heads = metadata_.required_per_layer("attention.head_count", layers, kHeads);
    const auto kv_heads = metadata_.required_per_layer("attention.head_count_kv", layers, kHeads);
    const auto widths = metadata_.required_per_layer("feed_forward_length", layers, kWidth);
    const auto sliding = metadata_.flags_per_layer("attention.sliding_window_pattern", layers);
    for (uint32_t il = 0; il < layers && metadata_.problems().empty(); ++il) {
      const AttentionSpec* source = nullptr;
      uint32_t source_layer = 0;
      for (uint32_t t = 0; t < target_.layers.size(); ++t) {
        const AttentionSpec& candidate = target_.layers[t].attention;
        if (!candidate.kv.owns || candidate.window.has_value() != sliding[il]) continue;
        source = &candidate;
        source_layer = t;
      }
      if (source == nullptr) {
        metadata_.problem(metadata_.full("attention.sliding_window_pattern") + ": expected the target to have a " +
                          (sliding[il] ? "sliding" : "global") + " layer for layer " + std::to_string(il) +
                          " to read, found none");
        return;
      }
      body.layers.push_back(read_layer(il, heads[il], kv_heads[il], widths[il], *source, source_layer));
    }
  }

  LayerSpec read_layer(uint32_t il, uint32_t heads, uint32_t kv_heads, uint32_t width, const AttentionSpec& source,
                       uint32_t source_layer) {
    const std::string suffix = source.window ? "_swa" : "";
    LayerSpec layer{};
    AttentionSpec& attention = layer.attention;
    attention = source;  // caches, rotation, scale: the target's
    attention.heads = heads;
    attention.kv = {.source_layer = source_layer, .owns = false, .v_from_k = false};
    attention.qk_norm = true;
    attention.fused_qkv = false;
    attention.rope.use_divisors = !source.window && file_.find_tensor("rope_freqs.weight") != nullptr;
    equal("attention.head_count_kv", kv_heads, source.kv_heads, "the target's key heads");
    equal("attention.key_length" + suffix, metadata_.optional("attention.key_length" + suffix, 0, kHeadDim),
          source.head_dim, "the target's head width");
    equal("rope.freq_base" + suffix, metadata_.optional_number("rope.freq_base" + suffix, source.rope.base, {1, 1e12}),
          source.rope.base, "the target's");
    if (heads % source.kv_heads != 0) {
      metadata_.problem(metadata_.full("attention.head_count") + ": expected a multiple of the target's " +
                        std::to_string(source.kv_heads) + " key heads, found " + std::to_string(heads));
    }
    if (source.window) {
      equal("attention.sliding_window", metadata_.required("attention.sliding_window", kWindow), *source.window,
            "the target's window");
      attention.window = *source.window - 1;  // the question's own position holds no key
    }
    layer.ffn = DenseSpec{width, target_.layers[source_layer].dense().activation};
    layer.post_attention_norm = file_.find_tensor(block(il, "post_attention_norm.weight")) != nullptr;
    layer.post_ffn_norm = file_.find_tensor(block(il, "post_ffw_norm.weight")) != nullptr;
    layer.output_scale = file_.find_tensor(block(il, "layer_output_scale.weight")) != nullptr;
    return layer;
  }

  void read_centroids(DrafterSpec& spec) {
    CentroidSpec centroids{.groups = metadata_.optional("masked_embedding.centroid_count", kDefaultGroups, kGroups),
                           .best_groups = metadata_.optional("masked_embedding.top_k", kDefaultBest, kGroups)};
    if (target_.vocabulary % centroids.groups != 0 || centroids.best_groups > centroids.groups) {
      metadata_.problem(metadata_.full("masked_embedding.centroid_count") +
                        ": expected a divisor of the vocabulary of " + std::to_string(target_.vocabulary) +
                        " that is at least top_k, " + std::to_string(centroids.best_groups) + ", found " +
                        std::to_string(centroids.groups));
    }
    spec.centroids = centroids;
  }

  const gguf::File& file_;
  const ArchSpec& target_;
  Metadata metadata_;
};

class Binder {
 public:
  Binder(const gguf::File& file, const DrafterSpec& spec) : spec_(spec), claims_(file) {}

  Result<DrafterWeights> bind() {
    const uint32_t h = spec_.body.dim, d = spec_.target_dim;
    weights_.pre = claims_.matrix("nextn.pre_projection.weight", {2 * d, h});
    weights_.post = claims_.matrix("nextn.post_projection.weight", {h, d});
    weights_.body.head = claims_.matrix("token_embd.weight", {h, spec_.body.vocabulary});
    weights_.body.output_norm = claims_.vector("output_norm.weight", h);
    const ops::Weight divisors = read_divisors();
    for (uint32_t il = 0; il < spec_.body.layers.size(); ++il) bind_layer(il, divisors);
    if (spec_.centroids) bind_centroids();
    if (Status status = claims_.settle(); !status.ok()) return status.error();
    weights_.body.parameters = claims_.parameters();
    return std::move(weights_);
  }

 private:
  ops::Weight read_divisors() {
    if (!claims_.has("rope_freqs.weight")) return {};
    for (const LayerSpec& layer : spec_.body.layers) {
      if (layer.attention.rope.use_divisors) return claims_.vector("rope_freqs.weight", layer.attention.head_dim / 2);
    }
    claims_.dead("rope_freqs.weight");
    return {};
  }

  void bind_layer(uint32_t il, const ops::Weight& divisors) {
    const LayerSpec& layer = spec_.body.layers[il];
    const AttentionSpec& attention = layer.attention;
    const uint32_t h = spec_.body.dim;
    LayerWeights& weights = weights_.body.layers.emplace_back();
    weights.attention.norm = claims_.vector(block(il, "attn_norm.weight"), h);
    weights.attention.q = claims_.matrix(block(il, "attn_q.weight"), {h, attention.q_width()});
    weights.attention.q_norm = claims_.vector(block(il, "attn_q_norm.weight"), attention.head_dim);
    weights.attention.output = claims_.matrix(block(il, "attn_output.weight"), {attention.q_width(), h});
    if (layer.post_attention_norm)
      weights.attention.post_norm = claims_.vector(block(il, "post_attention_norm.weight"), h);
    std::vector<float> factors;
    if (attention.rope.use_divisors && divisors) {
      for (uint32_t i = 0; i < divisors.cols; ++i) factors.push_back(read_float(divisors, i));
    }
    weights.attention.frequencies = rope_frequencies(attention.rope, factors);
    const uint32_t width = layer.dense().width;
    weights.dense.norm = claims_.vector(block(il, "ffn_norm.weight"), h);
    weights.dense.gate = claims_.matrix(block(il, "ffn_gate.weight"), {h, width});
    weights.dense.up = claims_.matrix(block(il, "ffn_up.weight"), {h, width});
    weights.dense.down = claims_.matrix(block(il, "ffn_down.weight"), {width, h});
    if (layer.post_ffn_norm) weights.post_ffn_norm = claims_.vector(block(il, "post_ffw_norm.weight"), h);
    if (layer.output_scale) {
      const ops::Weight scale = claims_.vector(block(il, "layer_output_scale.weight"), 1);
      if (scale) weights.output_scale = read_float(scale, 0);
    }
  }

  /// The head's rows, sorted by group, so that a group is one matrix that lies in one piece.
  void bind_centroids() {
    const uint32_t vocabulary = spec_.body.vocabulary, groups = spec_.centroids->groups;
    weights_.centroids = claims_.matrix("masked_embd_centroids.weight", {spec_.body.dim, groups});
    const std::string name = "masked_embd_ordering";
    weights_.ordering = claims_.integers(name, vocabulary);
    if (weights_.ordering.empty()) return;
    std::vector<bool> seen(vocabulary);
    for (const int32_t id : weights_.ordering) {
      if (id >= 0 && id < int32_t(vocabulary) && !seen[static_cast<size_t>(id)]) {
        seen[static_cast<size_t>(id)] = true;
        continue;
      }
      claims_.misfit(name + ": expected every token id once, found " + std::to_string(id) +
                     " twice or outside the vocabulary");
      return;
    }
    const ops::Weight& head = weights_.body.head;
    if (!head) return;
    const TypeTraits& traits = *traits_of(head.type);
    const size_t row_bytes = size_t{head.cols} / traits.block_elements * traits.block_bytes;
    weights_.grouped_head_bytes = std::make_unique_for_overwrite<std::byte[]>(row_bytes * vocabulary);
    for (size_t i = 0; i < vocabulary; ++i) {
      std::memcpy(weights_.grouped_head_bytes.get() + i * row_bytes,
                  head.data + static_cast<size_t>(weights_.ordering[i]) * row_bytes, row_bytes);
    }
    weights_.grouped_head = {.type = head.type,
                             .cols = head.cols,
                             .rows = vocabulary / groups,
                             .count = groups,
                             .data = weights_.grouped_head_bytes.get()};
  }

  const DrafterSpec& spec_;
  Claims claims_;
  DrafterWeights weights_;
};

}  // namespace

bool is_drafter(const gguf::File& file) { return file.find_string("general.architecture") == kFamily; }

Result<Drafter> drafter_from_gguf(std::shared_ptr<const gguf::File> file, const ArchSpec& target) {
  if (!is_drafter(*file)) {
    const auto found = file->find_string("general.architecture");
    return Error{ErrorCode::kModelInvalid,
                 file->path() + " is no drafter: expected family \"" + std::string(kFamily) + "\", found " +
                     (found ? std::string("\"").append(printable(*found)).append("\"") : std::string("none")) +
                     ". Old conversions have other names; convert it again."};
  }
  auto spec = Reader(*file, target).read();
  if (!spec.ok()) return spec.error();
  auto weights = Binder(*file, spec.value()).bind();
  if (!weights.ok()) return weights.error();
  return Drafter{std::move(file), std::move(spec).value(), std::move(weights).value()};
}

}  // namespace hearth::arch
