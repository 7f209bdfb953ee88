// native/backends/metal/kernels/fused.metal: what lies between two matrices of a layer, in one dispatch each. The same
// steps in the same order as the kernels that they stand for, so the same bits
// (tests/metal_on_cpu/kernels/fused_test.cc).
#include "rows.h"

using namespace hearth::metal_kernel;

FUNCTION_CONSTANT(bool, kHalfCache, 1);

/// delta = norm(delta; w), x = (x + delta) * scale, and where there is a next, y = norm(x; next).
kernel void residual(device float* delta [[buffer(0)]], device const float* w [[buffer(1)]],
                     device float* x [[buffer(2)]], device const float* next [[buffer(3)]],
                     device float* y [[buffer(4)]], constant ResidualArguments& a [[buffer(5)]],
                     uint3 group [[threadgroup_position_in_grid]], uint index [[thread_index_in_threadgroup]],
                     uint3 extent [[threads_per_threadgroup]], uint lane [[thread_index_in_simdgroup]],
                     uint simdgroup [[simdgroup_index_in_threadgroup]]) {
  THREADGROUP_ARRAY(float, shared, 32);
  THREADGROUP_ARRAY(float, shared_next, 32);
  device float* from = delta + group.y * a.delta_stride;
  device float* to = x + group.y * a.x_stride;
  const float factor = norm_factor(from, a.width, a.eps, shared, index, extent.x, lane, simdgroup);
  for (uint i = index; i < a.width; i += extent.x) {
    const float value = from[i] * factor * w[i];
    from[i] = value;
    to[i] = (to[i] + value) * a.scale;
  }
  if (a.next == 0) return;
  // Each thread reads what it wrote itself.
  const float factor_next = norm_factor(to, a.width, a.eps, shared_next, index, extent.x, lane, simdgroup);
  device float* out = y + group.y * a.y_stride;
  for (uint i = index; i < a.width; i += extent.x) {
    const float value = to[i] * factor_next;
    out[i] = value * next[i];
  }
}

/// Head `group.x` of row `group.y`: first those of q, which are normed and rotated in place; then those of k, which
/// also go into their slot; then those of v, normed where `v_normed` says so, into theirs.
kernel void heads(device float* q [[buffer(0)]], device float* k [[buffer(1)]], device float* v [[buffer(2)]],
                  device const float* turns [[buffer(3)]], device const float* q_norm [[buffer(4)]],
                  device const float* k_norm [[buffer(5)]], device uchar* keys [[buffer(6)]],
                  device uchar* values [[buffer(7)]], constant HeadsArguments& a [[buffer(8)]],
                  uint3 group [[threadgroup_position_in_grid]], uint index [[thread_index_in_threadgroup]],
                  uint3 extent [[threads_per_threadgroup]], uint lane [[thread_index_in_simdgroup]],
                  uint simdgroup [[simdgroup_index_in_threadgroup]]) {
  THREADGROUP_ARRAY(float, shared, 32);
  THREADGROUP_ARRAY(float, normed, kMostHeadDim);
  const bool is_query = group.x < a.q_heads;
  const bool is_key = !is_query && group.x < a.q_heads + a.k_heads;
  uint head = group.x;
  device float* row = q + group.y * a.q_stride;
  if (is_key) {
    head -= a.q_heads;
    row = k + group.y * a.k_stride;
  }
  if (!is_query && !is_key) {
    head -= a.q_heads + a.k_heads;
    row = v + group.y * a.v_stride;
  }
  row += head * a.width;

  float factor = 1.0f;
  if (is_query || is_key || a.v_normed != 0)
    factor = norm_factor(row, a.width, a.eps, shared, index, extent.x, lane, simdgroup);
  for (uint i = index; i < a.width; i += extent.x) {
    float value = row[i] * factor;
    if (is_query) value = value * q_norm[i];
    if (is_key) value = value * k_norm[i];
    normed[i] = value;
  }
  threadgroup_barrier(mem_flags::mem_threadgroup);

  const uint half_width = a.width / 2;
  const ulong slot = ulong((a.first_position + group.y) % a.slots) * (is_key ? a.k_heads : a.v_heads) * a.width;
  for (uint i = index; i < a.width; i += extent.x) {
    float value = normed[i];
    const uint pair = a.adjacent != 0 ? i / 2 : i % half_width;
    if ((is_query || is_key) && pair < a.pairs) {
      const bool is_second = a.adjacent != 0 ? i % 2 != 0 : i >= half_width;
      device const float* turn = turns + 2 * (group.y * a.pairs + pair);
      const float c = turn[0], s = turn[1];
      const float p = normed[a.adjacent != 0 ? 2 * pair : pair];
      const float r = normed[a.adjacent != 0 ? 2 * pair + 1 : pair + half_width];
      value = is_second ? p * s + r * c : p * c - r * s;
    }
    row[i] = value;
    if (is_query) continue;
    const ulong to = slot + head * a.width + i;
    device uchar* cache = is_key ? keys : values;
    if (kHalfCache) {
      ((device half*)cache)[to] = half(value);
    } else {
      ((device float*)cache)[to] = value;
    }
  }
}
