// native/backends/cpu/kernels/elementwise.h: the ops that touch each value once, and the norm.
#pragma once
#include "backends/cpu/kernels/math.h"

namespace hearth::cpu {
namespace {

/// y[i] = of(a[i], b[i]) a register at a time; the last, partial one goes through a padded copy, so every element takes
/// the same arithmetic wherever a chunk begins or ends. y may be a or b.
template <typename Of>
void map(float* y, const float* a, const float* b, size_t count, const Of& of) {
  size_t i = 0;
  for (; i + Vec::kLanes <= count; i += Vec::kLanes) of(Vec::load(a + i), Vec::load(b + i)).store(y + i);
  if (i == count) return;
  alignas(64) float left[Vec::kLanes] = {}, right[Vec::kLanes] = {};
  std::memcpy(left, a + i, (count - i) * sizeof(float));
  std::memcpy(right, b + i, (count - i) * sizeof(float));
  of(Vec::load(left), Vec::load(right)).store(left);
  std::memcpy(y + i, left, (count - i) * sizeof(float));
}

inline void gelu_gate(float* y, const float* gate, const float* up, size_t count) {
  map(y, gate, up, count, [](Vec g, Vec u) { return gelu(g) * u; });
}
inline void silu_gate(float* y, const float* gate, const float* up, size_t count) {
  map(y, gate, up, count, [](Vec g, Vec u) { return silu(g) * u; });
}
inline void softcap(float* x, float cap, size_t count) {
  map(x, x, x, count, [=](Vec a, Vec) { return hyperbolic_tangent(a / Vec::set(cap)) * Vec::set(cap); });
}
inline void add(float* x, const float* delta, size_t count) {
  map(x, x, delta, count, [](Vec a, Vec b) { return a + b; });
}
inline void scale(float* x, float factor, size_t count) {
  map(x, x, x, count, [=](Vec a, Vec) { return a * Vec::set(factor); });
}
inline void multiply(float* x, const float* w, size_t count) {
  map(x, x, w, count, [](Vec a, Vec b) { return a * b; });
}

inline void to_half(uint16_t* y, const float* x, size_t count) {
  size_t i = 0;
  for (; i + Vec::kLanes <= count; i += Vec::kLanes) Vec::load(x + i).store_f16(y + i);
  for (; i < count; ++i) y[i] = half_of_float(x[i]);
}

inline void norm(float* y, const float* x, const float* w, size_t count, float eps) {
  double sums[8] = {};  // independent, so that they need not wait for one another
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    for (size_t lane = 0; lane < 8; ++lane) {
      const double value = static_cast<double>(x[i + lane]);
      sums[lane] += value * value;
    }
  }
  for (; i < count; ++i) sums[i % 8] += static_cast<double>(x[i]) * static_cast<double>(x[i]);
  const double sum = ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
  const double root = __builtin_sqrt(sum / static_cast<double>(count) + static_cast<double>(eps));
  const Vec factor = Vec::set(static_cast<float>(1.0 / root));
  if (w == nullptr) {
    map(y, x, x, count, [=](Vec a, Vec) { return a * factor; });
  } else {
    map(y, x, w, count, [=](Vec a, Vec b) { return a * factor * b; });
  }
}

inline void rotate(float* head, const float* cosines, const float* sines, size_t pairs, size_t half) {
  size_t i = 0;
  for (; i + Vec::kLanes <= pairs; i += Vec::kLanes) {
    const Vec a = Vec::load(head + i), b = Vec::load(head + half + i);
    const Vec c = Vec::load(cosines + i), s = Vec::load(sines + i);
    (a * c - b * s).store(head + i);
    (a * s + b * c).store(head + half + i);
  }
  for (; i < pairs; ++i) {
    const float a = head[i], b = head[half + i];
    head[i] = a * cosines[i] - b * sines[i];
    head[half + i] = a * sines[i] + b * cosines[i];
  }
}

}  // namespace
}  // namespace hearth::cpu
