// native/arch/from_gguf.cc: three sources in this order: presence of tensors, metadata, and the family's row.
//
// The file is untrusted. Every number is held to a range in which no product below can overflow 32 bits, and shapes are
// held to the tensors afterwards, by bind.cc.
// Source: ggml-org/llama.cpp src/llama-model.cpp (keys), src/models/gemma4.cpp, gemma3n.cpp.
#include "arch/from_gguf.h"

#include <algorithm>
#include <cmath>

#include "arch/families.h"
#include "arch/metadata.h"
#include "base/printable.h"

namespace hearth::arch {
namespace {

constexpr Range kLayers{1, 1024};
constexpr Range kDim{1, 1 << 17};
constexpr Range kHeads{1, 1024};
constexpr Range kHeadDim{2, 4096};
constexpr Range kWidth{1, 1 << 20};
constexpr Range kContext{1, 1 << 28};
constexpr Range kWindow{1, 1 << 24};
constexpr Range kVocabulary{1, 1 << 24};
constexpr Range kExperts{1, 4096};
constexpr Range kPerLayer{0, 1 << 14};
constexpr Range kEps{1e-12, 1e-1};
constexpr Range kRopeBase{1, 1e12};
constexpr Range kSoftcap{1e-3, 1e6};
constexpr Range kStretch{1e-3, 1e6};

std::string block(uint32_t il, std::string_view name) { return "blk." + std::to_string(il) + "." + std::string(name); }

/// Reads one file; a class only so that its steps share the reader and the file.
class Reader {
 public:
  Reader(const gguf::File& file, const Family& family) : file_(file), family_(family), metadata_(file, family.name) {}

  Result<ArchSpec> read() {
    ArchSpec spec{};
    spec.family = family_.name;
    read_frame(spec);
    if (metadata_.problems().empty()) read_layers(spec);
    if (metadata_.problems().empty()) return spec;

    std::string message =
        file_.path() + " does not describe a model of family " + std::string(family_.name) + " that makes sense:";
    for (const std::string& problem : metadata_.problems()) message += "\n  " + problem;
    return Error{ErrorCode::kModelInvalid, std::move(message)};
  }

 private:
  bool has(const std::string& name) const { return file_.find_tensor(name) != nullptr; }

  void read_frame(ArchSpec& spec) {
    spec.dim = metadata_.required("embedding_length", kDim);
    spec.trained_context = metadata_.required("context_length", kContext);
    spec.eps = static_cast<float>(metadata_.required_number("attention.layer_norm_rms_epsilon", kEps));
    spec.embedding_scale =
        family_.embedding_scale == EmbeddingScale::kSqrtDim ? std::sqrt(static_cast<float>(spec.dim)) : 1.0f;
    if (const uint32_t dim = metadata_.optional("embedding_length_per_layer_input", 0, kPerLayer)) {
      spec.per_layer = PerLayerSpec{dim};
    }
    spec.tied_head = !has("output.weight");
    if (const auto cap = metadata_.maybe_number("final_logit_softcapping", kSoftcap))
      spec.final_softcap = static_cast<float>(*cap);
    read_vocabulary(spec);
    read_streams(spec);
    layers_ = metadata_.required("block_count", kLayers);
  }

  void read_vocabulary(ArchSpec& spec) {
    const gguf::Tensor* embedding = file_.find_tensor("token_embd.weight");
    if (embedding == nullptr) {
      metadata_.problem("token_embd.weight: expected the token embedding, found no such tensor");
      return;
    }
    const uint64_t rows = embedding->rows();
    if (rows < 1 || rows > static_cast<uint64_t>(kVocabulary.most)) {
      metadata_.problem("token_embd.weight: expected 1 to " + std::to_string(static_cast<uint64_t>(kVocabulary.most)) +
                        " rows, found " + std::to_string(rows));
      return;
    }
    spec.vocabulary = static_cast<uint32_t>(rows);
    const uint32_t stated = metadata_.optional("vocab_size", spec.vocabulary, kVocabulary);
    if (stated != spec.vocabulary) {
      metadata_.problem(metadata_.full("vocab_size") + ": expected the " + std::to_string(spec.vocabulary) +
                        " rows of token_embd.weight, found " + std::to_string(stated));
    }
    const gguf::Value* value = file_.find("tokenizer.ggml.suppress_tokens");
    const auto* ids = value != nullptr ? std::get_if<std::vector<int64_t>>(value) : nullptr;
    if (ids == nullptr) return;
    for (const int64_t id : *ids) {
      if (id < 0 || id >= int64_t{spec.vocabulary}) {
        metadata_.problem("tokenizer.ggml.suppress_tokens: expected ids below " + std::to_string(spec.vocabulary) +
                          ", found " + std::to_string(id));
        return;
      }
      spec.suppressed.push_back(static_cast<int32_t>(id));
    }
  }

  void read_streams(ArchSpec& spec) {
    if (family_.streams == 0) return;
    spec.streams = StreamsSpec{metadata_.optional("altup.num_inputs", family_.streams, Range{2, 16})};
    metadata_.optional("altup.active_idx", 0, Range{0, 0});
    if (!spec.per_layer) metadata_.problem(metadata_.full("embedding_length_per_layer_input") + ": expected 1 or more");
  }

  /// What global or sliding layers have in common.
  struct Kind {
    uint32_t head_dim;
    RopeSpec rope;
  };

  Kind read_kind(bool sliding, uint32_t fallback_head_dim) {
    const std::string suffix = sliding ? "_swa" : "";
    Kind kind{};
    kind.head_dim = metadata_.optional("attention.key_length" + suffix, fallback_head_dim, kHeadDim);
    const uint32_t value_length = metadata_.optional("attention.value_length" + suffix, kind.head_dim, kHeadDim);
    if (value_length != kind.head_dim || kind.head_dim % 2 != 0) {
      metadata_.problem(metadata_.full("attention.value_length" + suffix) +
                        ": expected an even number equal to attention.key_length" + suffix + ", " +
                        std::to_string(kind.head_dim) + ", found " + std::to_string(value_length));
    }
    kind.rope.base = metadata_.optional_number("rope.freq_base" + suffix,
                                               sliding ? family_.sliding_rope_base : family_.rope_base, kRopeBase);
    kind.rope.dims = metadata_.optional("rope.dimension_count" + suffix, kind.head_dim, kHeadDim);
    if (kind.rope.dims != kind.head_dim) {
      metadata_.problem(metadata_.full("rope.dimension_count" + suffix) + ": expected the head's " +
                        std::to_string(kind.head_dim) + " dimensions, found " + std::to_string(kind.rope.dims));
    }
    kind.rope.use_divisors = !sliding && has("rope_freqs.weight");
    kind.rope.adjacent = family_.adjacent_pairs;
    kind.rope.stretch = sliding ? 1 : stretch();
    return kind;
  }

  /// Linear scaling; Llama 3.1's own kind comes as divisors in a tensor instead.
  double stretch() {
    const auto type = file_.find_string(metadata_.full("rope.scaling.type"));
    const std::string_view named = type.value_or("linear");
    if (named != "linear" && named != "none") {
      metadata_.problem(metadata_.full("rope.scaling.type") + ": expected linear or none, found \"" + printable(named) +
                        "\"");
    }
    if (named == "none") return 1;
    // An older key for the same; 0 stands for no scaling.
    const double factor = metadata_.optional_number("rope.scale_linear", 1, Range{0, kStretch.most});
    return metadata_.optional_number("rope.scaling.factor", factor == 0 ? 1 : factor, kStretch);
  }

  /// A flag a layer; or a period as a number; or the family's period.
  std::vector<bool> read_sliding() {
    constexpr std::string_view kKey = "attention.sliding_window_pattern";
    uint32_t period = file_.find(metadata_.full(kKey)) == nullptr ? family_.sliding_period : 0;
    if (file_.find(metadata_.full("attention.sliding_window")) == nullptr) period = 0;
    if (const auto stated = file_.find_u64(metadata_.full(kKey))) {
      period = metadata_.required(kKey, Range{1, 1024});
    } else if (period == 0) {
      return metadata_.flags_per_layer(kKey, layers_);
    }
    std::vector<bool> sliding(layers_);
    for (uint32_t il = 0; il < layers_; ++il) sliding[il] = il % period != period - 1;
    return sliding;
  }

  /// A number a layer, 0 for none; or the family's.
  std::vector<float> read_sparsity() {
    std::vector<float> sparsity(layers_, 0.0f);
    const gguf::Value* value = file_.find(metadata_.full("activation_sparsity_scale"));
    if (value == nullptr) {
      for (uint32_t il = 0; il < std::min(layers_, family_.sparse_layers); ++il) sparsity[il] = family_.sparsity;
      return sparsity;
    }
    const auto* stated = std::get_if<std::vector<double>>(value);
    if (stated == nullptr || stated->size() != layers_) {
      metadata_.problem(metadata_.full("activation_sparsity_scale") + ": expected " + std::to_string(layers_) +
                        " numbers, one a layer, found " + (stated ? std::to_string(stated->size()) : "something else"));
      return sparsity;
    }
    for (uint32_t il = 0; il < layers_; ++il) {
      const double found = (*stated)[il];  // a converter writes -infinity for 0 of a normal distribution
      sparsity[il] = found > 0 && found < 100 ? static_cast<float>(found) : 0.0f;
    }
    return sparsity;
  }

  float attention_scale(const ArchSpec& spec, const AttentionSpec& attention) const {
    if (family_.attention_scale == AttentionScale::kOne) return 1.0f;
    if (layers_ == family_.layers_with_width_scale) {
      return 1.0f / std::sqrt(static_cast<float>(spec.dim / attention.heads));
    }
    return 1.0f / std::sqrt(static_cast<float>(attention.head_dim));
  }

  void read_layers(ArchSpec& spec) {
    const auto heads = metadata_.required_per_layer("attention.head_count", layers_, kHeads);
    const auto kv_heads = metadata_.required_per_layer("attention.head_count_kv", layers_, kHeads);
    const auto widths = metadata_.required_per_layer("feed_forward_length", layers_, kWidth);
    const auto sliding = read_sliding();
    const auto sparsity = read_sparsity();
    const uint32_t usual = family_.kv_owners > 0 && layers_ > family_.kv_owners ? layers_ - family_.kv_owners : 0;
    const uint32_t shared = metadata_.optional("attention.shared_kv_layers", usual, Range{0, double(layers_ - 1)});
    bool any_sliding = false;
    for (const bool flag : sliding) any_sliding = any_sliding || flag;
    const uint32_t window = any_sliding ? metadata_.required("attention.sliding_window", kWindow) : 0;
    const Kind global_kind = read_kind(false, spec.dim / heads[0]);
    const Kind sliding_kind = any_sliding ? read_kind(true, global_kind.head_dim) : global_kind;
    const uint32_t owners = layers_ - shared;

    for (uint32_t il = 0; il < layers_; ++il) {
      const Kind& kind = sliding[il] ? sliding_kind : global_kind;
      LayerSpec layer{};
      AttentionSpec& attention = layer.attention;
      attention.heads = heads[il];
      attention.kv_heads = kv_heads[il];
      attention.head_dim = kind.head_dim;
      attention.rope = kind.rope;
      attention.scale = attention_scale(spec, attention);
      if (sliding[il]) attention.window = window;
      attention.qk_norm = has(block(il, "attn_q_norm.weight"));
      attention.v_norm = family_.value_norm;
      attention.fused_qkv = has(block(il, "attn_qkv.weight"));
      read_kv(spec, il, owners, attention);
      if (heads[il] % kv_heads[il] != 0) {
        metadata_.problem(metadata_.full("attention.head_count_kv") + ": expected a divisor of the " +
                          std::to_string(heads[il]) + " heads of layer " + std::to_string(il) + ", found " +
                          std::to_string(kv_heads[il]));
      }
      read_ffn(il, {widths[il], family_.activation, sparsity[il]}, layer);
      if (const gguf::Tensor* low = file_.find_tensor(block(il, "laurel_l.weight"))) {
        layer.low_rank = static_cast<uint32_t>(std::min<uint64_t>(low->rows(), kWidth.most));
      }
      layer.post_attention_norm = has(block(il, "post_attention_norm.weight"));
      layer.post_ffn_norm = has(block(il, "post_ffw_norm.weight"));
      layer.output_scale = has(block(il, "layer_output_scale.weight"));
      spec.layers.push_back(layer);
    }
  }

  /// A layer behind the last owner reads the cache of the last owner of its own kind.
  void read_kv(const ArchSpec& spec, uint32_t il, uint32_t owners, AttentionSpec& attention) {
    attention.kv = {.source_layer = il, .owns = il < owners, .v_from_k = false};
    if (attention.kv.owns) {
      const gguf::Tensor* fused = file_.find_tensor(block(il, "attn_qkv.weight"));
      const bool none = fused != nullptr ? fused->shape[1] == uint64_t{attention.q_width()} + attention.kv_width()
                                         : !has(block(il, "attn_v.weight"));
      attention.kv.v_from_k = none && family_.values_from_keys;
      return;
    }
    for (uint32_t source = owners; source-- > 0;) {
      const AttentionSpec& candidate = spec.layers[source].attention;
      if (candidate.window.has_value() != attention.window.has_value()) continue;
      attention.kv.source_layer = source;
      if (candidate.kv_heads != attention.kv_heads) {
        metadata_.problem(metadata_.full("attention.head_count_kv") + ": expected layer " + std::to_string(il) +
                          " to have the " + std::to_string(candidate.kv_heads) + " key heads of layer " +
                          std::to_string(source) + ", whose cache it reads, found " +
                          std::to_string(attention.kv_heads));
      }
      return;
    }
    metadata_.problem(metadata_.full("attention.shared_kv_layers") +
                      ": expected a layer with a cache of the kind of layer " + std::to_string(il) +
                      (attention.window ? " (sliding)" : " (global)") + " before it, found none");
  }

  void read_ffn(uint32_t il, const DenseSpec& dense, LayerSpec& layer) {
    layer.ffn = dense;
    if (!has(block(il, "ffn_gate_inp.weight"))) return;
    MoeSpec moe{.dense = dense,
                .experts = metadata_.required("expert_count", kExperts),
                .used = metadata_.required("expert_used_count", kExperts),
                .width = metadata_.required("expert_feed_forward_length", kWidth),
                .activation = family_.activation,
                .fused_gate_up = has(block(il, "ffn_gate_up_exps.weight"))};
    if (moe.used > moe.experts) {
      metadata_.problem(metadata_.full("expert_used_count") + ": expected at most the " + std::to_string(moe.experts) +
                        " of expert_count, found " + std::to_string(moe.used));
    }
    layer.ffn = moe;
  }

  const gguf::File& file_;
  const Family& family_;
  Metadata metadata_;
  uint32_t layers_ = 0;
};

}  // namespace

Result<ArchSpec> spec_from_gguf(const gguf::File& file) {
  const auto architecture = file.find_string("general.architecture");
  if (!architecture) {
    return Error{
        ErrorCode::kModelInvalid,
        file.path() + " does not say what family it is: expected a text under general.architecture, found none."};
  }
  const Family* family = find_family(*architecture);
  if (family == nullptr) {
    return Error{ErrorCode::kModelInvalid, file.path() + " holds a model of family \"" + printable(*architecture) +
                                               "\"; this engine runs: " + supported_families() +
                                               ". Choose another file."};
  }
  return Reader(file, *family).read();
}

}  // namespace hearth::arch
