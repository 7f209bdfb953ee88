// native/tools/make_shaped_model.cc: a file with the shapes, formats, names and vocabulary of a real model and random
// numbers in it: as slow and as large as the real one, and nothing else. For measuring, never for answers.
//
//   make-shaped-model SHAPE FORMAT VOCABULARY.gguf OUT.gguf [sparse]
//
// SHAPE is a row of kShapes, FORMAT q4_0 (as Google's quantisation-aware files are: embeddings in Q6_K, the per-layer
// projection in F16), q4_k_m or q8_0. The vocabulary is copied key by key. Scales are such that every matrix has about
// unit gain: activations stay finite and no denormals slow a kernel down. Same arguments, same bytes.
// `sparse`: matrices are holes in the file and take no room on the disk, for what looks at sizes only.
// Sources: huggingface/transformers models/gemma4 (shapes), ggml-org/llama.cpp src/models/gemma4.cpp (names) and
// src/llama-quant.cpp (which tensors q4_k_m keeps in Q6_K).
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "base/tensor_type.h"

namespace hearth {
namespace {

using Type = TensorType;

struct Shape {
  const char* name;
  uint32_t layers, dim, heads, kv_heads, global_kv_heads, window, context;
  uint32_t period;               // every period-th layer is global
  uint32_t width, shared_width;  // of the feed-forward, and of that in layers without keys of their own
  uint32_t shared;               // layers without keys of their own, at the end
  uint32_t per_layer;            // width of the per-layer embeddings; 0: none
  bool values_from_keys;         // global layers have no v projection
};
constexpr Shape kShapes[] = {
    {"e2b", 35, 1536, 8, 1, 1, 512, 131072, 5, 6144, 12288, 20, 256, false},
    {"e2b-10", 10, 1536, 8, 1, 1, 512, 131072, 5, 6144, 12288, 5, 256, false},  // ten layers of it, for quick runs
    {"e4b", 42, 2560, 8, 2, 2, 512, 131072, 6, 10240, 10240, 18, 256, false},
    {"12b", 48, 3840, 16, 8, 1, 1024, 262144, 6, 15360, 15360, 0, 0, true},
    {"31b", 60, 5376, 32, 16, 4, 1024, 262144, 6, 21504, 21504, 0, 0, true},
};
constexpr uint32_t kHeadDim = 256, kGlobalHeadDim = 512;
constexpr size_t kAlignment = 32;

/// splitmix64 (Steele, Lea, Flood 2014).
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t next() {
    uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
  }
  void fill(std::byte* at, size_t bytes) {
    for (size_t i = 0; i < bytes; i += 8) {
      const uint64_t word = next();
      std::memcpy(at + i, &word, std::min<size_t>(8, bytes - i));
    }
  }
  /// Standard deviation 1, from -sqrt(3) to sqrt(3).
  double uniform() { return (static_cast<double>(next() >> 11) * 0x1p-53 - 0.5) * 3.4641016151377544; }

 private:
  uint64_t state_;
};

/// The nearest binary16 of a number that is not too large; the small scales of Q6_K are subnormal there.
uint16_t to_half(double value) {
  const auto sign = static_cast<uint16_t>(value < 0 ? 0x8000 : 0);
  const double magnitude = std::fabs(value);
  if (magnitude < 0x1p-14) return static_cast<uint16_t>(sign + std::lround(magnitude * 0x1p24));
  int exponent = 0;
  const double mantissa = std::frexp(magnitude, &exponent);  // in [0.5, 1)
  const auto fraction = static_cast<int>(std::lround((mantissa * 2 - 1) * 1024));
  return static_cast<uint16_t>(sign + ((exponent - 1 + 15) << 10) + fraction);
}
void put_half(std::byte* at, double value) {
  const uint16_t half = to_half(value);
  std::memcpy(at, &half, sizeof half);
}

struct Tensor {
  std::string name;
  std::vector<uint64_t> shape;  // columns first, as in the file
  Type type;
  double constant = 0;  // where it is not 0: the value of every element; F32 only
  uint64_t elements() const {
    uint64_t product = 1;
    for (const uint64_t n : shape) product *= n;
    return product;
  }
  uint64_t bytes() const { return elements() / traits_of(type)->block_elements * traits_of(type)->block_bytes; }
};

/// `bytes` of random blocks whose values have about the standard deviation `deviation`.
void fill_blocks(Random& random, Type type, double deviation, std::byte* at, size_t bytes) {
  const size_t block = traits_of(type)->block_bytes;
  if (type == Type::kF16) {
    for (size_t i = 0; i < bytes; i += 2) put_half(at + i, random.uniform() * deviation);
    return;
  }
  random.fill(at, bytes);
  for (std::byte* b = at; b < at + bytes; b += block) {
    switch (type) {
      case Type::kQ4_0:
        put_half(b, deviation / 4.6);
        break;
      case Type::kQ8_0:
        put_half(b, deviation / 74.0);
        break;
      case Type::kQ4_K:  // scales and minima of 6 bits have a mean of about 32
        put_half(b, deviation / (4.6 * 36));
        put_half(b + 2, deviation * 7.5 / (4.6 * 36));
        break;
      default:  // Q6_K
        for (size_t i = 192; i < 208; ++i) b[i] = static_cast<std::byte>(20 + static_cast<unsigned>(b[i]) % 40);
        put_half(b + 208, deviation / (18.5 * 40));
    }
  }
}

/// The layers of a 35-layer file whose `ffn_down` or `attn_v` q4_k_m keeps in Q6_K.
bool keeps_more_bits(uint32_t layer, uint32_t layers) {
  return layer < layers / 8 || layer >= 7 * layers / 8 || (layer - layers / 8) % 3 == 2;
}

struct Plan {
  const Shape& shape;
  Type base, table;
  bool mixed;  // q4_k_m
  std::vector<Tensor> tensors = {};

  bool global(uint32_t layer) const { return layer % shape.period == shape.period - 1; }
  bool owns(uint32_t layer) const { return layer < shape.layers - shape.shared; }
  uint32_t width(uint32_t layer) const { return owns(layer) ? shape.width : shape.shared_width; }
  uint32_t kv_heads(uint32_t layer) const { return global(layer) ? shape.global_kv_heads : shape.kv_heads; }

  void matrix(const std::string& name, uint64_t cols, uint64_t rows, Type type) {
    tensors.push_back({name, {cols, rows}, type});
  }
  void vector(const std::string& name, uint64_t size, double value) {
    tensors.push_back({name, {size}, Type::kF32, value});
  }
  void layer(uint32_t index);
  void all();
};

void Plan::layer(uint32_t index) {
  const std::string blk = "blk." + std::to_string(index) + ".";
  const uint64_t d = shape.dim, head = global(index) ? kGlobalHeadDim : kHeadDim, q = shape.heads * head,
                 kv = kv_heads(index) * head;
  const Type more = mixed && keeps_more_bits(index, shape.layers) ? Type::kQ6_K : base;
  vector(blk + "attn_norm.weight", d, 1);
  matrix(blk + "attn_q.weight", d, q, base);
  vector(blk + "attn_q_norm.weight", head, 1);
  if (owns(index)) {
    matrix(blk + "attn_k.weight", d, kv, base);
    if (!(global(index) && shape.values_from_keys)) matrix(blk + "attn_v.weight", d, kv, more);
    vector(blk + "attn_k_norm.weight", head, 0.125);
  }
  matrix(blk + "attn_output.weight", q, d, base);
  vector(blk + "post_attention_norm.weight", d, 1);
  vector(blk + "ffn_norm.weight", d, 1);
  matrix(blk + "ffn_gate.weight", d, width(index), base);
  matrix(blk + "ffn_up.weight", d, width(index), base);
  matrix(blk + "ffn_down.weight", width(index), d, more);
  vector(blk + "post_ffw_norm.weight", d, 1);
  if (shape.per_layer > 0) {
    matrix(blk + "inp_gate.weight", d, shape.per_layer, base);
    matrix(blk + "proj.weight", shape.per_layer, d, base);
    vector(blk + "post_norm.weight", d, 1);
  }
  vector(blk + "layer_output_scale.weight", 1, 0.7);
}

void Plan::all() {
  constexpr uint64_t kVocabulary = 262144;
  matrix("token_embd.weight", shape.dim, kVocabulary, table);
  if (shape.per_layer > 0) {
    matrix("per_layer_token_embd.weight", uint64_t{shape.per_layer} * shape.layers, kVocabulary, table);
    matrix("per_layer_model_proj.weight", shape.dim, uint64_t{shape.per_layer} * shape.layers, Type::kF16);
    vector("per_layer_proj_norm.weight", shape.per_layer, 1);
  }
  vector("output_norm.weight", shape.dim, 1);
  vector("rope_freqs.weight", kGlobalHeadDim / 2, 1);
  for (uint32_t index = 0; index < shape.layers; ++index) layer(index);
}

/// Key-value pairs as they lie in a file. Type ids: 4 u32, 5 i32, 6 f32, 7 bool, 8 text, 9 array.
class Pairs {
 public:
  template <typename T>
  void number(std::string_view key, uint32_t type, T value) {
    begin(key, type);
    raw(&value, sizeof value);
  }
  void u32(std::string_view key, uint32_t value) { number(key, 4, value); }
  void f32(std::string_view key, float value) { number(key, 6, value); }
  void text(std::string_view key, std::string_view value) {
    begin(key, 8);
    put_text(value);
  }
  template <typename T>
  void array(std::string_view key, uint32_t type, const std::vector<T>& values) {
    begin(key, 9);
    raw(&type, 4);
    const uint64_t count = values.size();
    raw(&count, 8);
    raw(values.data(), values.size() * sizeof(T));
  }
  void copied(std::string_view pair) {
    bytes_ += pair;
    ++count_;
  }
  void put_text(std::string_view value) {
    const uint64_t size = value.size();
    raw(&size, 8);
    bytes_ += value;
  }
  void raw(const void* data, size_t size) { bytes_.append(static_cast<const char*>(data), size); }
  const std::string& bytes() const { return bytes_; }
  uint64_t count() const { return count_; }

 private:
  void begin(std::string_view key, uint32_t type) {
    put_text(key);
    raw(&type, 4);
    ++count_;
  }
  std::string bytes_;
  uint64_t count_ = 0;
};

/// Copies every `tokenizer.` pair of a GGUF file. It is one of ours, so a damaged one only has to end, not to be named.
bool copy_vocabulary(const std::string& file, Pairs& pairs) {
  size_t at = 16;
  const auto number = [&](size_t size) {
    uint64_t value = 0;
    if (at + size <= file.size()) std::memcpy(&value, file.data() + at, size);
    at += size;
    return value;
  };
  const auto skip_value = [&](auto& self, uint64_t type) -> void {
    constexpr size_t kSizes[] = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
    if (type == 8) {
      const uint64_t size = number(8);
      at += size;
    } else if (type == 9) {
      const uint64_t element = number(4), count = number(8);
      for (uint64_t i = 0; i < count && at < file.size(); ++i) self(self, element);
    } else if (type < std::size(kSizes)) {
      at += kSizes[type];
    } else {
      at = file.size() + 1;
    }
  };
  const uint64_t count = number(8);
  for (uint64_t i = 0; i < count && at < file.size(); ++i) {
    const size_t begin = at;
    const uint64_t size = number(8);
    const std::string_view key = std::string_view(file).substr(std::min(at, file.size()), size);
    at += size;
    const uint64_t type = number(4);
    skip_value(skip_value, type);
    if (at > file.size()) return false;
    if (key.starts_with("tokenizer.")) pairs.copied(std::string_view(file).substr(begin, at - begin));
  }
  return pairs.count() > 0;
}

void describe(Pairs& pairs, const Plan& plan, const char* format) {
  const Shape& s = plan.shape;
  std::vector<int32_t> widths, kv_heads;
  std::vector<uint8_t> sliding;
  for (uint32_t layer = 0; layer < s.layers; ++layer) {
    widths.push_back(static_cast<int32_t>(plan.width(layer)));
    kv_heads.push_back(static_cast<int32_t>(plan.kv_heads(layer)));
    sliding.push_back(plan.global(layer) ? 0 : 1);
  }
  pairs.text("general.architecture", "gemma4");
  pairs.text("general.name", std::string("random numbers in the shape of ") + s.name + ", " + format);
  pairs.u32("general.file_type", plan.base == Type::kQ4_0 ? 2 : plan.base == Type::kQ8_0 ? 7 : 15);
  pairs.u32("general.quantization_version", 2);
  pairs.u32("gemma4.block_count", s.layers);
  pairs.u32("gemma4.context_length", s.context);
  pairs.u32("gemma4.embedding_length", s.dim);
  pairs.u32("gemma4.embedding_length_per_layer_input", s.per_layer);
  pairs.array("gemma4.feed_forward_length", 5, widths);
  pairs.u32("gemma4.attention.head_count", s.heads);
  pairs.array("gemma4.attention.head_count_kv", 5, kv_heads);
  pairs.f32("gemma4.attention.layer_norm_rms_epsilon", 1e-6f);
  pairs.u32("gemma4.attention.key_length", kGlobalHeadDim);
  pairs.u32("gemma4.attention.value_length", kGlobalHeadDim);
  pairs.u32("gemma4.attention.key_length_swa", kHeadDim);
  pairs.u32("gemma4.attention.value_length_swa", kHeadDim);
  pairs.u32("gemma4.attention.sliding_window", s.window);
  pairs.array("gemma4.attention.sliding_window_pattern", 7, sliding);
  pairs.u32("gemma4.attention.shared_kv_layers", s.shared);
  pairs.f32("gemma4.final_logit_softcapping", 30);
  pairs.f32("gemma4.rope.freq_base", 1e6f);
  pairs.f32("gemma4.rope.freq_base_swa", 1e4f);
  pairs.u32("gemma4.rope.dimension_count", kGlobalHeadDim);
  pairs.u32("gemma4.rope.dimension_count_swa", kHeadDim);
}

void write_tensor(std::ofstream& out, Random& random, const Tensor& tensor, bool sparse) {
  const double deviation = 1 / std::sqrt(static_cast<double>(tensor.shape[0]));
  if (tensor.name == "rope_freqs.weight") {  // the first quarter of the pairs rotates
    std::vector<float> divisors(tensor.elements(), 1e30f);
    std::fill_n(divisors.begin(), divisors.size() / 4, 1.0f);
    out.write(reinterpret_cast<const char*>(divisors.data()), static_cast<std::streamsize>(tensor.bytes()));
  } else if (tensor.type == Type::kF32) {
    const std::vector<float> values(tensor.elements(), static_cast<float>(tensor.constant));
    out.write(reinterpret_cast<const char*>(values.data()), static_cast<std::streamsize>(tensor.bytes()));
  } else if (sparse) {
    out.seekp(static_cast<std::streamoff>(tensor.bytes()), std::ios::cur);
  } else {
    const size_t block = traits_of(tensor.type)->block_bytes, slab = (size_t{4} << 20) / block * block;
    std::vector<std::byte> bytes(std::min<uint64_t>(slab, tensor.bytes()));
    for (uint64_t at = 0; at < tensor.bytes(); at += bytes.size()) {
      const size_t now = std::min<uint64_t>(bytes.size(), tensor.bytes() - at);
      fill_blocks(random, tensor.type, deviation, bytes.data(), now);
      out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(now));
    }
  }
  const char zeros[kAlignment] = {};
  out.write(zeros, static_cast<std::streamsize>((kAlignment - tensor.bytes() % kAlignment) % kAlignment));
}

int write_model(const Shape& shape, std::string_view format, const std::string& vocabulary, const std::string& path,
                bool sparse) {
  Plan plan{shape,
            format == "q4_0"   ? Type::kQ4_0
            : format == "q8_0" ? Type::kQ8_0
                               : Type::kQ4_K,
            format == "q8_0" ? Type::kQ8_0 : Type::kQ6_K, format == "q4_k_m"};
  plan.all();
  Pairs pairs;
  describe(pairs, plan, std::string(format).c_str());
  std::ifstream in(vocabulary, std::ios::binary);
  const std::string file{std::istreambuf_iterator<char>(in), {}};
  if (!copy_vocabulary(file, pairs)) {
    std::fprintf(stderr, "%s: expected a GGUF file with a vocabulary, found none.\n", vocabulary.c_str());
    return 1;
  }
  Pairs directory;
  uint64_t offset = 0, read = 0;
  for (const Tensor& tensor : plan.tensors) {
    directory.put_text(tensor.name);
    const auto dims = static_cast<uint32_t>(tensor.shape.size());
    directory.raw(&dims, 4);
    directory.raw(tensor.shape.data(), dims * sizeof(uint64_t));
    directory.raw(&tensor.type, 4);
    directory.raw(&offset, 8);
    offset += (tensor.bytes() + kAlignment - 1) / kAlignment * kAlignment;
    if (tensor.name != "per_layer_token_embd.weight") read += tensor.bytes();
  }
  std::ofstream out(path, std::ios::binary);
  const uint32_t version = 3;
  const uint64_t tensors = plan.tensors.size(), count = pairs.count();
  out.write("GGUF", 4);
  out.write(reinterpret_cast<const char*>(&version), 4);
  out.write(reinterpret_cast<const char*>(&tensors), 8);
  out.write(reinterpret_cast<const char*>(&count), 8);
  out << pairs.bytes() << directory.bytes();
  while (out.tellp() % static_cast<std::streamoff>(kAlignment) != 0) out.put('\0');
  Random random(4);
  for (const Tensor& tensor : plan.tensors) write_tensor(out, random, tensor, sparse);
  out.flush();
  if (!out) {
    std::fprintf(stderr, "%s could not be written; make room on the disk and run this again.\n", path.c_str());
    return 1;
  }
  std::printf("{\"file_bytes\": %lld, \"bytes_per_token\": %llu}\n", static_cast<long long>(out.tellp()),
              static_cast<unsigned long long>(read));
  return 0;
}

}  // namespace
}  // namespace hearth

int main(int argc, char** argv) {
  using namespace hearth;
  const std::string_view format = argc == 5 || (argc == 6 && std::string_view(argv[5]) == "sparse") ? argv[2] : "";
  if (format == "q4_0" || format == "q4_k_m" || format == "q8_0") {
    for (const Shape& shape : kShapes) {
      if (std::string_view(shape.name) == argv[1]) return write_model(shape, format, argv[3], argv[4], argc == 6);
    }
  }
  std::fprintf(stderr, "usage: make-shaped-model SHAPE q4_0|q4_k_m|q8_0 VOCABULARY.gguf OUT.gguf [sparse]\nshapes:");
  for (const Shape& shape : kShapes) std::fprintf(stderr, " %s", shape.name);
  std::fprintf(stderr, "\n");
  return 2;
}
