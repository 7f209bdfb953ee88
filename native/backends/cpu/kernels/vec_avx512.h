// native/backends/cpu/kernels/vec_avx512.h: sixteen floats in a zmm register; needs AVX-512 F, BW, VL and DQ. Members:
// see vec_scalar.h.
#pragma once
#include <immintrin.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "backends/cpu/half.h"
#include "backends/cpu/kernels/bytes_x86.h"

namespace hearth::cpu {
namespace {

struct Vec {
  static constexpr int kLanes = 16;
  static constexpr int kAccumulators = 24;
  __m512 v;

  static Vec zero() { return {_mm512_setzero_ps()}; }
  static Vec set(float value) { return {_mm512_set1_ps(value)}; }
  static Vec load(const void* from) { return {_mm512_loadu_ps(from)}; }
  void store(float* to) const { _mm512_storeu_ps(to, v); }
  static float half_at(const void* from) { return _mm_cvtss_f32(_mm_cvtph_ps(_mm_cvtsi32_si128(load_u16(from)))); }
  static Vec load_f16(const void* from) {
    return {_mm512_cvtph_ps(_mm256_loadu_si256(static_cast<const __m256i*>(from)))};
  }
  static Vec load_bf16(const void* from) {
    const __m512i wide = _mm512_cvtepu16_epi32(_mm256_loadu_si256(static_cast<const __m256i*>(from)));
    return {_mm512_castsi512_ps(_mm512_slli_epi32(wide, 16))};
  }
  void store_f16(uint16_t* to) const {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm512_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT));
  }
  static Vec of_i8(__m128i sixteen) { return {_mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(sixteen))}; }
  static void widen(Bytes bytes, Vec* w) {
    w[0] = of_i8(_mm256_castsi256_si128(bytes.v));
    w[1] = of_i8(_mm256_extracti128_si256(bytes.v, 1));
  }
  static void nibble_values(const void* from, const int8_t* table, float d, Vec* w) {
    // The whole table fits a register: scale it once and look floats up.
    const __m512 values = _mm512_mul_ps(of_i8(Bytes::load_half(table)).v, _mm512_set1_ps(d));
    const __m512i packed = _mm512_cvtepu8_epi32(Bytes::load_half(from));
    w[0] = {_mm512_permutexvar_ps(packed, values)};  // looks at the low four bits only
    w[1] = {_mm512_permutexvar_ps(_mm512_srli_epi32(packed, 4), values)};
  }
  friend Vec operator+(Vec a, Vec b) { return {_mm512_add_ps(a.v, b.v)}; }
  friend Vec operator-(Vec a, Vec b) { return {_mm512_sub_ps(a.v, b.v)}; }
  friend Vec operator*(Vec a, Vec b) { return {_mm512_mul_ps(a.v, b.v)}; }
  friend Vec operator/(Vec a, Vec b) { return {_mm512_div_ps(a.v, b.v)}; }
  static Vec fma(Vec a, Vec b, Vec c) { return {_mm512_fmadd_ps(a.v, b.v, c.v)}; }
  static Vec at_least(Vec value, Vec low) { return {_mm512_max_ps(low.v, value.v)}; }  // the second operand wins on NaN
  static Vec at_most(Vec value, Vec high) { return {_mm512_min_ps(high.v, value.v)}; }
  static Vec abs(Vec a) { return {_mm512_abs_ps(a.v)}; }
  static Vec with_sign_of(Vec magnitude, Vec sign) {
    const __m512 bit = _mm512_set1_ps(-0.0f);
    return {_mm512_or_ps(_mm512_andnot_ps(bit, magnitude.v), _mm512_and_ps(bit, sign.v))};
  }
  static Vec select_less(Vec a, Vec b, Vec yes, Vec no) {
    return {_mm512_mask_blend_ps(_mm512_cmp_ps_mask(a.v, b.v, _CMP_LT_OQ), no.v, yes.v)};
  }
  static Vec power_of_two(Vec t) {
    const __m512i biased = _mm512_add_epi32(_mm512_castps_si512(t.v), _mm512_set1_epi32(127));
    return {_mm512_castsi512_ps(_mm512_slli_epi32(biased, 23))};
  }
  float sum() const {
    const __m256 eight = _mm256_add_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1));
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
  }
};

}  // namespace
}  // namespace hearth::cpu
