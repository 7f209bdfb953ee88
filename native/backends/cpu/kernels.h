// native/backends/cpu/kernels.h: the inner loops, once per instruction set, chosen when the device opens.
//
// All take raw pointers and know no threads. Those of one level agree with themselves bit for bit however work is cut;
// two levels differ by rounding only.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/tensor_type.h"
#include "ops/encoder.h"

namespace hearth::cpu {

inline constexpr uint32_t kMatmulRows = 8;  // rows of x that share one pass over the weights

/// One token's query heads of one kv head, against `keys` consecutive positions.
struct AttendTask {
  const float* q;  // [heads, head_dim]
  float* y;        // [heads, head_dim]
  uint32_t heads;  // 1 .. kAttendHeads
  uint32_t head_dim;
  const std::byte* k;  // slot 0, this kv head
  const std::byte* v;
  ops::KvFormat format;
  size_t slot_bytes;  // from a slot to the next
  uint32_t slots;
  uint32_t first_key;  // position; it lies in slot first_key % slots
  uint32_t keys;
  float scale;
  double* sums;  // scratch [heads, head_dim]
};
inline constexpr uint32_t kAttendHeads = 4;

struct Kernels {
  const char* name;
  /// y[r][o] = W[o] . x[r] for o < rows and r < count <= kMatmulRows; `w` points at row 0, rows lie `row_bytes` apart.
  void (*matmul)(TensorType type, const std::byte* w, size_t row_bytes, size_t rows, size_t cols, const float* const* x,
                 float* const* y, uint32_t count);
  /// `elements` is a multiple of the block; y = exact values.
  void (*decode)(TensorType type, const std::byte* w, float* y, size_t elements);
  void (*to_half)(uint16_t* y, const float* x, size_t count);
  void (*attend)(const AttendTask& task);
  void (*gelu_gate)(float* y, const float* gate, const float* up, size_t count);
  void (*silu_gate)(float* y, const float* gate, const float* up, size_t count);
  void (*softcap)(float* x, float cap, size_t count);
  void (*add)(float* x, const float* delta, size_t count);
  void (*scale)(float* x, float factor, size_t count);
  void (*multiply)(float* x, const float* w, size_t count);
  /// y = x / sqrt(mean(x^2) + eps) * w; w may be null. y may be x.
  void (*norm)(float* y, const float* x, const float* w, size_t count, float eps);
  /// Rotates pairs (i, i + half) of one head by cosines[i], sines[i].
  void (*rotate)(float* head, const float* cosines, const float* sines, size_t pairs, size_t half);
};

/// "scalar", "avx2", "avx512" or "neon"; null where this build or this machine has no such level.
const Kernels* kernels_named(std::string_view name);
/// The best of this machine, or the one that the environment variable HEARTH_SIMD names, if it is there.
const Kernels& best_kernels();
/// Every level that runs here, plainest first.
std::vector<const Kernels*> all_kernels();

}  // namespace hearth::cpu
