// native/backends/cpu/kernels/lanes_neon.h: eight outputs in two q registers; needs the dot product instructions of
// Armv8.2 (every Apple chip, most others since 2018). Members: see lanes_scalar.h.
#pragma once
#include <arm_neon.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace hearth::cpu {
namespace {

struct Lanes {
  static constexpr int kCount = 8;
  static constexpr int kFewRows = 4;
  static constexpr int few_vectors(int rows) { return rows <= 1 ? 2 : 1; }
  static constexpr int kManyRows = 6, kManyVectors = 1;
  static constexpr bool kSignedCodes = true;  // sdot multiplies signed bytes only

  struct Codes {
    uint8x16_t v[2];
    static Codes load(const std::byte* p) {
      const auto* bytes = reinterpret_cast<const uint8_t*>(p);
      return {{vld1q_u8(bytes), vld1q_u8(bytes + 16)}};
    }
    Codes low() const { return {{vandq_u8(v[0], vdupq_n_u8(15)), vandq_u8(v[1], vdupq_n_u8(15))}}; }
    Codes high() const { return {{vshrq_n_u8(v[0], 4), vshrq_n_u8(v[1], 4)}}; }
    Codes flipped() const { return *this; }  // signed as they are
    template <int shift, int mask>
    Codes with_upper(Codes upper) const {
      const int8x16_t by = vdupq_n_s8(shift);  // to the right where negative
      const uint8x16_t bits = vdupq_n_u8(mask);
      return {{vorrq_u8(v[0], vandq_u8(vshlq_u8(upper.v[0], by), bits)),
               vorrq_u8(v[1], vandq_u8(vshlq_u8(upper.v[1], by), bits))}};
    }
  };
  struct Four {
    int8x16_t v;
    static Four load(const int8_t* p) {
      int32_t word;
      std::memcpy(&word, p, 4);
      return {vreinterpretq_s8_s32(vdupq_n_s32(word))};
    }
  };
  struct Floats {
    float32x4_t v[2];
    static Floats zero() { return set(0); }
    static Floats set(float value) { return {{vdupq_n_f32(value), vdupq_n_f32(value)}}; }
    static Floats load_halves(const std::byte* p) {
      const uint16x8_t halves = vld1q_u16(reinterpret_cast<const uint16_t*>(p));
      return {{vcvt_f32_f16(vreinterpret_f16_u16(vget_low_u16(halves))),
               vcvt_f32_f16(vreinterpret_f16_u16(vget_high_u16(halves)))}};
    }
    static Floats load_signed(const std::byte* p) {
      const int16x8_t wide = vmovl_s8(vld1_s8(reinterpret_cast<const int8_t*>(p)));
      return {{vcvtq_f32_s32(vmovl_s16(vget_low_s16(wide))), vcvtq_f32_s32(vmovl_s16(vget_high_s16(wide)))}};
    }
    void store(float* to) const {
      vst1q_f32(to, v[0]);
      vst1q_f32(to + 4, v[1]);
    }
    friend Floats operator*(Floats a, Floats b) { return {{vmulq_f32(a.v[0], b.v[0]), vmulq_f32(a.v[1], b.v[1])}}; }
    static Floats fma(Floats a, Floats b, Floats c) {
      return {{vfmaq_f32(c.v[0], a.v[0], b.v[0]), vfmaq_f32(c.v[1], a.v[1], b.v[1])}};
    }
  };
  template <int most>
  struct Sums {
    int32x4_t v[2];
    void start(int32_t value) { v[0] = v[1] = vdupq_n_s32(value); }
    template <int>
    void add(Codes codes, Four four) {
      v[0] = vdotq_s32(v[0], vreinterpretq_s8_u8(codes.v[0]), four.v);
      v[1] = vdotq_s32(v[1], vreinterpretq_s8_u8(codes.v[1]), four.v);
    }
    Floats floats() const { return {{vcvtq_f32_s32(v[0]), vcvtq_f32_s32(v[1])}}; }
  };
};

}  // namespace
}  // namespace hearth::cpu
