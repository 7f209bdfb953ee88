// native/tests/support/shaped_file.h: files with the true shapes, formats and names of the five Gemma 4 sizes and
// nothing in them: the data is a hole, which the disk does not spend and which reads as zeros.
#pragma once
#include <sys/types.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/tensor_type.h"
#include "support/gguf_builder.h"

namespace hearth::test {

/// The table of huggingface/transformers models/gemma4 configurations.
struct Shape {
  const char* name;
  uint32_t layers, dim, heads, kv_heads, global_kv_heads, window, context, period;
  uint32_t width, shared_width, shared, per_layer;
  bool values_from_keys, experts, dead;  // dead: layers that share keys carry some of their own, never read
};
inline constexpr Shape kShapes[] = {
    {"E2B", 35, 1536, 8, 1, 1, 512, 131072, 5, 6144, 12288, 20, 256, false, false, false},
    {"E2B with dead tensors", 35, 1536, 8, 1, 1, 512, 131072, 5, 6144, 12288, 20, 256, false, false, true},
    {"E4B", 42, 2560, 8, 2, 2, 512, 131072, 6, 10240, 10240, 18, 256, false, false, false},
    {"12B", 48, 3840, 16, 8, 1, 1024, 262144, 6, 15360, 15360, 0, 0, true, false, false},
    {"26B-A4B", 30, 2816, 16, 8, 2, 1024, 262144, 6, 2112, 2112, 0, 0, true, true, false},
    {"31B", 60, 5376, 32, 16, 4, 1024, 262144, 6, 21504, 21504, 0, 0, true, false, false},
};

/// Writes and removes the file. Formats are those of Google's quantisation-aware files: Q4_0, embeddings in Q6_K, the
/// per-layer projection in F16, vectors and the router in F32.
class ShapedFile {
 public:
  explicit ShapedFile(const Shape& shape) : shape_(shape) {
    path_ =
        (std::filesystem::temp_directory_path() / ("hearth-shape-" + std::to_string(::getpid()) + ".gguf")).string();
    keys();
    frame();
    for (uint32_t il = 0; il < shape_.layers; ++il) layer(il);
    const std::string head = file_.build();
    std::ofstream(path_, std::ios::binary).write(head.data(), static_cast<std::streamsize>(head.size()));
    std::filesystem::resize_file(path_, head.size() - written_ + offset_);
  }
  ~ShapedFile() { std::filesystem::remove(path_); }
  ShapedFile(const ShapedFile&) = delete;
  ShapedFile& operator=(const ShapedFile&) = delete;

  const std::string& path() const { return path_; }
  uint64_t tensors() const { return tensors_; }
  uint64_t tensor_bytes() const { return offset_; }
  /// Of all tensors that are read; the published sizes.
  uint64_t parameters() const { return parameters_; }

 private:
  bool global(uint32_t il) const { return il % shape_.period == shape_.period - 1; }

  void tensor(const std::string& name, const std::vector<uint64_t>& shape, TensorType type, bool is_dead = false) {
    const TypeTraits& traits = *traits_of(type);
    uint64_t elements = 1;
    for (const uint64_t n : shape) elements *= n;
    file_.tensor(name, shape, static_cast<uint32_t>(type), "", offset_);
    offset_ += (elements / traits.block_elements * traits.block_bytes + 31) / 32 * 32;
    ++tensors_;
    if (!is_dead) parameters_ += elements;
  }
  void vector(const std::string& name, uint64_t length) { tensor(name, {length}, TensorType::kF32); }
  void matrix(const std::string& name, const std::vector<uint64_t>& shape) { tensor(name, shape, TensorType::kQ4_0); }

  void keys() {
    const std::string p = "gemma4.";
    const uint32_t owners = shape_.layers - shape_.shared;
    std::vector<int32_t> widths, kv_heads;
    std::vector<uint8_t> sliding;
    for (uint32_t il = 0; il < shape_.layers; ++il) {
      widths.push_back(static_cast<int32_t>(il < owners ? shape_.width : shape_.shared_width));
      kv_heads.push_back(static_cast<int32_t>(global(il) ? shape_.global_kv_heads : shape_.kv_heads));
      sliding.push_back(!global(il));
    }
    file_.text("general.architecture", "gemma4").text("general.name", shape_.name);
    file_.u32(p + "block_count", shape_.layers).u32(p + "context_length", shape_.context);
    file_.u32(p + "embedding_length", shape_.dim).u32(p + "attention.head_count", shape_.heads);
    file_.u32(p + "attention.key_length", 512).u32(p + "attention.value_length", 512);
    file_.u32(p + "attention.key_length_swa", 256).u32(p + "attention.value_length_swa", 256);
    file_.u32(p + "attention.sliding_window", shape_.window).u32(p + "attention.shared_kv_layers", shape_.shared);
    file_.u32(p + "embedding_length_per_layer_input", shape_.per_layer);
    file_.f32(p + "attention.layer_norm_rms_epsilon", 1e-6f).f32(p + "final_logit_softcapping", 30);
    file_.f32(p + "rope.freq_base", 1e6f).f32(p + "rope.freq_base_swa", 1e4f);
    if (widths.front() == widths.back()) {
      file_.u32(p + "feed_forward_length", shape_.width);
    } else {
      file_.numbers<int32_t>(p + "feed_forward_length", GgufType::kI32, widths);
    }
    file_.numbers<int32_t>(p + "attention.head_count_kv", GgufType::kI32, kv_heads);
    file_.numbers<uint8_t>(p + "attention.sliding_window_pattern", GgufType::kBool, sliding);
    if (shape_.experts) {
      file_.u32(p + "expert_count", 128).u32(p + "expert_used_count", 8).u32(p + "expert_feed_forward_length", 704);
    }
  }

  void frame() {
    // A hole of zeros holds no divisors, so these are written, and come first.
    std::string divisors;
    for (uint32_t pair = 0; pair < 256; ++pair) append(divisors, pair < 64 ? 1.0f : 1e30f);
    file_.tensor("rope_freqs.weight", {256}, static_cast<uint32_t>(TensorType::kF32), divisors);
    offset_ = written_ = divisors.size();
    ++tensors_;
    tensor("token_embd.weight", {shape_.dim, 262144}, TensorType::kQ6_K);
    vector("output_norm.weight", shape_.dim);
    if (shape_.per_layer == 0) return;
    const uint64_t all = uint64_t{shape_.per_layer} * shape_.layers;
    tensor("per_layer_token_embd.weight", {all, 262144}, TensorType::kQ6_K);
    tensor("per_layer_model_proj.weight", {shape_.dim, all}, TensorType::kF16);
    vector("per_layer_proj_norm.weight", shape_.per_layer);
  }

  void layer(uint32_t il) {
    const std::string b = "blk." + std::to_string(il) + ".";
    const uint64_t d = shape_.dim, hd = global(il) ? 512 : 256;
    const uint64_t kv = hd * (global(il) ? shape_.global_kv_heads : shape_.kv_heads);
    const bool owns = il < shape_.layers - shape_.shared;
    const uint64_t width = owns ? shape_.width : shape_.shared_width;
    for (const char* name : {"attn_norm", "post_attention_norm", "ffn_norm", "post_ffw_norm"})
      vector(b + name + ".weight", d);
    matrix(b + "attn_q.weight", {d, shape_.heads * hd});
    vector(b + "attn_q_norm.weight", hd);
    if (owns || shape_.dead) {
      tensor(b + "attn_k.weight", {d, kv}, TensorType::kQ4_0, !owns);
      if (!(global(il) && shape_.values_from_keys)) tensor(b + "attn_v.weight", {d, kv}, TensorType::kQ4_0, !owns);
      tensor(b + "attn_k_norm.weight", {hd}, TensorType::kF32, !owns);
    }
    matrix(b + "attn_output.weight", {shape_.heads * hd, d});
    matrix(b + "ffn_gate.weight", {d, width});
    matrix(b + "ffn_up.weight", {d, width});
    matrix(b + "ffn_down.weight", {width, d});
    vector(b + "layer_output_scale.weight", 1);
    if (shape_.per_layer > 0) {
      matrix(b + "inp_gate.weight", {d, shape_.per_layer});
      matrix(b + "proj.weight", {shape_.per_layer, d});
      vector(b + "post_norm.weight", d);
    }
    if (!shape_.experts) return;
    tensor(b + "ffn_gate_inp.weight", {d, 128}, TensorType::kF32);
    vector(b + "ffn_gate_inp.scale", d);
    for (const char* name : {"post_ffw_norm_1", "pre_ffw_norm_2", "post_ffw_norm_2"}) vector(b + name + ".weight", d);
    matrix(b + "ffn_gate_up_exps.weight", {d, 1408, 128});
    matrix(b + "ffn_down_exps.weight", {704, d, 128});
    vector(b + "ffn_down_exps.scale", 128);
  }

  const Shape& shape_;
  GgufBuilder file_;
  std::string path_;
  uint64_t offset_ = 0, written_ = 0, tensors_ = 0, parameters_ = 0;
};

}  // namespace hearth::test
