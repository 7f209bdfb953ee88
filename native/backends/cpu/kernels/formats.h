// native/backends/cpu/kernels/formats.h: one struct per weight format: how a block becomes f32 values in registers.
//
//   kElements, kBytes   of a step: one block, or one register of an unblocked format
//   decode(p, w)        w[i] holds elements i * kLanes ...; the exact f32 value of every weight
// Every product in here fits the 24 bits of a float (f16 scale * 6-bit scale * quant), so a value has at most one
// rounding, that of the final subtraction, and all instruction sets agree bit for bit.
// Source of the layouts: ggml-org/ggml ggml-common.h, ggml-quants.c (dequantize_row_*).
#pragma once
#include "ops/blocks.h"
// A vec_*.h comes first.

namespace hearth::cpu {
namespace {

template <typename Block>
Block read_block(const std::byte* from) {
  Block block;
  std::memcpy(&block, from, sizeof(Block));
  return block;
}

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

struct FormatQ8_0 : Blocked<ops::BlockQ8_0, 32> {
  static void decode(const std::byte* p, Vec* w) {
    const Vec d = Vec::set(float_of_half(load_u16(p)));
    for (int l = 0; l < 32; l += Vec::kLanes) w[l / Vec::kLanes] = Vec::load_i8(p + 2 + l) * d;
  }
};

/// 16 bytes as 32 elements: the low nibbles, then the high ones.
template <typename Of>
void unpack_nibbles(const std::byte* qs, Vec* w, Of of) {
  for (int l = 0; l < 16; l += Vec::kLanes) {
    w[l / Vec::kLanes] = of(Vec::bits<0, 15>(qs + l));
    w[(16 + l) / Vec::kLanes] = of(Vec::bits<4, 15>(qs + l));
  }
}
inline void look_up_nibbles(const std::byte* qs, Vec* w, const int8_t* table, Vec d) {
  for (int l = 0; l < 16; l += Vec::kLanes) {
    w[l / Vec::kLanes] = Vec::lookup<0>(qs + l, table) * d;
    w[(16 + l) / Vec::kLanes] = Vec::lookup<4>(qs + l, table) * d;
  }
}
/// `bit l of qh` * 16 as floats, for the fifth bits of Q5_0 and Q5_1.
inline void fifth_bits(const std::byte* qh, Vec* high) {
  alignas(64) float values[32];
  uint32_t bits;
  std::memcpy(&bits, qh, 4);
  for (int l = 0; l < 32; ++l) values[l] = static_cast<float>(((bits >> l) & 1u) << 4);
  for (int l = 0; l < 32; l += Vec::kLanes) high[l / Vec::kLanes] = Vec::load(values + l);
}

struct FormatQ4_0 : Blocked<ops::BlockQ4_0, 32> {
  static void decode(const std::byte* p, Vec* w) {
    const Vec d = Vec::set(float_of_half(load_u16(p))), eight = Vec::set(8);
    unpack_nibbles(p + 2, w, [=](Vec q) { return (q - eight) * d; });
  }
};
struct FormatQ4_1 : Blocked<ops::BlockQ4_1, 32> {
  static void decode(const std::byte* p, Vec* w) {
    const Vec d = Vec::set(float_of_half(load_u16(p))), m = Vec::set(float_of_half(load_u16(p + 2)));
    unpack_nibbles(p + 4, w, [=](Vec q) { return q * d + m; });
  }
};
struct FormatQ5_0 : Blocked<ops::BlockQ5_0, 32> {
  static void decode(const std::byte* p, Vec* w) {
    const Vec d = Vec::set(float_of_half(load_u16(p))), sixteen = Vec::set(16);
    Vec high[32 / Vec::kLanes];
    fifth_bits(p + 2, high);
    unpack_nibbles(p + 6, w, [](Vec q) { return q; });
    for (int i = 0; i < 32 / Vec::kLanes; ++i) w[i] = (w[i] + high[i] - sixteen) * d;
  }
};
struct FormatQ5_1 : Blocked<ops::BlockQ5_1, 32> {
  static void decode(const std::byte* p, Vec* w) {
    const Vec d = Vec::set(float_of_half(load_u16(p))), m = Vec::set(float_of_half(load_u16(p + 2)));
    Vec high[32 / Vec::kLanes];
    fifth_bits(p + 4, high);
    unpack_nibbles(p + 8, w, [](Vec q) { return q; });
    for (int i = 0; i < 32 / Vec::kLanes; ++i) w[i] = (w[i] + high[i]) * d + m;
  }
};
struct FormatIQ4_NL : Blocked<ops::BlockIQ4_NL, 32> {
  static void decode(const std::byte* p, Vec* w) {
    look_up_nibbles(p + 2, w, ops::kIq4Values, Vec::set(float_of_half(load_u16(p))));
  }
};
struct FormatMXFP4 : Blocked<ops::BlockMXFP4, 32> {
  static void decode(const std::byte* p, Vec* w) {
    const uint32_t e = static_cast<uint8_t>(p[0]);
    // 2^(e - 128); the two smallest are subnormal floats.
    const float d = float_of_bits(e < 2 ? 0x00200000u << e : (e - 1) << 23);
    look_up_nibbles(p + 1, w, ops::kMxfp4Values, Vec::set(d));
  }
};

}  // namespace
}  // namespace hearth::cpu
