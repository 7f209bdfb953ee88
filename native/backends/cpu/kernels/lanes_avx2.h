// native/backends/cpu/kernels/lanes_avx2.h: eight outputs in a ymm register; needs AVX2, FMA and F16C, and AVX-VNNI
// where HEARTH_AVX_VNNI is defined. Members: see lanes_scalar.h.
#pragma once
#include <immintrin.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace hearth::cpu {
namespace {

struct Lanes {
  static constexpr int kCount = 8;
  static constexpr int kFewRows = 4;
  static constexpr int few_vectors(int rows) { return rows <= 2 ? 2 : 1; }
  static constexpr int kManyRows = 4, kManyVectors = 1;
  static constexpr bool kSignedCodes = false;

  struct Codes {
    __m256i v;
    static Codes load(const std::byte* p) { return {_mm256_load_si256(reinterpret_cast<const __m256i*>(p))}; }
    Codes low() const { return {_mm256_and_si256(v, _mm256_set1_epi8(15))}; }
    Codes high() const { return {_mm256_and_si256(_mm256_srli_epi16(v, 4), _mm256_set1_epi8(15))}; }
    Codes flipped() const { return {_mm256_xor_si256(v, _mm256_set1_epi8(-128))}; }
    template <int shift, int mask>
    Codes with_upper(Codes upper) const {
      __m256i moved = upper.v;
      if constexpr (shift > 0) moved = _mm256_slli_epi16(moved, shift);
      if constexpr (shift < 0) moved = _mm256_srli_epi16(moved, -shift);
      return {_mm256_or_si256(v, _mm256_and_si256(moved, _mm256_set1_epi8(mask)))};
    }
  };
  struct Four {
    __m256i v;
    static Four load(const int8_t* p) {
      int32_t word;
      std::memcpy(&word, p, 4);
      return {_mm256_set1_epi32(word)};
    }
  };
  struct Floats {
    __m256 v;
    static Floats zero() { return {_mm256_setzero_ps()}; }
    static Floats set(float value) { return {_mm256_set1_ps(value)}; }
    static Floats load_halves(const std::byte* p) {
      return {_mm256_cvtph_ps(_mm_load_si128(reinterpret_cast<const __m128i*>(p)))};
    }
    static Floats load_signed(const std::byte* p) {
      return {_mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p))))};
    }
    void store(float* to) const { _mm256_storeu_ps(to, v); }
    friend Floats operator*(Floats a, Floats b) { return {_mm256_mul_ps(a.v, b.v)}; }
    static Floats fma(Floats a, Floats b, Floats c) { return {_mm256_fmadd_ps(a.v, b.v, c.v)}; }
  };

#if defined(HEARTH_AVX_VNNI)
  template <int most>
  struct Sums {
    __m256i v;
    void start(int32_t value) { v = _mm256_set1_epi32(value); }
    template <int>
    void add(Codes codes, Four four) {
      v = _mm256_dpbusd_avx_epi32(v, codes.v, four.v);
    }
    Floats floats() const { return {_mm256_cvtepi32_ps(v)}; }
  };
#else
  /// maddubs adds two products in 16 bits and saturates: sums of `most` * 127 * 2 are widened before they could.
  template <int most>
  struct NarrowSums {
    static constexpr int kFit = 32767 / (most * 127 * 2);  // steps that fit
    static_assert(kFit > 0);
    __m256i wide, narrow;
    void start(int32_t value) { wide = _mm256_set1_epi32(value); }
    template <int step>
    void add(Codes codes, Four four) {
      const __m256i pairs = _mm256_maddubs_epi16(codes.v, four.v);
      if constexpr (step % kFit == 0) {
        if constexpr (step > 0) widen();
        narrow = pairs;
      } else {
        narrow = _mm256_add_epi16(narrow, pairs);
      }
    }
    Floats floats() const {
      NarrowSums all = *this;
      all.widen();
      return {_mm256_cvtepi32_ps(all.wide)};
    }

   private:
    void widen() { wide = _mm256_add_epi32(wide, _mm256_madd_epi16(narrow, _mm256_set1_epi16(1))); }
  };
  /// Whole bytes do not fit at all: two halves of four bits do.
  struct ByteSums {
    __m256i wide, low, high;
    void start(int32_t value) { wide = _mm256_set1_epi32(value); }
    template <int step>
    void add(Codes codes, Four four) {
      const __m256i low_pairs = _mm256_maddubs_epi16(codes.low().v, four.v);
      const __m256i high_pairs = _mm256_maddubs_epi16(codes.high().v, four.v);
      low = step == 0 ? low_pairs : _mm256_add_epi16(low, low_pairs);
      high = step == 0 ? high_pairs : _mm256_add_epi16(high, high_pairs);
    }
    Floats floats() const {
      const __m256i lows = _mm256_madd_epi16(low, _mm256_set1_epi16(1));
      const __m256i highs = _mm256_madd_epi16(high, _mm256_set1_epi16(16));
      return {_mm256_cvtepi32_ps(_mm256_add_epi32(_mm256_add_epi32(wide, lows), highs))};
    }
  };
  template <int most>
  using Sums = std::conditional_t<most == 255, ByteSums, NarrowSums<most> >;
#endif
};

}  // namespace
}  // namespace hearth::cpu
