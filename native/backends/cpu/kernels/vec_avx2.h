// native/backends/cpu/kernels/vec_avx2.h: eight floats in a ymm register; needs AVX2, FMA and F16C. Members: see
// vec_scalar.h.
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
  static constexpr int kLanes = 8;
  static constexpr int kAccumulators = 12;
  __m256 v;

  static Vec zero() { return {_mm256_setzero_ps()}; }
  static Vec set(float value) { return {_mm256_set1_ps(value)}; }
  static Vec load(const void* from) { return {_mm256_loadu_ps(static_cast<const float*>(from))}; }
  void store(float* to) const { _mm256_storeu_ps(to, v); }
  static float half_at(const void* from) { return _mm_cvtss_f32(_mm_cvtph_ps(_mm_cvtsi32_si128(load_u16(from)))); }
  static Vec load_f16(const void* from) {
    return {_mm256_cvtph_ps(_mm_loadu_si128(static_cast<const __m128i*>(from)))};
  }
  static Vec load_bf16(const void* from) {
    const __m256i wide = _mm256_cvtepu16_epi32(_mm_loadu_si128(static_cast<const __m128i*>(from)));
    return {_mm256_castsi256_ps(_mm256_slli_epi32(wide, 16))};
  }
  void store_f16(uint16_t* to) const {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm256_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT));
  }
  static Vec of_i8(__m128i eight) { return {_mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(eight))}; }
  static void widen(Bytes bytes, Vec* w) {
    const __m128i low = _mm256_castsi256_si128(bytes.v), high = _mm256_extracti128_si256(bytes.v, 1);
    w[0] = of_i8(low);
    w[1] = of_i8(_mm_srli_si128(low, 8));
    w[2] = of_i8(high);
    w[3] = of_i8(_mm_srli_si128(high, 8));
  }
  static void nibble_values(const void* from, const int8_t* table, float d, Vec* w) {
    const __m256i values = _mm256_broadcastsi128_si256(Bytes::load_half(table));
    widen({_mm256_shuffle_epi8(values, Bytes::load_nibbles(from).v)}, w);
    for (int i = 0; i < 4; ++i) w[i] = w[i] * set(d);
  }
  friend Vec operator+(Vec a, Vec b) { return {_mm256_add_ps(a.v, b.v)}; }
  friend Vec operator-(Vec a, Vec b) { return {_mm256_sub_ps(a.v, b.v)}; }
  friend Vec operator*(Vec a, Vec b) { return {_mm256_mul_ps(a.v, b.v)}; }
  friend Vec operator/(Vec a, Vec b) { return {_mm256_div_ps(a.v, b.v)}; }
  static Vec fma(Vec a, Vec b, Vec c) { return {_mm256_fmadd_ps(a.v, b.v, c.v)}; }
  static Vec at_least(Vec value, Vec low) { return {_mm256_max_ps(low.v, value.v)}; }  // the second operand wins on NaN
  static Vec at_most(Vec value, Vec high) { return {_mm256_min_ps(high.v, value.v)}; }
  static Vec abs(Vec a) { return {_mm256_andnot_ps(_mm256_set1_ps(-0.0f), a.v)}; }
  static Vec with_sign_of(Vec magnitude, Vec sign) {
    const __m256 bit = _mm256_set1_ps(-0.0f);
    return {_mm256_or_ps(_mm256_andnot_ps(bit, magnitude.v), _mm256_and_ps(bit, sign.v))};
  }
  static Vec select_less(Vec a, Vec b, Vec yes, Vec no) {
    return {_mm256_blendv_ps(no.v, yes.v, _mm256_cmp_ps(a.v, b.v, _CMP_LT_OQ))};
  }
  static Vec power_of_two(Vec t) {
    const __m256i biased = _mm256_add_epi32(_mm256_castps_si256(t.v), _mm256_set1_epi32(127));
    return {_mm256_castsi256_ps(_mm256_slli_epi32(biased, 23))};
  }
  float sum() const {
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
  }
};

}  // namespace
}  // namespace hearth::cpu
