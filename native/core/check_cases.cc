// native/core/check_cases.cc: see check_cases.h. Shapes are the least, odd ones at the edges of tiles, and one of a
// real model; numbers of rows are those around which kernels change.
#include "core/check_cases.h"

#include <cmath>
#include <cstring>
#include <functional>

namespace hearth {
namespace {

/// splitmix64 (Steele, Lea, Flood 2014): the same numbers everywhere.
uint64_t next(uint64_t& state) {
  uint64_t z = state += 0x9e3779b97f4a7c15;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}
float number(uint64_t& state) { return static_cast<float>(static_cast<double>(next(state) >> 40) * 0x1p-23 - 1.0); }

/// Where a format keeps its scales in binary16, so that random blocks stand for ordinary numbers. -1: nowhere.
struct ScaleAt {
  int first, second;
};
ScaleAt scales_of(TensorType type) {
  switch (type) {
    case TensorType::kQ2_K:
      return {80, 82};
    case TensorType::kQ3_K:
      return {108, -1};
    case TensorType::kQ6_K:
      return {208, -1};
    case TensorType::kQ4_1:
    case TensorType::kQ5_1:
    case TensorType::kQ4_K:
    case TensorType::kQ5_K:
      return {0, 2};
    default:
      return {0, -1};
  }
}

constexpr TensorType kTypes[] = {TensorType::kF32,  TensorType::kF16,   TensorType::kBF16,   TensorType::kQ4_0,
                                 TensorType::kQ4_1, TensorType::kQ5_0,  TensorType::kQ5_1,   TensorType::kQ8_0,
                                 TensorType::kQ2_K, TensorType::kQ3_K,  TensorType::kQ4_K,   TensorType::kQ5_K,
                                 TensorType::kQ6_K, TensorType::kMXFP4, TensorType::kIQ4_NL, TensorType::kIQ4_XS};

std::vector<double> frequencies(uint32_t pairs) {
  std::vector<double> all;
  for (uint32_t i = 0; i < pairs; ++i) all.push_back(std::pow(1e4, -static_cast<double>(i) / pairs));
  return all;
}

std::vector<CheckCase> row_cases() {
  std::vector<CheckCase> cases;
  for (const uint32_t width : {1u, 33u, 1536u}) {
    cases.push_back({"norm over " + std::to_string(width), [width](CheckBench& bench) {
                       const auto x = bench.matrix(3, width, width), delta = bench.matrix(3, width, width + 1);
                       const ops::Weight w = bench.weight(TensorType::kF32, 1, width, 5);
                       bench.encoder().norm(x, x, w, width, 1e-6f);
                       bench.encoder().add_norm(x, delta, w, 1e-6f);
                       bench.read(x);
                     }});
  }
  cases.push_back({"activations and sums", [](CheckBench& bench) {
                     const auto x = bench.matrix(2, 300, 1), y = bench.matrix(2, 300, 2), z = bench.matrix(2, 300);
                     bench.encoder().gate(z, x, y, ops::Activation::kGeluTanh);
                     bench.encoder().add(z, x);
                     bench.encoder().gate(y, z, x, ops::Activation::kSilu);
                     bench.encoder().scale(y, 30.0f);
                     bench.encoder().softcap(y, 3.0f);
                     bench.encoder().multiply(y, bench.weight(TensorType::kF32, 1, 300, 3));
                     bench.encoder().add_row(y, bench.weight(TensorType::kF16, 1, 300, 4));
                     bench.encoder().copy(z, y);
                     bench.encoder().keep_peaks(z, 0.5f);
                     bench.encoder().match_length(x, y);
                     bench.encoder().add_scaled(z, x, bench.matrix(2, 1, 9));
                     bench.read(z);
                   }});
  return cases;
}

std::vector<CheckCase> product_cases() {
  std::vector<CheckCase> cases;
  for (const TensorType type : kTypes) {
    const TypeTraits& traits = *traits_of(type);
    const uint32_t cols = traits.block_elements == 1 ? 83 : traits.block_elements == 32 ? 96 : 512;
    for (const uint32_t rows : {1u, 2u, 7u, 8u, 9u, 17u, 33u}) {
      cases.push_back(
          {"product in " + std::string(traits.name) + " of " + std::to_string(rows) + " rows", [=](CheckBench& bench) {
             const auto y = bench.matrix(rows, 21);
             bench.encoder().matmul(y, bench.matrix(rows, cols, rows), bench.weight(type, 21, cols, 7));
             bench.read(y);
           }});
    }
    cases.push_back({"rows of a table in " + std::string(traits.name), [=](CheckBench& bench) {
                       const auto y = bench.matrix(3, cols);
                       const int32_t ids[] = {8, 0, 5};
                       bench.encoder().embed(y, bench.weight(type, 9, cols, 8), ids, 1.5f);
                       bench.read(y);
                     }});
  }
  return cases;
}

/// A layer in a model's own order, so that a backend which makes one step of several ops does so here, too.
void run_layer(CheckBench& bench, uint32_t rows) {
  constexpr uint32_t kDim = 96, kWidth = 160, kHead = 32, kHeads = 4, kKvHeads = 2, kSlots = 64, kFirst = 5;
  static const std::vector<double> frequencies = {1, 0.3, 0.1, 0.03, 0.01, 0.003};
  auto& ops = bench.encoder();
  const auto f32 = [&](uint32_t size, uint64_t seed) { return bench.weight(TensorType::kF32, 1, size, seed); };
  const auto product = [&](const ops::Rows& y, const ops::Rows& x, uint64_t seed) {
    ops.matmul(y, x, bench.weight(TensorType::kQ4_0, y.cols, x.cols, seed));
  };
  const size_t bytes = size_t{kSlots} * kKvHeads * kHead * sizeof(float);
  const ops::KvView cache = {&bench.buffer(bytes), &bench.buffer(bytes), ops::KvFormat::kF32, kSlots, kKvHeads, kHead};
  const ops::RopeTable table{.frequencies = frequencies, .head_dim = kHead, .adjacent = false};
  const auto x = bench.matrix(rows, kDim, 1), normed = bench.matrix(rows, kDim), q = bench.matrix(rows, kHeads * kHead),
             k = bench.matrix(rows, kKvHeads * kHead), v = bench.matrix(rows, kKvHeads * kHead),
             attended = bench.matrix(rows, kHeads * kHead), delta = bench.matrix(rows, kDim),
             gate = bench.matrix(rows, kWidth), up = bench.matrix(rows, kWidth);
  constexpr float kEps = 1e-6f;
  ops.norm(normed, x, f32(kDim, 2), kDim, kEps);
  product(k, normed, 3);
  product(v, normed, 4);
  ops.norm(v, v, {}, kHead, kEps);
  ops.norm(k, k, f32(kHead, 5), kHead, kEps);
  ops.rope(k, table, kFirst);
  ops.store_kv(cache, k, v, kFirst);
  product(q, normed, 6);
  ops.norm(q, q, f32(kHead, 7), kHead, kEps);
  ops.rope(q, table, kFirst);
  ops.attend(attended, q, cache, {.heads = kHeads, .scale = 0.1f, .first_position = kFirst, .window = rows});
  product(delta, attended, 8);
  ops.add_norm(x, delta, f32(kDim, 9), kEps);
  ops.norm(normed, x, f32(kDim, 10), kDim, kEps);
  product(gate, normed, 11);
  product(up, normed, 12);
  ops.gate(gate, gate, up, ops::Activation::kGeluTanh);
  product(delta, gate, 13);
  ops.add_norm(x, delta, f32(kDim, 14), kEps);
  ops.scale(x, 0.7f);
  ops.norm(normed, x, f32(kDim, 15), kDim, kEps);
  for (const ops::Rows& part : {q, k, v, attended, up, gate, x, normed}) bench.read(part);
}

std::vector<CheckCase> layer_cases() {
  std::vector<CheckCase> cases;
  for (const uint32_t rows : {1u, 2u, 4u, 9u})  // products add up: some more room than one op gets
    cases.push_back(
        {"a layer of " + std::to_string(rows) + " rows", [rows](CheckBench& bench) { run_layer(bench, rows); }, 3e-4});
  return cases;
}

struct AttentionShape {
  uint32_t heads, kv_heads, head_dim, window, slots, first, rows;
};

std::vector<CheckCase> attention_cases() {
  std::vector<CheckCase> cases;
  constexpr AttentionShape kShapes[] = {{4, 2, 32, 0, 64, 0, 5},
                                        {2, 1, 20, 8, 16, 30, 3},
                                        {8, 1, 256, 512, 544, 600, 2},
                                        {8, 1, 512, 0, 40, 20, 17},
                                        {2, 1, 64, 0, 1400, 1290, 2}};
  for (const AttentionShape& s : kShapes) {
    for (const auto format : {ops::KvFormat::kF16, ops::KvFormat::kF32}) {
      cases.push_back(
          {"attention over " + std::to_string(s.first + s.rows) + " keys of " + std::to_string(s.head_dim),
           [=](CheckBench& bench) {
             const uint32_t width = s.kv_heads * s.head_dim, bite = 8;
             const size_t bytes = size_t{s.slots} * width * (format == ops::KvFormat::kF16 ? 2 : 4);
             const ops::KvView view = {
                 &bench.buffer(bytes), &bench.buffer(bytes), format, s.slots, s.kv_heads, s.head_dim};
             for (uint32_t p = 0; p < s.first + s.rows; p += bite) {
               const uint32_t count = std::min(bite, s.first + s.rows - p);
               bench.encoder().store_kv(view, bench.matrix(count, width, p + 1), bench.matrix(count, width, p + 2), p);
             }
             const auto q = bench.matrix(s.rows, s.heads * s.head_dim, 3), y = bench.matrix(s.rows, q.cols);
             bench.encoder().attend(y, q, view,
                                    {.heads = s.heads, .scale = 0.1f, .first_position = s.first, .window = s.window});
             bench.read(y);
           }});
    }
  }
  cases.push_back({"rotation at position 131071", [](CheckBench& bench) {
                     const auto x = bench.matrix(2, 128, 4);
                     const auto turns = frequencies(32);
                     bench.encoder().rope(x, {.frequencies = turns, .head_dim = 64}, 131071);
                     const auto uneven = frequencies(7);
                     bench.encoder().rope(x, {.frequencies = uneven, .head_dim = 32, .adjacent = true}, 5);
                     bench.read(x);
                   }});
  return cases;
}

std::vector<CheckCase> expert_cases() {
  return {{"experts of five tokens", [](CheckBench& bench) {
             const uint32_t rows = 5, experts = 40, k = 3;
             ops::Buffer& chosen = bench.buffer(rows * k * sizeof(int32_t));
             ops::Buffer& shares = bench.buffer(rows * k * sizeof(float));
             bench.encoder().route(chosen, shares, bench.matrix(rows, experts, 1), k);
             const auto each = bench.matrix(rows * k, 12), sum = bench.matrix(rows, 12);
             bench.encoder().matmul_experts(each, bench.matrix(rows, 64, 2),
                                            bench.weight(TensorType::kQ8_0, 12, 64, 3, experts), chosen, k, false);
             bench.encoder().combine_experts(sum, each, chosen, shares, bench.weight(TensorType::kF32, 1, experts, 4),
                                             k);
             bench.read(sum);
             bench.read(shares, rows * k);
           }}};
}

}  // namespace

ops::Rows CheckBench::matrix(uint32_t rows, uint32_t cols, uint64_t seed) {
  ops::Buffer& memory = buffer(size_t{rows} * cols * sizeof(float));
  auto* values = reinterpret_cast<float*>(memory.host());
  uint64_t state = seed;
  for (size_t i = 0; seed != 0 && i < size_t{rows} * cols; ++i) values[i] = number(state);
  return {&memory, 0, rows, cols, cols};
}

ops::Buffer& CheckBench::buffer(size_t bytes) {
  auto made = device_.allocate(bytes);
  if (made.ok()) {
    buffers_.push_back(std::move(made).value());
  } else {
    note(made.error());
    // Work on the wrong memory is harmless here: the step has failed already.
    if (buffers_.empty()) std::abort();
  }
  return *buffers_.back();
}

ops::Weight CheckBench::weight(TensorType type, uint32_t rows, uint32_t cols, uint64_t seed, uint32_t count) {
  const TypeTraits& traits = *traits_of(type);
  const size_t blocks = size_t{rows} * cols / traits.block_elements * count;
  auto& words = *blocks_.emplace_back(
      std::make_unique<std::vector<uint64_t>>((blocks * traits.block_bytes + sizeof(uint64_t)) / sizeof(uint64_t)));
  auto* bytes = reinterpret_cast<std::byte*>(words.data());
  uint64_t state = seed;
  for (uint64_t& word : words) word = next(state);
  const ScaleAt at = scales_of(type);
  for (size_t block = 0; block < blocks; ++block) {
    std::byte* start = bytes + block * traits.block_bytes;
    const auto scale = static_cast<uint16_t>(0x2000 + (next(state) & 0x83ff));  // +-2^-7 .. 2^-6
    if (type == TensorType::kF32) {
      const float value = number(state) / 16;
      std::memcpy(start, &value, sizeof value);
    } else if (type == TensorType::kBF16) {
      const auto value = static_cast<uint16_t>(0x3d00 + (next(state) & 0x807f));
      std::memcpy(start, &value, sizeof value);
    } else if (type == TensorType::kMXFP4) {
      start[0] = static_cast<std::byte>(120 + (next(state) & 3));
    } else {
      std::memcpy(start + at.first, &scale, sizeof scale);
      if (at.second >= 0) std::memcpy(start + at.second, &scale, sizeof scale);
    }
  }
  auto prepared =
      device_.prepare({.type = type, .cols = cols, .rows = rows, .count = count, .data = bytes, .prepared = nullptr});
  if (prepared.ok()) return prepared.value();
  note(prepared.error());
  return {};
}

void CheckBench::read(const ops::Rows& rows) {
  if (const Status status = encoder_->finish(); !status.ok()) return note(status.error());
  const auto* values = reinterpret_cast<const float*>(rows.buffer->host()) + rows.offset;
  numbers_.insert(numbers_.end(), values, values + size_t{rows.rows} * rows.cols);
}

void CheckBench::read(ops::Buffer& buffer, size_t count) {
  if (const Status status = encoder_->finish(); !status.ok()) return note(status.error());
  const auto* values = reinterpret_cast<const float*>(buffer.host());
  numbers_.insert(numbers_.end(), values, values + count);
}

std::vector<CheckCase> check_cases(const std::string& family) {
  if (family == "rows") return row_cases();
  if (family == "products") return product_cases();
  if (family == "attention") return attention_cases();
  if (family == "layers") return layer_cases();
  return expert_cases();
}

}  // namespace hearth
