// native/backends/cpu/kernels/lanes_avx512.h: sixteen outputs in a zmm register; needs AVX-512 F, BW, VL and VNNI.
// Members: see lanes_scalar.h.
#pragma once
#include <immintrin.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace hearth::cpu {
namespace {

struct Lanes {
  static constexpr int kCount = 16;
  static constexpr int kFewRows = 8;
  static constexpr int few_vectors(int) { return 1; }
  static constexpr int kManyRows = 6, kManyVectors = 2;
  static constexpr bool kSignedCodes = false;

  struct Codes {
    __m512i v;
    static Codes load(const std::byte* p) { return {_mm512_load_si512(p)}; }
    Codes low() const { return {_mm512_and_si512(v, _mm512_set1_epi8(15))}; }
    Codes high() const { return {_mm512_and_si512(_mm512_srli_epi16(v, 4), _mm512_set1_epi8(15))}; }
    Codes flipped() const { return {_mm512_xor_si512(v, _mm512_set1_epi8(-128))}; }
    template <int shift, int mask>
    Codes with_upper(Codes upper) const {
      __m512i moved = upper.v;
      if constexpr (shift > 0) moved = _mm512_slli_epi16(moved, shift);
      if constexpr (shift < 0) moved = _mm512_srli_epi16(moved, -shift);
      return {_mm512_ternarylogic_epi32(v, moved, _mm512_set1_epi8(mask), 0xf8)};  // v | (moved & mask)
    }
  };
  struct Four {
    __m512i v;
    static Four load(const int8_t* p) {
      int32_t word;
      std::memcpy(&word, p, 4);
      return {_mm512_set1_epi32(word)};
    }
  };
  struct Floats {
    __m512 v;
    static Floats zero() { return {_mm512_setzero_ps()}; }
    static Floats set(float value) { return {_mm512_set1_ps(value)}; }
    static Floats load_halves(const std::byte* p) {
      return {_mm512_cvtph_ps(_mm256_load_si256(reinterpret_cast<const __m256i*>(p)))};
    }
    static Floats load_signed(const std::byte* p) {
      return {_mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_load_si128(reinterpret_cast<const __m128i*>(p))))};
    }
    void store(float* to) const { _mm512_storeu_ps(to, v); }
    friend Floats operator*(Floats a, Floats b) { return {_mm512_mul_ps(a.v, b.v)}; }
    static Floats fma(Floats a, Floats b, Floats c) { return {_mm512_fmadd_ps(a.v, b.v, c.v)}; }
  };
  template <int most>
  struct Sums {
    __m512i v;
    void start(int32_t value) { v = _mm512_set1_epi32(value); }
    template <int>
    void add(Codes codes, Four four) {
      v = _mm512_dpbusd_epi32(v, codes.v, four.v);
    }
    Floats floats() const { return {_mm512_cvtepi32_ps(v)}; }
  };
};

}  // namespace
}  // namespace hearth::cpu
