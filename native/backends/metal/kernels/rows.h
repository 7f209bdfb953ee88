// native/backends/metal/kernels/rows.h: one number from all threads of a threadgroup.
#pragma once
#include "arguments.h"
#include "compat.h"

/// `shared`: room for one float a simdgroup, not used by a sum before it. All threads get the sum.
METAL_FUNC float threadgroup_sum(float value, threadgroup float* shared, uint lane, uint simdgroup, uint simdgroups) {
  const float sum = simd_sum(value);
  if (lane == 0) shared[simdgroup] = sum;
  threadgroup_barrier(mem_flags::mem_threadgroup);
  return simd_sum(lane < simdgroups ? shared[lane] : 0.0f);
}

/// 1 / sqrt(mean of x^2 + eps) over `width` values; thread i takes i, i + threads, ...
METAL_FUNC float norm_factor(device const float* x, uint width, float eps, threadgroup float* shared, uint index,
                             uint threads, uint lane, uint simdgroup) {
  float squares = 0.0f;
  for (uint i = index; i < width; i += threads) squares = fma(x[i], x[i], squares);
  const float sum = threadgroup_sum(squares, shared, lane, simdgroup, threads / hearth::metal_kernel::kLanes);
  return 1.0f / precise::sqrt(sum / float(width) + eps);
}
