// native/tests/ops/op_test.h: what op tests share: seeded numbers, devices of every level, matrices, the bound of a
// sum.
#pragma once
#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "backends/cpu/cpu_device.h"
#include "backends/cpu/kernels.h"
#include "ops/encoder.h"

namespace hearth::test {

/// xorshift64*: the same numbers on every machine.
class Rng {
 public:
  explicit Rng(uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15u + 1) {}
  uint32_t bits() {
    state_ ^= state_ >> 12, state_ ^= state_ << 25, state_ ^= state_ >> 27;
    return static_cast<uint32_t>((state_ * 0x2545f4914f6cdd1du) >> 32);
  }
  uint32_t below(uint32_t bound) { return bits() % bound; }
  float uniform(float low, float high) { return low + (high - low) * (static_cast<float>(bits() >> 8) * 0x1p-24f); }
  /// Sum of uniforms: near enough to a bell of the given width.
  float normal(float width) { return width * (uniform(-1, 1) + uniform(-1, 1) + uniform(-1, 1)); }
  std::vector<float> normals(size_t count, float width = 1) {
    std::vector<float> values(count);
    for (float& value : values) value = normal(width);
    return values;
  }

 private:
  uint64_t state_;
};

/// A device with an encoder, and matrices on it.
struct Bench {
  explicit Bench(int threads = 1, const cpu::Kernels& kernels = *cpu::all_kernels().back())
      : Bench(cpu::open_cpu(threads, kernels)) {}
  explicit Bench(std::unique_ptr<ops::Device> opened) : device(std::move(opened)), encoder(device->encoder()) {}

  /// [rows, cols] with `gap` untouched floats between rows; `values` row by row, or zeros.
  ops::Rows matrix(uint32_t rows, uint32_t cols, const std::vector<float>& values = {}, uint32_t gap = 0) {
    const uint32_t stride = cols + gap;
    buffers.push_back(std::move(device->allocate((size_t{3} + size_t{rows} * stride) * sizeof(float)).value()));
    ops::Rows out{buffers.back().get(), gap ? 3u : 0u, rows, cols, stride};
    for (uint32_t r = 0; r < rows && !values.empty(); ++r) {
      std::memcpy(floats(out, r), values.data() + size_t{r} * cols, cols * sizeof(float));
    }
    return out;
  }
  ops::Buffer& buffer(size_t bytes) {
    buffers.push_back(std::move(device->allocate(bytes).value()));
    return *buffers.back();
  }
  static float* floats(const ops::Rows& rows, uint32_t r = 0) {
    return reinterpret_cast<float*>(rows.buffer->host()) + rows.offset + size_t{r} * rows.stride;
  }
  static std::vector<float> read(const ops::Rows& rows) {
    std::vector<float> out;
    for (uint32_t r = 0; r < rows.rows; ++r) out.insert(out.end(), floats(rows, r), floats(rows, r) + rows.cols);
    return out;
  }

  std::unique_ptr<ops::Device> device;
  std::unique_ptr<ops::Encoder> encoder;
  std::vector<std::unique_ptr<ops::Buffer>> buffers;
};

inline ops::Weight vector_weight(const std::vector<float>& values) {
  return {.type = TensorType::kF32,
          .cols = static_cast<uint32_t>(values.size()),
          .rows = 1,
          .count = 1,
          .data = reinterpret_cast<const std::byte*>(values.data()),
          .prepared = nullptr};
}

/// Runs body(bench, label) on every level this machine has, with one, two and three threads.
template <typename Body>
void for_each_bench(const Body& body) {
  for (const cpu::Kernels* kernels : cpu::all_kernels()) {
    for (int threads : {1, 2, 3}) {
      Bench bench(threads, *kernels);
      INFO(bench.device->name());
      body(bench);
    }
  }
}
template <typename Body>
void for_each_level(const Body& body) {
  for (const cpu::Kernels* kernels : cpu::all_kernels()) {
    INFO(std::string(kernels->name));
    Bench bench(1, *kernels);
    body(bench);
  }
}

inline bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

/// How far an f32 sum of `terms` products in at least eight lanes can be from the true one, given sum |a b|:
/// each partial sum and each product rounds once (Higham, Accuracy and Stability, 3.1).
inline double sum_bound(size_t terms, double magnitude) {
  return (static_cast<double>(terms) / 8 + 10) * 0x1p-24 * magnitude + 1e-37;
}

}  // namespace hearth::test
