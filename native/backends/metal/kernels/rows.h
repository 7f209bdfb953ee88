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
