// native/backends/cpu/kernels/attend.h: softmax attention of a few heads that share their keys and values.
//
//   s[j] = scale q . k[j];  y = sum_j exp(s[j] - m) v[j] / sum_j exp(s[j] - m),  m the running maximum
//   Cost: 4 * heads * head_dim flops a key over 2 * head_dim elements of cache, which are decoded once for all heads.
//
// Keys stream by in tiles of 64. Inside a tile sums are f32; tiles are added in f64, so that a long context does not
// wear the result down. Tiles start at the first visible key: a row's result does not depend on the rows beside it.
#pragma once
#include "backends/cpu/kernels.h"
#include "backends/cpu/kernels/math.h"

namespace hearth::cpu {
namespace {

constexpr uint32_t kKeyTile = 64;

struct CacheF16 {
  static constexpr size_t kBytes = 2;
  static Vec load(const std::byte* p) { return Vec::load_f16(p); }
};
struct CacheF32 {
  static constexpr size_t kBytes = 4;
  static Vec load(const std::byte* p) { return Vec::load(p); }
};

template <typename Cache>
Vec load_cache_tail(const std::byte* p, size_t count) {
  alignas(64) std::byte padded[4 * Vec::kLanes] = {};
  std::memcpy(padded, p, count * Cache::kBytes);
  return Cache::load(padded);
}
inline Vec load_query_tail(const float* q, size_t count) {
  alignas(64) float padded[Vec::kLanes] = {};
  std::memcpy(padded, q, count * sizeof(float));
  return Vec::load(padded);
}

/// scores[h][j] = scale * q[h] . keys[j]; `pairs` of (key, head) share the registers.
template <typename Cache, int heads, int keys>
void score(const AttendTask& task, const std::byte* const* key, float (*scores)[kKeyTile], uint32_t first) {
  Vec sums[keys][heads];
  for (int j = 0; j < keys; ++j) {
    for (int h = 0; h < heads; ++h) sums[j][h] = Vec::zero();
  }
  const size_t width = task.head_dim, whole = width - width % Vec::kLanes;
  for (size_t d = 0; d < whole; d += Vec::kLanes) {
    Vec query[heads];
    for (int h = 0; h < heads; ++h) query[h] = Vec::load(task.q + h * width + d);
    for (int j = 0; j < keys; ++j) {
      const Vec value = Cache::load(key[first + j] + d * Cache::kBytes);
      for (int h = 0; h < heads; ++h) sums[j][h] = Vec::fma(query[h], value, sums[j][h]);
    }
  }
  if (whole < width) {
    for (int j = 0; j < keys; ++j) {
      const Vec value = load_cache_tail<Cache>(key[first + j] + whole * Cache::kBytes, width - whole);
      for (int h = 0; h < heads; ++h) {
        sums[j][h] = Vec::fma(load_query_tail(task.q + h * width + whole, width - whole), value, sums[j][h]);
      }
    }
  }
  for (int j = 0; j < keys; ++j) {
    for (int h = 0; h < heads; ++h) scores[h][first + j] = sums[j][h].sum() * task.scale;
  }
}

/// sums[h][d ...] = sums * carry[h] + sum_j weights[h][j] values[j][d ...]
template <typename Cache, int heads>
void add_values(const AttendTask& task, const std::byte* const* values, const float (*weights)[kKeyTile], uint32_t keys,
                const double* carry) {
  const size_t width = task.head_dim;
  for (size_t d = 0; d < width; d += Vec::kLanes) {
    const size_t count = width - d < Vec::kLanes ? width - d : Vec::kLanes;
    Vec sums[heads];
    for (int h = 0; h < heads; ++h) sums[h] = Vec::zero();
    for (uint32_t j = 0; j < keys; ++j) {
      const std::byte* p = values[j] + d * Cache::kBytes;
      const Vec value = count == Vec::kLanes ? Cache::load(p) : load_cache_tail<Cache>(p, count);
      for (int h = 0; h < heads; ++h) sums[h] = Vec::fma(Vec::set(weights[h][j]), value, sums[h]);
    }
    for (int h = 0; h < heads; ++h) {
      alignas(64) float tile[Vec::kLanes];
      sums[h].store(tile);
      double* total = task.sums + h * width + d;
      for (size_t i = 0; i < count; ++i) total[i] = total[i] * carry[h] + static_cast<double>(tile[i]);
    }
  }
}

inline float exponential_of(float x) {
  alignas(64) float lanes[Vec::kLanes];
  exponential(Vec::set(x)).store(lanes);
  return lanes[0];
}

template <typename Cache, int heads>
void attend_heads(const AttendTask& task) {
  constexpr int kKeys = heads == 1 ? 4 : heads == 2 ? 2 : 1;
  const size_t width = task.head_dim;
  float maximum[heads];
  double total[heads];
  for (int h = 0; h < heads; ++h) {
    maximum[h] = -__builtin_inff();
    total[h] = 0;
  }
  for (size_t i = 0; i < heads * width; ++i) task.sums[i] = 0;

  uint32_t slot = task.first_key % task.slots;
  for (uint32_t begin = 0; begin < task.keys; begin += kKeyTile) {
    const uint32_t keys = task.keys - begin < kKeyTile ? task.keys - begin : kKeyTile;
    const std::byte* key[kKeyTile];
    const std::byte* value[kKeyTile];
    for (uint32_t j = 0; j < keys; ++j) {
      key[j] = task.k + slot * task.slot_bytes;
      value[j] = task.v + slot * task.slot_bytes;
      if (++slot == task.slots) slot = 0;
    }
    alignas(64) float scores[heads][kKeyTile] = {};
    uint32_t j = 0;
    for (; j + kKeys <= keys; j += kKeys) score<Cache, heads, kKeys>(task, key, scores, j);
    for (; j < keys; ++j) score<Cache, heads, 1>(task, key, scores, j);

    double carry[heads];
    for (int h = 0; h < heads; ++h) {
      float highest = maximum[h];
      for (uint32_t i = 0; i < keys; ++i) highest = scores[h][i] > highest ? scores[h][i] : highest;
      carry[h] = begin == 0 ? 0.0 : static_cast<double>(exponential_of(maximum[h] - highest));
      maximum[h] = highest;
      for (uint32_t i = 0; i < kKeyTile; i += Vec::kLanes) {
        exponential(Vec::load(scores[h] + i) - Vec::set(highest)).store(scores[h] + i);
      }
      double sum = 0;
      for (uint32_t i = 0; i < keys; ++i) sum += static_cast<double>(scores[h][i]);
      total[h] = total[h] * carry[h] + sum;
    }
    add_values<Cache, heads>(task, value, scores, keys, carry);
  }
  for (int h = 0; h < heads; ++h) {
    for (size_t d = 0; d < width; ++d) task.y[h * width + d] = static_cast<float>(task.sums[h * width + d] / total[h]);
  }
}

template <typename Cache>
void attend_cache(const AttendTask& task) {
  switch (task.heads) {
    case 1:
      return attend_heads<Cache, 1>(task);
    case 2:
      return attend_heads<Cache, 2>(task);
    case 3:
      return attend_heads<Cache, 3>(task);
    case 4:
      return attend_heads<Cache, 4>(task);
  }
}

inline void attend(const AttendTask& task) {
  return task.format == ops::KvFormat::kF16 ? attend_cache<CacheF16>(task) : attend_cache<CacheF32>(task);
}

}  // namespace
}  // namespace hearth::cpu
