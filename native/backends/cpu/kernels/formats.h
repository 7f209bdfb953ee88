// native/backends/cpu/kernels/formats.h: one struct per weight format: how a block becomes f32 values in registers.
//
//   kElements, kBytes   of a step: one block, or one register of an unblocked format
//   decode(p, w)        w[i] holds elements i * kLanes ...; the exact f32 value of every weight
// Every product in here fits the 24 bits of a float (f16 scale * 6-bit scale * quant), so a value has at most one
// rounding, that of the final addition, and all instruction sets agree bit for bit, fused or not.
// Source of the layouts: ggml-org/ggml ggml-common.h, ggml-quants.c (dequantize_row_*).
#pragma once
#include "ops/blocks.h"
// A vec_*.h comes first.

namespace hearth::cpu {
namespace {

constexpr int kPer32 = 32 / Vec::kLanes;  // registers of 32 weights

struct FormatF32 {
  static constexpr int kElements = Vec::kLanes, kBytes = 4 * Vec::kLanes, kElementBytes = 4;
  static void decode(const std::byte* p, Vec* w) { w[0] = Vec::load(p); }
};
struct FormatF16 {
  static constexpr int kElements = Vec::kLanes, kBytes = 2 * Vec::kLanes, kElementBytes = 2;
  static void decode(const std::byte* p, Vec* w) { w[0] = Vec::load_f16(p); }
};
struct FormatBF16 {
  static constexpr int kElements = Vec::kLanes, kBytes = 2 * Vec::kLanes, kElementBytes = 2;
  static void decode(const std::byte* p, Vec* w) { w[0] = Vec::load_bf16(p); }
};

/// What the blocked formats share: no part of a block stands alone.
template <typename Block, int elements>
struct Blocked {
  static constexpr int kElements = elements, kBytes = sizeof(Block), kElementBytes = 0;
};

/// w = q * d, and w = q * d + m, over 32 weights.
inline void scale_32(Bytes q, float d, Vec* w) {
  Vec::widen(q, w);
  for (int i = 0; i < kPer32; ++i) w[i] = w[i] * Vec::set(d);
}
inline void scale_shift_32(Bytes q, float d, float m, Vec* w) {
  Vec::widen(q, w);
  for (int i = 0; i < kPer32; ++i) w[i] = Vec::fma(w[i], Vec::set(d), Vec::set(m));
}

struct FormatQ8_0 : Blocked<ops::BlockQ8_0, 32> {
  static void decode(const std::byte* p, Vec* w) { scale_32(Bytes::load(p + 2), Vec::half_at(p), w); }
};
struct FormatQ4_0 : Blocked<ops::BlockQ4_0, 32> {
  static constexpr int8_t kValues[16] = {-8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7};
  static void decode(const std::byte* p, Vec* w) { Vec::nibble_values(p + 2, kValues, Vec::half_at(p), w); }
};
struct FormatQ4_1 : Blocked<ops::BlockQ4_1, 32> {
  static void decode(const std::byte* p, Vec* w) {
    scale_shift_32(Bytes::load_nibbles(p + 4), Vec::half_at(p), Vec::half_at(p + 2), w);
  }
};
struct FormatQ5_0 : Blocked<ops::BlockQ5_0, 32> {
  static void decode(const std::byte* p, Vec* w) {
    const Bytes q = Bytes::load_nibbles(p + 6) | Bytes::spread_bits(p + 2).left<4>();
    scale_32(q.minus(16), Vec::half_at(p), w);
  }
};
struct FormatQ5_1 : Blocked<ops::BlockQ5_1, 32> {
  static void decode(const std::byte* p, Vec* w) {
    const Bytes q = Bytes::load_nibbles(p + 8) | Bytes::spread_bits(p + 4).left<4>();
    scale_shift_32(q, Vec::half_at(p), Vec::half_at(p + 2), w);
  }
};
struct FormatIQ4_NL : Blocked<ops::BlockIQ4_NL, 32> {
  static void decode(const std::byte* p, Vec* w) { Vec::nibble_values(p + 2, ops::kIq4Values, Vec::half_at(p), w); }
};
struct FormatMXFP4 : Blocked<ops::BlockMXFP4, 32> {
  static void decode(const std::byte* p, Vec* w) {
    const uint32_t e = static_cast<uint8_t>(p[0]);
    // 2^(e - 128); the two smallest are subnormal floats.
    const float d = float_of_bits(e < 2 ? 0x00200000u << e : (e - 1) << 23);
    Vec::nibble_values(p + 1, ops::kMxfp4Values, d, w);
  }
};

}  // namespace
}  // namespace hearth::cpu
