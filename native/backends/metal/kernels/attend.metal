// native/backends/metal/kernels/attend.metal: rotation, the key/value ring, attention over it.
//
//   s_j = scale q . k_j,   y = sum_j exp(s_j - m) v_j / sum_j exp(s_j - m)
//
// Keys are taken in blocks of 256 by absolute position. Within a block key p belongs to simdgroup p % 8, which keeps
// a running maximum; the simdgroups are joined at the block's end, the blocks one after the other. All of it follows
// from positions, so a row's bits depend neither on the rows beside it nor on whether one threadgroup takes all blocks
// or each has its own and `merge` joins them.
#include "arguments.h"
#include "compat.h"

using namespace hearth::metal_kernel;

FUNCTION_CONSTANT(bool, kHalfCache, 1);
FUNCTION_CONSTANT(bool, kPartial, 2);

/// Rotates pair `at.x` of head `at.y` of row `at.z`. `turns`: cosine and sine, [rows, pairs].
kernel void rope(device float* x [[buffer(0)]], device const float* turns [[buffer(1)]],
                 constant RopeArguments& a [[buffer(2)]], uint3 at [[thread_position_in_grid]]) {
  if (at.x >= a.pairs) return;
  device float* head = x + at.z * a.stride + at.y * a.head_dim;
  device const float* turn = turns + 2 * (at.z * a.pairs + at.x);
  const uint first = a.adjacent != 0 ? 2 * at.x : at.x;
  const uint second = a.adjacent != 0 ? first + 1 : at.x + a.half_dim;
  const float c = turn[0], s = turn[1], p = head[first], q = head[second];
  head[first] = p * c - q * s;
  head[second] = p * s + q * c;
}

/// Row `at.y` of k and v into the slot of its position.
kernel void store_kv(device const float* k [[buffer(0)]], device const float* v [[buffer(1)]],
                     device uchar* keys [[buffer(2)]], device uchar* values [[buffer(3)]],
                     constant StoreArguments& a [[buffer(4)]], uint3 at [[thread_position_in_grid]]) {
  if (at.x >= a.width) return;
  const uint slot = (a.first_position + at.y) % a.slots;
  const ulong to = ulong(slot) * a.width + at.x;
  const float key = k[at.y * a.k_stride + at.x], value = v[at.y * a.v_stride + at.x];
  if (kHalfCache) {
    ((device half*)keys)[to] = half(key);
    ((device half*)values)[to] = half(value);
  } else {
    ((device float*)keys)[to] = key;
    ((device float*)values)[to] = value;
  }
}

METAL_FUNC float cached(device const uchar* cache, ulong at) {
  if (kHalfCache) return float(((device const half*)cache)[at]);
  return ((device const float*)cache)[at];
}

/// What of one (head, row) is known so far: the maximum, the sum of exponentials, and two dimensions of the sum of
/// values, `index` and `index + 256`.
struct Running {
  float maximum, total, first, second;
};

METAL_FUNC void join(thread Running& all, Running block) {
  const float highest = max(all.maximum, block.maximum);
  const float keep = precise::exp(all.maximum - highest), take = precise::exp(block.maximum - highest);
  all.total = fma(all.total, keep, block.total * take);
  all.first = fma(all.first, keep, block.first * take);
  all.second = fma(all.second, keep, block.second * take);
  all.maximum = highest;
}

/// Head `group.x`, row `group.y`; with kPartial, only block `group.z` counted from the row's first. DIMS: dimensions
/// of a head that a lane holds.
template <int DIMS>
kernel void attend(device const float* q [[buffer(0)]], device const uchar* keys [[buffer(1)]],
                   device const uchar* values [[buffer(2)]], device float* y [[buffer(3)]],
                   constant AttendArguments& a [[buffer(4)]], uint3 group [[threadgroup_position_in_grid]],
                   uint index [[thread_index_in_threadgroup]], uint lane [[thread_index_in_simdgroup]],
                   uint simdgroup [[simdgroup_index_in_threadgroup]]) {
  THREADGROUP_ARRAY(float, maxima, kAttendSimdgroups);
  THREADGROUP_ARRAY(float, totals, kAttendSimdgroups);
  THREADGROUP_ARRAY(float, sums, kAttendSimdgroups* DIMS * 32);
  const uint position = a.first_position + group.y;
  const uint visible = a.window == 0 ? position + 1 : min(position + 1, a.window);
  const uint first_key = position + 1 - visible;
  const uint first_block = first_key / kAttendBlock + (kPartial ? group.z : 0);
  const uint end_block = kPartial ? first_block + 1 : position / kAttendBlock + 1;
  if (first_block > position / kAttendBlock) return;  // this row sees fewer blocks than another of the call

  float query[DIMS];
  for (int i = 0; i < DIMS; ++i) {
    const uint d = lane + 32 * uint(i);
    query[i] = 0.0f;
    if (d < a.head_dim) query[i] = q[group.y * a.q_stride + group.x * a.head_dim + d];
  }
  const ulong head_at = ulong(group.x / a.heads_per_kv) * a.head_dim;

  Running all = {-INFINITY, 0.0f, 0.0f, 0.0f};
  for (uint block = first_block; block < end_block; ++block) {
    const uint begin = max(first_key, block * kAttendBlock);
    const uint end = min(position + 1, (block + 1) * kAttendBlock);
    float maximum = -INFINITY, total = 0.0f, sum[DIMS];
    for (int i = 0; i < DIMS; ++i) sum[i] = 0.0f;
    const uint skip = (simdgroup + kAttendSimdgroups - begin % kAttendSimdgroups) % kAttendSimdgroups;
    for (uint key = begin + skip; key < end; key += kAttendSimdgroups) {
      const ulong at = ulong(key % a.slots) * a.kv_width + head_at;
      float score = 0.0f;
      for (int i = 0; i < DIMS; ++i) {
        const uint d = lane + 32 * uint(i);
        if (d < a.head_dim) score = fma(query[i], cached(keys, at + d), score);
      }
      score = simd_sum(score) * a.scale;
      const float highest = max(maximum, score);
      const float keep = precise::exp(maximum - highest), weight = precise::exp(score - highest);
      total = fma(total, keep, weight);
      for (int i = 0; i < DIMS; ++i) {
        const uint d = lane + 32 * uint(i);
        if (d < a.head_dim) sum[i] = fma(sum[i], keep, weight * cached(values, at + d));
      }
      maximum = highest;
    }
    if (lane == 0) {
      maxima[simdgroup] = maximum;
      totals[simdgroup] = total;
    }
    for (int i = 0; i < DIMS; ++i) sums[simdgroup * (DIMS * 32) + 32 * uint(i) + lane] = sum[i];
    threadgroup_barrier(mem_flags::mem_threadgroup);

    Running here = {-INFINITY, 0.0f, 0.0f, 0.0f};
    for (uint s = 0; s < kAttendSimdgroups; ++s) here.maximum = max(here.maximum, maxima[s]);
    for (uint s = 0; s < kAttendSimdgroups; ++s) {
      const float share = precise::exp(maxima[s] - here.maximum);  // 0 for a simdgroup without keys
      here.total = fma(totals[s], share, here.total);
      if (index < DIMS * 32) here.first = fma(sums[s * (DIMS * 32) + index], share, here.first);
      if (index + 256 < DIMS * 32) here.second = fma(sums[s * (DIMS * 32) + index + 256], share, here.second);
    }
    join(all, here);
    threadgroup_barrier(mem_flags::mem_threadgroup);  // the next block writes what this one still reads
  }

  if (kPartial) {
    device float* to = y + ((group.y * a.heads + group.x) * a.blocks + group.z) * (a.head_dim + 2);
    if (index == 0) {
      to[a.head_dim] = all.maximum;
      to[a.head_dim + 1] = all.total;
    }
    if (index < a.head_dim) to[index] = all.first;
    if (index + 256 < a.head_dim) to[index + 256] = all.second;
    return;
  }
  device float* to = y + group.y * a.y_stride + group.x * a.head_dim;
  if (index < a.head_dim) to[index] = all.first / all.total;
  if (index + 256 < a.head_dim) to[index + 256] = all.second / all.total;
}
INSTANTIATE("attend_32", attend<1>)
INSTANTIATE("attend_64", attend<2>)
INSTANTIATE("attend_128", attend<4>)
INSTANTIATE("attend_256", attend<8>)
INSTANTIATE("attend_512", attend<16>)

/// Joins the blocks of head `group.x`, row `group.y`.
kernel void attend_merge(device const float* partial [[buffer(0)]], device float* y [[buffer(1)]],
                         constant AttendArguments& a [[buffer(2)]], uint3 group [[threadgroup_position_in_grid]],
                         uint index [[thread_index_in_threadgroup]]) {
  const uint position = a.first_position + group.y;
  const uint visible = a.window == 0 ? position + 1 : min(position + 1, a.window);
  const uint blocks = position / kAttendBlock - (position + 1 - visible) / kAttendBlock + 1;
  Running all = {-INFINITY, 0.0f, 0.0f, 0.0f};
  for (uint block = 0; block < blocks; ++block) {
    device const float* from = partial + ((group.y * a.heads + group.x) * a.blocks + block) * (a.head_dim + 2);
    Running here = {from[a.head_dim], from[a.head_dim + 1], 0.0f, 0.0f};
    if (index < a.head_dim) here.first = from[index];
    if (index + 256 < a.head_dim) here.second = from[index + 256];
    join(all, here);
  }
  device float* to = y + group.y * a.y_stride + group.x * a.head_dim;
  if (index < a.head_dim) to[index] = all.first / all.total;
  if (index + 256 < a.head_dim) to[index + 256] = all.second / all.total;
}
