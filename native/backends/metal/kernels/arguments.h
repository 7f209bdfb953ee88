// native/backends/metal/kernels/arguments.h: what the host tells a kernel beside its buffers. Read by both, so members
// are 4 or 8 bytes wide and the larger come first. Strides and columns count floats, `bytes` bytes.
#pragma once
#ifndef __METAL_VERSION__
#include <cstdint>
#endif

namespace hearth {
namespace metal_kernel {

// Shapes of threadgroups that kernel and host agree on.
enum {
  kLanes = 32,
  kMatvecSimdgroups = 4,  // of one threadgroup; each makes its own outputs
  kAttendSimdgroups = 8,
  kAttendBlock = 256,  // keys that are summed up before they join the rest
  kMostHeadDim = 512,
};

// Function constants by index.
enum {
  kConstantFormat = 0,
  kConstantHalfCache = 1,
  kConstantPartial = 2,
  kConstantOperation = 3,
  kConstantTwoMatrices = 4
};

// Operations of `map`.
enum {
  kMapAdd,        // y += a
  kMapScale,      // y *= factor
  kMapMultiply,   // y *= b, one vector for all rows
  kMapAddRow,     // y += b, one vector for all rows
  kMapSoftcap,    // y = factor * tanh(y / factor)
  kMapCopy,       // y = a
  kMapGelu,       // y = gelu(a) * b
  kMapSilu,       // y = silu(a) * b
  kMapAddScaled,  // y += b[row] * a
};

struct MapArguments {
  uint32_t cols, y_stride, a_stride, b_stride;
  float factor;
};

struct EmbedArguments {
  uint64_t row_bytes;
  uint32_t cols, units, y_stride;
  float scale;
};

struct MatvecArguments {
  uint64_t row_bytes, matrix_bytes;
  uint32_t cols, units, outputs, rows, x_stride, y_stride;
  uint32_t choices_per_x;  // experts: choices that share a row of x
};

struct GatedArguments {
  MatvecArguments product;
  uint32_t other_stride, silu;
};

struct ResidualArguments {
  uint32_t width, delta_stride, x_stride, y_stride;
  float eps, scale;
  uint32_t next;  // whether the norm of what follows is made, too
};

struct HeadsArguments {
  uint32_t q_heads, k_heads, v_heads, width;
  uint32_t q_stride, k_stride, v_stride, v_normed;
  uint32_t pairs, adjacent, slots, first_position;
  float eps;
};

struct NormArguments {
  uint32_t width, x_stride, y_stride, weighted;
  float eps;
};

struct RopeArguments {
  uint32_t pairs, half_dim, head_dim, adjacent, stride;
};

struct StoreArguments {
  uint32_t width, k_stride, v_stride, slots, first_position;
};

struct AttendArguments {
  uint32_t heads, heads_per_kv, head_dim, kv_width;
  uint32_t slots, first_position, window, blocks;
  uint32_t q_stride, y_stride;
  float scale;
};

struct RowArguments {  // match_length, keep_peaks
  uint32_t cols, x_stride, like_stride;
  float deviations;
};

struct RouteArguments {
  uint32_t experts, picks, stride;
};

struct CombineArguments {
  uint32_t cols, picks, x_stride, y_stride, scaled;
};

}  // namespace metal_kernel
}  // namespace hearth
