// native/backends/metal/kernels/matvec.metal: y = W x for few rows of x, W in any format; embedding; experts.
//
//   W [outputs, cols]   x [rows, cols]   y [rows, outputs]
//   A simdgroup makes OUTPUTS outputs of COUNT rows: lane l takes units l, l + 32, ... of each row of W, decodes each
//   once and uses it for every row of x. Weights are read once for COUNT rows: bound by memory up to about eight.
//
// One chain of fused multiply-adds per (output, row, lane), then one simd_sum: the order does not depend on COUNT or
// OUTPUTS, so a row's bits do not depend on the rows beside it. Larger calls run this eight rows at a time.
#include "activation.h"
#include "formats.h"

using namespace hearth::metal_kernel;

FUNCTION_CONSTANT(bool, kTwoMatrices, 4);

template <int OUTPUTS, int COUNT>
METAL_FUNC void add_products(device const uchar* weights, device const float* x, constant MatvecArguments& a,
                             thread const uint* outputs, thread const uint* rows, uint lane,
                             thread float (&sums)[OUTPUTS][COUNT]) {
  for (int o = 0; o < OUTPUTS; ++o) {
    for (int r = 0; r < COUNT; ++r) sums[o][r] = 0.0f;
  }
  const uint distance = run_distance();
  for (uint unit = lane; unit < a.units; unit += kLanes) {
    float w[OUTPUTS][16];
    for (int o = 0; o < OUTPUTS; ++o) decode_unit(weights + outputs[o] * a.row_bytes, unit, a.cols, w[o]);
    const uint column = first_column(unit);
    const bool whole = column + distance + 8 <= a.cols;
    for (int r = 0; r < COUNT; ++r) {
      device const float* from = x + rows[r] * a.x_stride + column;
      float values[16];
      for (uint i = 0; i < 16; ++i) {
        const uint at = i < 8 ? i : distance + i - 8;
        values[i] = 0.0f;
        if (whole || column + at < a.cols) values[i] = from[at];
      }
      for (int o = 0; o < OUTPUTS; ++o) {
        for (uint i = 0; i < 16; ++i) sums[o][r] = fma(w[o][i], values[i], sums[o][r]);
      }
    }
  }
}

template <int OUTPUTS, int COUNT>
kernel void matvec(device const uchar* weights [[buffer(0)]], device const float* x [[buffer(1)]],
                   device float* y [[buffer(2)]], constant MatvecArguments& a [[buffer(3)]],
                   uint3 group [[threadgroup_position_in_grid]], uint lane [[thread_index_in_simdgroup]],
                   uint simdgroup [[simdgroup_index_in_threadgroup]]) {
  const uint first = (group.x * kMatvecSimdgroups + simdgroup) * OUTPUTS;
  if (first >= a.outputs) return;
  uint outputs[OUTPUTS], rows[COUNT];
  // Beyond the end the last one again: the same value in the same place.
  for (int o = 0; o < OUTPUTS; ++o) outputs[o] = min(first + uint(o), a.outputs - 1);
  for (int r = 0; r < COUNT; ++r) rows[r] = min(group.y * COUNT + uint(r), a.rows - 1);
  float sums[OUTPUTS][COUNT];
  add_products<OUTPUTS, COUNT>(weights, x, a, outputs, rows, lane, sums);
  for (int o = 0; o < OUTPUTS; ++o) {
    for (int r = 0; r < COUNT; ++r) {
      const float sum = simd_sum(sums[o][r]);
      if (lane == 0) y[rows[r] * a.y_stride + outputs[o]] = sum;
    }
  }
}
INSTANTIATE("matvec_1", matvec<4, 1>)
INSTANTIATE("matvec_2", matvec<4, 2>)
INSTANTIATE("matvec_4", matvec<2, 4>)
INSTANTIATE("matvec_8", matvec<2, 8>)

/// y = act(G x) * other, where with kTwoMatrices other = U x, which is written, too. U has the shape and format of G.
template <int OUTPUTS, int COUNT>
kernel void matvec_gated(device const uchar* gate [[buffer(0)]], device const uchar* up [[buffer(1)]],
                         device const float* x [[buffer(2)]], device float* other [[buffer(3)]],
                         device float* y [[buffer(4)]], constant GatedArguments& a [[buffer(5)]],
                         uint3 group [[threadgroup_position_in_grid]], uint lane [[thread_index_in_simdgroup]],
                         uint simdgroup [[simdgroup_index_in_threadgroup]]) {
  const uint first = (group.x * kMatvecSimdgroups + simdgroup) * OUTPUTS;
  if (first >= a.product.outputs) return;
  uint outputs[OUTPUTS], rows[COUNT];
  for (int o = 0; o < OUTPUTS; ++o) outputs[o] = min(first + uint(o), a.product.outputs - 1);
  for (int r = 0; r < COUNT; ++r) rows[r] = min(group.y * COUNT + uint(r), a.product.rows - 1);
  float gates[OUTPUTS][COUNT], ups[OUTPUTS][COUNT];
  add_products<OUTPUTS, COUNT>(gate, x, a.product, outputs, rows, lane, gates);
  if (kTwoMatrices) add_products<OUTPUTS, COUNT>(up, x, a.product, outputs, rows, lane, ups);
  for (int o = 0; o < OUTPUTS; ++o) {
    for (int r = 0; r < COUNT; ++r) {
      const float sum = simd_sum(gates[o][r]);
      device float* beside = other + rows[r] * a.other_stride + outputs[o];
      float factor = 0.0f;
      if (kTwoMatrices) {
        factor = simd_sum(ups[o][r]);
        if (lane == 0) *beside = factor;
      } else {
        factor = *beside;
      }
      const float value = a.silu != 0 ? sum * sigmoid(sum) * factor : gelu(sum) * factor;
      if (lane == 0) y[rows[r] * a.product.y_stride + outputs[o]] = value;
    }
  }
}
INSTANTIATE("matvec_gated_1", matvec_gated<2, 1>)
INSTANTIATE("matvec_gated_2", matvec_gated<2, 2>)
INSTANTIATE("matvec_gated_4", matvec_gated<1, 4>)
INSTANTIATE("matvec_gated_8", matvec_gated<1, 8>)

/// Row i of y is W[experts[i]] times row i / choices_per_x of x.
kernel void matvec_experts(device const uchar* weights [[buffer(0)]], device const float* x [[buffer(1)]],
                           device const int* experts [[buffer(2)]], device float* y [[buffer(3)]],
                           constant MatvecArguments& a [[buffer(4)]], uint3 group [[threadgroup_position_in_grid]],
                           uint lane [[thread_index_in_simdgroup]], uint simdgroup [[simdgroup_index_in_threadgroup]]) {
  const uint first = (group.x * kMatvecSimdgroups + simdgroup) * 4;
  if (first >= a.outputs) return;
  const uint choice = group.y;
  uint outputs[4], rows[1];
  for (uint o = 0; o < 4; ++o) outputs[o] = min(first + o, a.outputs - 1);
  rows[0] = choice / a.choices_per_x;
  float sums[4][1];
  add_products<4, 1>(weights + uint(experts[choice]) * a.matrix_bytes, x, a, outputs, rows, lane, sums);
  for (uint o = 0; o < 4; ++o) {
    const float sum = simd_sum(sums[o][0]);
    if (lane == 0) y[choice * a.y_stride + outputs[o]] = sum;
  }
}

/// y[r] = scale * row ids[r] of W. One thread a unit.
kernel void embed(device const uchar* weights [[buffer(0)]], device const int* ids [[buffer(1)]],
                  device float* y [[buffer(2)]], constant EmbedArguments& a [[buffer(3)]],
                  uint3 at [[thread_position_in_grid]]) {
  if (at.x >= a.units) return;
  float w[16];
  decode_unit(weights + uint(ids[at.y]) * a.row_bytes, at.x, a.cols, w);
  const uint column = first_column(at.x), distance = run_distance();
  for (uint i = 0; i < 16; ++i) {
    const uint to = column + (i < 8 ? i : distance + i - 8);
    if (to < a.cols) y[at.y * a.y_stride + to] = w[i] * a.scale;
  }
}
