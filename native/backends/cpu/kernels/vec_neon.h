// native/backends/cpu/kernels/vec_neon.h: eight floats in two NEON registers of arm64. Members: see vec_scalar.h.
#pragma once
#include <arm_neon.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "backends/cpu/half.h"

namespace hearth::cpu {
namespace {

struct Bytes {
  uint8x16_t a, b;

  static Bytes load(const void* from) {
    const auto* bytes = static_cast<const uint8_t*>(from);
    return {vld1q_u8(bytes), vld1q_u8(bytes + 16)};
  }
  static Bytes load_nibbles(const void* from) {
    const uint8x16_t packed = vld1q_u8(static_cast<const uint8_t*>(from));
    return {vandq_u8(packed, vdupq_n_u8(15)), vshrq_n_u8(packed, 4)};
  }
  static Bytes spread_bits(const void* from) {
    const auto* word = static_cast<const uint8_t*>(from);
    const uint8x8_t bit = vcreate_u8(0x8040201008040201u);
    const uint8x16_t bits = vcombine_u8(bit, bit), one = vdupq_n_u8(1);
    return {vandq_u8(vtstq_u8(vcombine_u8(vdup_n_u8(word[0]), vdup_n_u8(word[1])), bits), one),
            vandq_u8(vtstq_u8(vcombine_u8(vdup_n_u8(word[2]), vdup_n_u8(word[3])), bits), one)};
  }
  template <int shift, int mask>
  Bytes bits() const {
    Bytes out = *this;
    if constexpr (shift > 0) out = {vshrq_n_u8(a, shift), vshrq_n_u8(b, shift)};
    return {vandq_u8(out.a, vdupq_n_u8(mask)), vandq_u8(out.b, vdupq_n_u8(mask))};
  }
  template <int shift>
  Bytes left() const {
    return {vshlq_n_u8(a, shift), vshlq_n_u8(b, shift)};
  }
  friend Bytes operator|(Bytes x, Bytes y) { return {vorrq_u8(x.a, y.a), vorrq_u8(x.b, y.b)}; }
  Bytes minus(int value) const {
    const uint8x16_t many = vdupq_n_u8(static_cast<uint8_t>(value));
    return {vsubq_u8(a, many), vsubq_u8(b, many)};
  }
};

struct Vec {
  static constexpr int kLanes = 8;
  static constexpr int kAccumulators = 8;  // of 32 registers: two each, the rest for weights
  float32x4_t a, b;

  static Vec zero() { return set(0.0f); }
  static Vec set(float value) { return {vdupq_n_f32(value), vdupq_n_f32(value)}; }
  static Vec load(const void* from) {
    const float* floats = static_cast<const float*>(from);
    return {vld1q_f32(floats), vld1q_f32(floats + 4)};
  }
  void store(float* to) const {
    vst1q_f32(to, a);
    vst1q_f32(to + 4, b);
  }
  static float half_at(const void* from) {
    return vgetq_lane_f32(vcvt_f32_f16(vreinterpret_f16_u16(vdup_n_u16(load_u16(from)))), 0);
  }
  static Vec load_f16(const void* from) {
    const float16x8_t halves = vreinterpretq_f16_u8(vld1q_u8(static_cast<const uint8_t*>(from)));
    return {vcvt_f32_f16(vget_low_f16(halves)), vcvt_high_f32_f16(halves)};
  }
  static Vec load_bf16(const void* from) {
    const uint16x8_t halves = vreinterpretq_u16_u8(vld1q_u8(static_cast<const uint8_t*>(from)));
    return {vreinterpretq_f32_u32(vshll_n_u16(vget_low_u16(halves), 16)),
            vreinterpretq_f32_u32(vshll_high_n_u16(halves, 16))};
  }
  void store_f16(uint16_t* to) const {
    vst1q_u16(to, vreinterpretq_u16_f16(vcombine_f16(vcvt_f16_f32(a), vcvt_f16_f32(b))));
  }
  static Vec of_i8(int8x8_t bytes) {
    const int16x8_t wide = vmovl_s8(bytes);
    return {vcvtq_f32_s32(vmovl_s16(vget_low_s16(wide))), vcvtq_f32_s32(vmovl_high_s16(wide))};
  }
  static void widen(Bytes bytes, Vec* w) {
    const int8x16_t low = vreinterpretq_s8_u8(bytes.a), high = vreinterpretq_s8_u8(bytes.b);
    w[0] = of_i8(vget_low_s8(low));
    w[1] = of_i8(vget_high_s8(low));
    w[2] = of_i8(vget_low_s8(high));
    w[3] = of_i8(vget_high_s8(high));
  }
  static void nibble_values(const void* from, const int8_t* table, float d, Vec* w) {
    const uint8x16_t values = vreinterpretq_u8_s8(vld1q_s8(table));
    const Bytes nibbles = Bytes::load_nibbles(from);
    widen({vqtbl1q_u8(values, nibbles.a), vqtbl1q_u8(values, nibbles.b)}, w);
    for (int i = 0; i < 4; ++i) w[i] = w[i] * set(d);
  }
  friend Vec operator+(Vec x, Vec y) { return {vaddq_f32(x.a, y.a), vaddq_f32(x.b, y.b)}; }
  friend Vec operator-(Vec x, Vec y) { return {vsubq_f32(x.a, y.a), vsubq_f32(x.b, y.b)}; }
  friend Vec operator*(Vec x, Vec y) { return {vmulq_f32(x.a, y.a), vmulq_f32(x.b, y.b)}; }
  friend Vec operator/(Vec x, Vec y) { return {vdivq_f32(x.a, y.a), vdivq_f32(x.b, y.b)}; }
  static Vec fma(Vec x, Vec y, Vec z) { return {vfmaq_f32(z.a, x.a, y.a), vfmaq_f32(z.b, x.b, y.b)}; }
  static Vec at_least(Vec value, Vec low) { return {vmaxq_f32(value.a, low.a), vmaxq_f32(value.b, low.b)}; }
  static Vec at_most(Vec value, Vec high) { return {vminq_f32(value.a, high.a), vminq_f32(value.b, high.b)}; }
  static Vec abs(Vec x) { return {vabsq_f32(x.a), vabsq_f32(x.b)}; }
  static Vec with_sign_of(Vec magnitude, Vec sign) {
    const uint32x4_t bit = vdupq_n_u32(0x80000000u);
    return {vbslq_f32(bit, sign.a, magnitude.a), vbslq_f32(bit, sign.b, magnitude.b)};
  }
  static Vec select_less(Vec x, Vec y, Vec yes, Vec no) {
    return {vbslq_f32(vcltq_f32(x.a, y.a), yes.a, no.a), vbslq_f32(vcltq_f32(x.b, y.b), yes.b, no.b)};
  }
  static float32x4_t power_of_two_4(float32x4_t t) {
    return vreinterpretq_f32_u32(vshlq_n_u32(vaddq_u32(vreinterpretq_u32_f32(t), vdupq_n_u32(127)), 23));
  }
  static Vec power_of_two(Vec t) { return {power_of_two_4(t.a), power_of_two_4(t.b)}; }
  float sum() const {
    const float32x4_t four = vaddq_f32(a, b);
    const float32x2_t two = vadd_f32(vget_low_f32(four), vget_high_f32(four));
    return vget_lane_f32(two, 0) + vget_lane_f32(two, 1);
  }
};

}  // namespace
}  // namespace hearth::cpu
