// native/backends/cpu/kernels/matmul.h: y = W x for up to eight rows of x, W in any format.
//
//   W  [rows, cols] in blocks    x[r] [cols] f32    y[r] [rows] f32
//   Units: y is in units of W times units of x. Activations are never quantised.
//   Cost: at one row, memory bound for the plain formats; each further row costs one multiply-add per weight.
//
// One sum per (row of W, row of x) and lane, always over the same elements in the same order: weights become exact f32
// values and go through one multiply-add each. So the result does not depend on how many rows share the pass.
#pragma once
#include "backends/cpu/kernels.h"
#include "backends/cpu/kernels/formats.h"
#include "backends/cpu/kernels/formats_k.h"

namespace hearth::cpu {
namespace {

/// The last elements of an unblocked row, fewer than a register: padded with zeros on both sides.
template <typename Format>
Vec decode_tail(const std::byte* p, size_t count) {
  alignas(64) std::byte padded[4 * Vec::kLanes] = {};
  std::memcpy(padded, p, count * Format::kElementBytes);
  Vec w;
  Format::decode(padded, &w);
  return w;
}
inline Vec load_tail(const float* x, size_t count) {
  alignas(64) float padded[Vec::kLanes] = {};
  std::memcpy(padded, x, count * sizeof(float));
  return Vec::load(padded);
}

/// Asks for the bytes of one step of the next tile. Rows of W are short and several are read side by side, at four
/// kilobytes a page: the machine's own prefetchers lose them, and without this a large matrix comes at half the speed
/// of memory. Addresses behind the last row are never read.
template <typename Format>
void fetch_ahead(const std::byte* p) {
  constexpr int kSecondLevel = 2;  // the first holds x
  for (int line = 0; line < Format::kBytes; line += 64) __builtin_prefetch(p + line, 0, kSecondLevel);
}

/// Rows w[0 .. outputs) of W times `count` rows of x; sums of output o go to y[r][at[o]]. The next tile lies `ahead`
/// bytes behind this one.
template <typename Format, int outputs, int count>
void matmul_tile(const std::byte* const* w, size_t ahead, size_t cols, const float* const* x, float* const* y,
                 const size_t* at) {
  constexpr int kVectors = Format::kElements / Vec::kLanes;
  Vec sums[outputs][count];
  for (int o = 0; o < outputs; ++o) {
    for (int r = 0; r < count; ++r) sums[o][r] = Vec::zero();
  }
  const size_t steps = cols / Format::kElements;
  for (size_t step = 0; step < steps; ++step) {
    const size_t column = step * Format::kElements;
    for (int o = 0; o < outputs; ++o) fetch_ahead<Format>(w[o] + step * Format::kBytes + ahead);
    if constexpr (outputs * kVectors <= 8) {  // all weights of the step fit in registers: each x is loaded once
      Vec weights[outputs][kVectors];
      for (int o = 0; o < outputs; ++o) Format::decode(w[o] + step * Format::kBytes, weights[o]);
      for (int i = 0; i < kVectors; ++i) {
        for (int r = 0; r < count; ++r) {
          const Vec value = Vec::load(x[r] + column + i * Vec::kLanes);
          for (int o = 0; o < outputs; ++o) sums[o][r] = Vec::fma(weights[o][i], value, sums[o][r]);
        }
      }
    } else {
      for (int o = 0; o < outputs; ++o) {
        Vec weights[kVectors];
        Format::decode(w[o] + step * Format::kBytes, weights);
        for (int i = 0; i < kVectors; ++i) {
          for (int r = 0; r < count; ++r) {
            sums[o][r] = Vec::fma(weights[i], Vec::load(x[r] + column + i * Vec::kLanes), sums[o][r]);
          }
        }
      }
    }
  }
  if constexpr (Format::kElementBytes > 0) {
    if (const size_t left = cols - steps * Format::kElements; left > 0) {
      for (int o = 0; o < outputs; ++o) {
        const Vec weights = decode_tail<Format>(w[o] + steps * Format::kBytes, left);
        for (int r = 0; r < count; ++r) {
          sums[o][r] = Vec::fma(weights, load_tail(x[r] + steps * Format::kElements, left), sums[o][r]);
        }
      }
    }
  }
  for (int o = 0; o < outputs; ++o) {
    for (int r = 0; r < count; ++r) y[r][at[o]] = sums[o][r].sum();
  }
}

template <typename Format, int count>
void matmul_counted(const std::byte* w, size_t row_bytes, size_t rows, size_t cols, const float* const* x,
                    float* const* y) {
  constexpr int kFit = Vec::kAccumulators / count;
  constexpr int kOutputs = kFit >= 4 ? 4 : kFit >= 1 ? kFit : 1;
  for (size_t o = 0; o < rows; o += kOutputs) {
    const std::byte* tile[kOutputs];
    size_t at[kOutputs];
    for (size_t i = 0; i < kOutputs; ++i) {
      at[i] = o + i < rows ? o + i : rows - 1;  // beyond the end the last row again: the same value in the same place
      tile[i] = w + at[i] * row_bytes;
    }
    matmul_tile<Format, kOutputs, count>(tile, kOutputs * row_bytes, cols, x, y, at);
  }
}

/// There are tiles for 1, 2, 4, 6 and 8 rows of x; between them the last row is computed twice, to the same bits.
template <typename Format>
void matmul_format(const std::byte* w, size_t row_bytes, size_t rows, size_t cols, const float* const* x,
                   float* const* y, uint32_t count) {
  const float* from[kMatmulRows];
  float* to[kMatmulRows];
  for (uint32_t r = 0; r < kMatmulRows; ++r) {
    from[r] = x[r < count ? r : count - 1];
    to[r] = y[r < count ? r : count - 1];
  }
  if (count <= 1) return matmul_counted<Format, 1>(w, row_bytes, rows, cols, from, to);
  if (count <= 2) return matmul_counted<Format, 2>(w, row_bytes, rows, cols, from, to);
  if (count <= 4) return matmul_counted<Format, 4>(w, row_bytes, rows, cols, from, to);
  if (count <= 6) return matmul_counted<Format, 6>(w, row_bytes, rows, cols, from, to);
  return matmul_counted<Format, 8>(w, row_bytes, rows, cols, from, to);
}

template <typename Format>
void decode_format(const std::byte* w, float* y, size_t elements) {
  Vec values[Format::kElements / Vec::kLanes];
  size_t done = 0;
  for (; done + Format::kElements <= elements; done += Format::kElements, w += Format::kBytes) {
    Format::decode(w, values);
    for (int i = 0; i < Format::kElements / Vec::kLanes; ++i) values[i].store(y + done + i * Vec::kLanes);
  }
  if constexpr (Format::kElementBytes > 0) {
    if (done < elements) {
      alignas(64) float padded[Vec::kLanes];
      decode_tail<Format>(w, elements - done).store(padded);
      std::memcpy(y + done, padded, (elements - done) * sizeof(float));
    }
  }
}

/// Calls visit.template operator()<Format>() for the format of `type`.
template <typename Visit>
void with_format(TensorType type, const Visit& visit) {
  switch (type) {
    case TensorType::kF32:
      return visit.template operator()<FormatF32>();
    case TensorType::kF16:
      return visit.template operator()<FormatF16>();
    case TensorType::kBF16:
      return visit.template operator()<FormatBF16>();
    case TensorType::kQ4_0:
      return visit.template operator()<FormatQ4_0>();
    case TensorType::kQ4_1:
      return visit.template operator()<FormatQ4_1>();
    case TensorType::kQ5_0:
      return visit.template operator()<FormatQ5_0>();
    case TensorType::kQ5_1:
      return visit.template operator()<FormatQ5_1>();
    case TensorType::kQ8_0:
      return visit.template operator()<FormatQ8_0>();
    case TensorType::kQ2_K:
      return visit.template operator()<FormatQ2_K>();
    case TensorType::kQ3_K:
      return visit.template operator()<FormatQ3_K>();
    case TensorType::kQ4_K:
      return visit.template operator()<FormatQ4_K>();
    case TensorType::kQ5_K:
      return visit.template operator()<FormatQ5_K>();
    case TensorType::kQ6_K:
      return visit.template operator()<FormatQ6_K>();
    case TensorType::kIQ4_NL:
      return visit.template operator()<FormatIQ4_NL>();
    case TensorType::kIQ4_XS:
      return visit.template operator()<FormatIQ4_XS>();
    case TensorType::kMXFP4:
      return visit.template operator()<FormatMXFP4>();
  }
}

inline void matmul(TensorType type, const std::byte* w, size_t row_bytes, size_t rows, size_t cols,
                   const float* const* x, float* const* y, uint32_t count) {
  with_format(type, [&]<typename Format>() { matmul_format<Format>(w, row_bytes, rows, cols, x, y, count); });
}

inline void decode(TensorType type, const std::byte* w, float* y, size_t elements) {
  with_format(type, [&]<typename Format>() { decode_format<Format>(w, y, elements); });
}

}  // namespace
}  // namespace hearth::cpu
