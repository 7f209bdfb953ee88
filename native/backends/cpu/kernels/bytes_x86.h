// native/backends/cpu/kernels/bytes_x86.h: 32 bytes in a ymm register, for AVX2 and AVX-512 alike. Members: see
// vec_scalar.h.
#pragma once
#include <immintrin.h>

#include <cstdint>
#include <cstring>

namespace hearth::cpu {
namespace {

struct Bytes {
  __m256i v;

  static __m128i load_half(const void* from) { return _mm_loadu_si128(static_cast<const __m128i*>(from)); }
  static Bytes load(const void* from) { return {_mm256_loadu_si256(static_cast<const __m256i*>(from))}; }
  static Bytes load_nibbles(const void* from) {
    const __m128i packed = load_half(from);
    const __m256i both = _mm256_inserti128_si256(_mm256_castsi128_si256(packed), _mm_srli_epi16(packed, 4), 1);
    return {_mm256_and_si256(both, _mm256_set1_epi8(15))};
  }
  static Bytes spread_bits(const void* from) {
    int32_t word;
    std::memcpy(&word, from, 4);
    // Byte l of the result looks at byte l / 8 of the word, and there at bit l % 8.
    const __m256i source = _mm256_setr_epi64x(0, 0x0101010101010101, 0x0202020202020202, 0x0303030303030303);
    const __m256i bit = _mm256_set1_epi64x(static_cast<int64_t>(0x8040201008040201));
    const __m256i found = _mm256_and_si256(_mm256_shuffle_epi8(_mm256_set1_epi32(word), source), bit);
    return {_mm256_and_si256(_mm256_cmpeq_epi8(found, bit), _mm256_set1_epi8(1))};
  }
  template <int shift, int mask>
  Bytes bits() const {
    const __m256i moved = shift > 0 ? _mm256_srli_epi16(v, shift) : v;
    return {_mm256_and_si256(moved, _mm256_set1_epi8(mask))};
  }
  template <int shift>
  Bytes left() const {
    return {_mm256_slli_epi16(v, shift)};
  }
  friend Bytes operator|(Bytes a, Bytes b) { return {_mm256_or_si256(a.v, b.v)}; }
  Bytes minus(int value) const { return {_mm256_sub_epi8(v, _mm256_set1_epi8(static_cast<char>(value)))}; }
};

}  // namespace
}  // namespace hearth::cpu
