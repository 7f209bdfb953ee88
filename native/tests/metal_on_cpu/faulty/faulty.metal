// native/tests/metal_on_cpu/faulty/faulty.metal: kernels with one mistake each, to see that the emulator finds it.
#include "rows.h"

using namespace hearth::metal_kernel;

/// Reads what the neighbour wrote without waiting for it.
kernel void faulty_no_barrier(device float* y [[buffer(0)]], uint index [[thread_index_in_threadgroup]]) {
  THREADGROUP_ARRAY(float, shared, 64);
  shared[index] = float(index);
  y[index] = shared[63 - index];
}

/// Half of the threads wait at another line.
kernel void faulty_two_places(device float* y [[buffer(0)]], uint index [[thread_index_in_threadgroup]]) {
  y[index] = 0.0f;
  if (index < 32) {
    threadgroup_barrier(mem_flags::mem_threadgroup);
  } else {
    threadgroup_barrier(mem_flags::mem_threadgroup);
  }
}

/// Some threads leave before the others wait for them.
kernel void faulty_early_return(device float* y [[buffer(0)]], uint index [[thread_index_in_threadgroup]]) {
  if (index >= 40) return;
  threadgroup_barrier(mem_flags::mem_threadgroup);
  y[index] = 1.0f;
}

/// A sum over lanes in one branch only.
kernel void faulty_half_sum(device float* y [[buffer(0)]], uint lane [[thread_index_in_simdgroup]]) {
  float value = 1.0f;
  if (lane < 16) value = simd_sum(value);
  y[lane] = value;
}

/// One value behind the end.
kernel void faulty_outside(device float* y [[buffer(0)]], uint index [[thread_index_in_threadgroup]]) {
  y[index + 1] = 1.0f;
}

kernel void faulty_too_much(device float* y [[buffer(0)]], uint index [[thread_index_in_threadgroup]]) {
  THREADGROUP_ARRAY(float, shared, 9000);
  shared[index] = 1.0f;
  y[index] = shared[index];
}

/// What is never written is no number.
kernel void faulty_unwritten(device float* y [[buffer(0)]], uint index [[thread_index_in_threadgroup]]) {
  THREADGROUP_ARRAY(float, shared, 64);
  if (index < 63) shared[index] = 1.0f;
  threadgroup_barrier(mem_flags::mem_threadgroup);
  y[index] = shared[index];
}

kernel void faulty_adds_one(device float* y [[buffer(0)]], device const float* x [[buffer(1)]],
                            uint index [[thread_index_in_threadgroup]]) {
  y[index] = x[index] + 1.0f;
}
