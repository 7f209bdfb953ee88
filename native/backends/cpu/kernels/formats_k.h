// native/backends/cpu/kernels/formats_k.h: the formats of 256 weights, as formats.h does those of 32.
#pragma once
#include "backends/cpu/kernels/formats.h"

namespace hearth::cpu {
namespace {

/// 32 weights with a scale for each half: w = q * scales[0 or 1].
inline void scale_halves(Bytes q, const float* scales, Vec* w) {
  Vec::widen(q, w);
  for (int i = 0; i < kPer32; ++i) w[i] = w[i] * Vec::set(scales[2 * i / kPer32]);
}

struct FormatQ2_K : Blocked<ops::BlockQ2_K, 256> {
  static void decode(const std::byte* p, Vec* w) {
    const float d = Vec::half_at(p + offsetof(ops::BlockQ2_K, d)),
                dmin = Vec::half_at(p + offsetof(ops::BlockQ2_K, dmin));
    float scales[16], minus_mins[16];
    for (int s = 0; s < 16; ++s) {
      const auto packed = static_cast<uint8_t>(p[s]);
      scales[s] = d * static_cast<float>(packed & 15);
      minus_mins[s] = dmin * -static_cast<float>(packed >> 4);
    }
    for (int half = 0; half < 2; ++half) {
      const Bytes qs = Bytes::load(p + offsetof(ops::BlockQ2_K, qs) + 32 * half);
      group(qs.bits<0, 3>(), scales + 8 * half, minus_mins + 8 * half, w + 4 * half * kPer32);
      group(qs.bits<2, 3>(), scales + 8 * half + 2, minus_mins + 8 * half + 2, w + (4 * half + 1) * kPer32);
      group(qs.bits<4, 3>(), scales + 8 * half + 4, minus_mins + 8 * half + 4, w + (4 * half + 2) * kPer32);
      group(qs.bits<6, 3>(), scales + 8 * half + 6, minus_mins + 8 * half + 6, w + (4 * half + 3) * kPer32);
    }
  }

 private:
  static void group(Bytes q, const float* scales, const float* minus_mins, Vec* w) {
    Vec::widen(q, w);
    for (int i = 0; i < kPer32; ++i) {
      const int half = 2 * i / kPer32;
      w[i] = Vec::fma(w[i], Vec::set(scales[half]), Vec::set(minus_mins[half]));
    }
  }
};

struct FormatQ3_K : Blocked<ops::BlockQ3_K, 256> {
  static void decode(const std::byte* p, Vec* w) {
    uint8_t packed[12];
    std::memcpy(packed, p + offsetof(ops::BlockQ3_K, scales), 12);
    const float d = Vec::half_at(p + offsetof(ops::BlockQ3_K, d));
    float scales[16];
    for (int s = 0; s < 16; ++s) {
      const int low = s < 8 ? packed[s] & 15 : packed[s - 8] >> 4;
      const int high = (packed[8 + s % 4] >> (2 * (s / 4))) & 3;
      scales[s] = d * static_cast<float>((low | high << 4) - 32);
    }
    const Bytes hmask = Bytes::load(p);
    const Bytes low = Bytes::load(p + offsetof(ops::BlockQ3_K, qs));
    const Bytes high = Bytes::load(p + offsetof(ops::BlockQ3_K, qs) + 32);
    group<0>(low, hmask, scales, w);
    group<1>(low, hmask, scales, w);
    group<2>(low, hmask, scales, w);
    group<3>(low, hmask, scales, w);
    group<4>(high, hmask, scales, w);
    group<5>(high, hmask, scales, w);
    group<6>(high, hmask, scales, w);
    group<7>(high, hmask, scales, w);
  }

 private:
  template <int g>
  static void group(Bytes qs, Bytes hmask, const float* scales, Vec* w) {
    const Bytes q = qs.bits<2 * (g % 4), 3>() | hmask.bits<g, 1>().template left<2>();
    scale_halves(q.minus(4), scales + 2 * g, w + g * kPer32);
  }
};

/// Eight pairs of six-bit (scale, min) in 12 bytes, times d and -dmin.
inline void unpack_scale_min(const std::byte* p, float* scales, float* minus_mins) {
  const float d = Vec::half_at(p), dmin = Vec::half_at(p + 2);
  uint8_t s[12];
  std::memcpy(s, p + 4, 12);
  for (int j = 0; j < 8; ++j) {
    const int scale = j < 4 ? s[j] & 63 : (s[j + 4] & 15) | (s[j - 4] >> 6) << 4;
    const int min = j < 4 ? s[j + 4] & 63 : (s[j + 4] >> 4) | (s[j] >> 6) << 4;
    scales[j] = d * static_cast<float>(scale);
    minus_mins[j] = dmin * -static_cast<float>(min);
  }
}

struct FormatQ4_K : Blocked<ops::BlockQ4_K, 256> {
  static void decode(const std::byte* p, Vec* w) {
    float scales[8], minus_mins[8];
    unpack_scale_min(p, scales, minus_mins);
    for (int c = 0; c < 4; ++c) {
      const Bytes qs = Bytes::load(p + offsetof(ops::BlockQ4_K, qs) + 32 * c);
      scale_shift_32(qs.bits<0, 15>(), scales[2 * c], minus_mins[2 * c], w + 2 * c * kPer32);
      scale_shift_32(qs.bits<4, 15>(), scales[2 * c + 1], minus_mins[2 * c + 1], w + (2 * c + 1) * kPer32);
    }
  }
};

struct FormatQ5_K : Blocked<ops::BlockQ5_K, 256> {
  static void decode(const std::byte* p, Vec* w) {
    float scales[8], minus_mins[8];
    unpack_scale_min(p, scales, minus_mins);
    const Bytes qh = Bytes::load(p + offsetof(ops::BlockQ5_K, qh));
    chunk<0>(p, qh, scales, minus_mins, w);
    chunk<1>(p, qh, scales, minus_mins, w);
    chunk<2>(p, qh, scales, minus_mins, w);
    chunk<3>(p, qh, scales, minus_mins, w);
  }

 private:
  template <int c>
  static void chunk(const std::byte* p, Bytes qh, const float* scales, const float* minus_mins, Vec* w) {
    const Bytes qs = Bytes::load(p + offsetof(ops::BlockQ5_K, qs) + 32 * c);
    const Bytes low = qs.bits<0, 15>() | qh.bits<2 * c, 1>().template left<4>();
    const Bytes high = qs.bits<4, 15>() | qh.bits<2 * c + 1, 1>().template left<4>();
    scale_shift_32(low, scales[2 * c], minus_mins[2 * c], w + 2 * c * kPer32);
    scale_shift_32(high, scales[2 * c + 1], minus_mins[2 * c + 1], w + (2 * c + 1) * kPer32);
  }
};

struct FormatQ6_K : Blocked<ops::BlockQ6_K, 256> {
  static void decode(const std::byte* p, Vec* w) {
    // The sixteen scales are the second half of the 32 bytes that end with them.
    const Vec d = Vec::set(Vec::half_at(p + offsetof(ops::BlockQ6_K, d)));
    Vec wide[kPer32];
    alignas(64) float scales[16];
    Vec::widen(Bytes::load(p + offsetof(ops::BlockQ6_K, scales) - 16), wide);
    for (int i = 0; i < kPer32 / 2; ++i) (wide[kPer32 / 2 + i] * d).store(scales + i * Vec::kLanes);
    for (int half = 0; half < 2; ++half) {
      const Bytes first = Bytes::load(p + 64 * half), second = Bytes::load(p + 64 * half + 32);
      const Bytes qh = Bytes::load(p + offsetof(ops::BlockQ6_K, qh) + 32 * half);
      const float* scale = scales + 8 * half;
      Vec* to = w + 4 * half * kPer32;
      group(first.bits<0, 15>() | qh.bits<0, 3>().left<4>(), scale, to);
      group(second.bits<0, 15>() | qh.bits<2, 3>().left<4>(), scale + 2, to + kPer32);
      group(first.bits<4, 15>() | qh.bits<4, 3>().left<4>(), scale + 4, to + 2 * kPer32);
      group(second.bits<4, 15>() | qh.bits<6, 3>().left<4>(), scale + 6, to + 3 * kPer32);
    }
  }

 private:
  static void group(Bytes q, const float* scales, Vec* w) { scale_halves(q.minus(32), scales, w); }
};

struct FormatIQ4_XS : Blocked<ops::BlockIQ4_XS, 256> {
  static void decode(const std::byte* p, Vec* w) {
    const float d = Vec::half_at(p);
    const uint32_t scales_high = load_u16(p + offsetof(ops::BlockIQ4_XS, scales_h));
    for (int b = 0; b < 8; ++b) {
      const auto packed = static_cast<uint8_t>(p[offsetof(ops::BlockIQ4_XS, scales_l) + static_cast<size_t>(b) / 2]);
      const int low = (packed >> (4 * (b % 2))) & 15, high = (scales_high >> (2 * b)) & 3;
      const float scale = d * static_cast<float>((low | high << 4) - 32);
      Vec::nibble_values(p + offsetof(ops::BlockIQ4_XS, qs) + 16 * b, ops::kIq4Values, scale, w + b * kPer32);
    }
  }
};

}  // namespace
}  // namespace hearth::cpu
