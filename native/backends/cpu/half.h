// native/backends/cpu/half.h: binary16 and bfloat16 to and from f32, bit for bit what F16C and NEON do.
//
// `static`, like everything that the kernel files include: each of them is compiled for another instruction set, and a
// shared inline function would be linked from any one of them, also on a machine that lacks its instructions.
#pragma once
#include <cstdint>
#include <cstring>

namespace hearth::cpu {

static inline float float_of_bits(uint32_t bits) { return __builtin_bit_cast(float, bits); }
static inline uint32_t bits_of_float(float value) { return __builtin_bit_cast(uint32_t, value); }

static inline float float_of_half(uint16_t half) {
  const uint32_t sign = uint32_t{half & 0x8000u} << 16;
  const uint32_t exponent = (half >> 10) & 31u;
  const uint32_t fraction = half & 1023u;
  if (exponent == 0) {  // zero or subnormal: fraction * 2^-24 is exact
    const float magnitude = static_cast<float>(fraction) * float_of_bits(0x33800000u);
    return float_of_bits(bits_of_float(magnitude) | sign);
  }
  if (exponent == 31) return float_of_bits(sign | 0x7f800000u | (fraction << 13) | (fraction ? 0x400000u : 0u));
  return float_of_bits(sign | ((exponent + 112u) << 23) | (fraction << 13));
}

/// Round to nearest, ties to even; too large becomes infinity, NaN stays NaN.
static inline uint16_t half_of_float(float value) {
  const uint32_t bits = bits_of_float(value);
  const uint32_t sign = (bits >> 16) & 0x8000u;
  const uint32_t magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u) return static_cast<uint16_t>(sign | 0x7e00u | ((magnitude >> 13) & 0x3ffu));
  if (magnitude >= 0x47800000u) return static_cast<uint16_t>(sign | 0x7c00u);
  if (magnitude < 0x38800000u) {  // subnormal in f16: adding 0.5 lines the f32 fraction up with units of 2^-24
    const float shifted = float_of_bits(magnitude) + 0.5f;
    return static_cast<uint16_t>(sign | (bits_of_float(shifted) - 0x3f000000u));
  }
  const uint32_t odd = (magnitude >> 13) & 1u;
  return static_cast<uint16_t>(sign | ((magnitude + 0xfffu + odd - 0x38000000u) >> 13));
}

static inline float float_of_bfloat(uint16_t half) { return float_of_bits(uint32_t{half} << 16); }

static inline uint16_t load_u16(const void* from) {
  uint16_t value;
  std::memcpy(&value, from, 2);
  return value;
}

}  // namespace hearth::cpu
