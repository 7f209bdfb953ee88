// native/backends/metal/kernels/norm.metal: y = x / sqrt(mean(x^2) + eps) * w, over groups of columns; and what models
// with streams beside the residual measure of a row. One threadgroup a group; its number of threads follows from the
// width alone, so a row's bits do not depend on the rows beside it.
#include "rows.h"

using namespace hearth::metal_kernel;

/// `y` may be `x`: a thread writes only what it alone reads.
kernel void norm(device const float* x [[buffer(0)]], device const float* w [[buffer(1)]],
                 device float* y [[buffer(2)]], constant NormArguments& a [[buffer(3)]],
                 uint3 group [[threadgroup_position_in_grid]], uint index [[thread_index_in_threadgroup]],
                 uint3 extent [[threads_per_threadgroup]], uint lane [[thread_index_in_simdgroup]],
                 uint simdgroup [[simdgroup_index_in_threadgroup]]) {
  THREADGROUP_ARRAY(float, shared, 32);
  device const float* from = x + group.y * a.x_stride + group.x * a.width;
  device float* to = y + group.y * a.y_stride + group.x * a.width;
  const float factor = norm_factor(from, a.width, a.eps, shared, index, extent.x, lane, simdgroup);
  for (uint i = index; i < a.width; i += extent.x) {
    const float value = from[i] * factor;
    to[i] = a.weighted != 0 ? value * w[i] : value;
  }
}

/// delta = norm(delta; w), y += delta.
kernel void add_norm(device float* delta [[buffer(0)]], device const float* w [[buffer(1)]],
                     device float* y [[buffer(2)]], constant NormArguments& a [[buffer(3)]],
                     uint3 group [[threadgroup_position_in_grid]], uint index [[thread_index_in_threadgroup]],
                     uint3 extent [[threads_per_threadgroup]], uint lane [[thread_index_in_simdgroup]],
                     uint simdgroup [[simdgroup_index_in_threadgroup]]) {
  THREADGROUP_ARRAY(float, shared, 32);
  device float* from = delta + group.y * a.x_stride;
  device float* to = y + group.y * a.y_stride;
  const float factor = norm_factor(from, a.width, a.eps, shared, index, extent.x, lane, simdgroup);
  for (uint i = index; i < a.width; i += extent.x) {
    const float value = from[i] * factor * w[i];
    from[i] = value;
    to[i] += value;
  }
}

/// x *= |like| / |x|; a row of zeros stays one.
kernel void match_length(device float* x [[buffer(0)]], device const float* like [[buffer(1)]],
                         constant RowArguments& a [[buffer(2)]], uint3 group [[threadgroup_position_in_grid]],
                         uint index [[thread_index_in_threadgroup]], uint3 extent [[threads_per_threadgroup]],
                         uint lane [[thread_index_in_simdgroup]], uint simdgroup [[simdgroup_index_in_threadgroup]]) {
  THREADGROUP_ARRAY(float, shared, 32);
  THREADGROUP_ARRAY(float, shared_like, 32);
  device float* row = x + group.y * a.x_stride;
  device const float* other = like + group.y * a.like_stride;
  float squares = 0.0f, other_squares = 0.0f;
  for (uint i = index; i < a.cols; i += extent.x) {
    squares = fma(row[i], row[i], squares);
    other_squares = fma(other[i], other[i], other_squares);
  }
  const float sum = threadgroup_sum(squares, shared, lane, simdgroup, extent.x / kLanes);
  const float other_sum = threadgroup_sum(other_squares, shared_like, lane, simdgroup, extent.x / kLanes);
  if (sum == 0.0f) return;
  const float factor = precise::sqrt(other_sum) / precise::sqrt(sum);
  for (uint i = index; i < a.cols; i += extent.x) row[i] *= factor;
}

/// x = max(0, x - mean - deviations * standard deviation), the latter with cols - 1 below.
kernel void keep_peaks(device float* x [[buffer(0)]], constant RowArguments& a [[buffer(1)]],
                       uint3 group [[threadgroup_position_in_grid]], uint index [[thread_index_in_threadgroup]],
                       uint3 extent [[threads_per_threadgroup]], uint lane [[thread_index_in_simdgroup]],
                       uint simdgroup [[simdgroup_index_in_threadgroup]]) {
  THREADGROUP_ARRAY(float, shared, 32);
  THREADGROUP_ARRAY(float, shared_squares, 32);
  device float* row = x + group.y * a.x_stride;
  float values = 0.0f;
  for (uint i = index; i < a.cols; i += extent.x) values += row[i];
  const float mean = threadgroup_sum(values, shared, lane, simdgroup, extent.x / kLanes) / float(a.cols);
  float squares = 0.0f;
  for (uint i = index; i < a.cols; i += extent.x) squares = fma(row[i] - mean, row[i] - mean, squares);
  const float sum = threadgroup_sum(squares, shared_squares, lane, simdgroup, extent.x / kLanes);
  const float cut = mean + a.deviations * precise::sqrt(sum / float(a.cols - 1));
  for (uint i = index; i < a.cols; i += extent.x) row[i] = max(0.0f, row[i] - cut);
}
