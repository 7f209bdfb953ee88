// native/backends/metal/kernels/experts.metal: which experts a token takes, and the sum of what they say.
#include "arguments.h"
#include "compat.h"

using namespace hearth::metal_kernel;

/// Softmax over row `group.y` of logits, the `picks` largest (ties to the lowest index), renormalised. One simdgroup a
/// row; a lane keeps the experts lane, lane + 32, ... and which of them are taken, as bits.
kernel void route(device const float* logits [[buffer(0)]], device int* experts [[buffer(1)]],
                  device float* weights [[buffer(2)]], constant RouteArguments& a [[buffer(3)]],
                  uint3 group [[threadgroup_position_in_grid]], uint lane [[thread_index_in_simdgroup]]) {
  device const float* row = logits + group.y * a.stride;
  uint taken = 0;
  float highest = 0.0f, total = 0.0f;
  for (uint pick = 0; pick < a.picks; ++pick) {
    float best = -INFINITY;
    uint best_expert = 0xffffffffu;
    for (uint e = lane; e < a.experts; e += kLanes) {
      if (((taken >> (e / kLanes)) & 1) != 0) continue;
      const float logit = isnan(row[e]) ? -INFINITY : row[e];  // among NaNs some expert is taken, too
      if (best_expert == 0xffffffffu || logit > best) {
        best = logit;
        best_expert = e;
      }
    }
    const float winner = simd_max(best);
    const uint expert = simd_min(best == winner ? best_expert : 0xffffffffu);
    if (expert % kLanes == lane) taken |= 1u << (expert / kLanes);
    const float logit = row[expert];
    if (pick == 0) highest = logit;
    total += precise::exp(logit - highest);
    if (lane == 0) {
      experts[group.y * a.picks + pick] = int(expert);
      weights[group.y * a.picks + pick] = precise::exp(logit - highest);
    }
  }
  if (lane != 0) return;
  for (uint pick = 0; pick < a.picks; ++pick) weights[group.y * a.picks + pick] /= total;
}

/// y[r] = sum over j, in that order, of weights[r, j] * factors[experts[r, j]] * x[r, j].
kernel void combine(device const float* x [[buffer(0)]], device const int* experts [[buffer(1)]],
                    device const float* weights [[buffer(2)]], device const float* factors [[buffer(3)]],
                    device float* y [[buffer(4)]], constant CombineArguments& a [[buffer(5)]],
                    uint3 at [[thread_position_in_grid]]) {
  if (at.x >= a.cols) return;
  float sum = 0.0f;
  for (uint j = 0; j < a.picks; ++j) {
    const uint choice = at.y * a.picks + j;
    float share = weights[choice];
    if (a.scaled != 0) share *= factors[experts[choice]];
    sum = fma(share, x[choice * a.x_stride + at.x], sum);
  }
  y[at.y * a.y_stride + at.x] = sum;
}
