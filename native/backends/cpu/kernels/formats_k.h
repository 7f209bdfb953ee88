// native/backends/cpu/kernels/formats_k.h: the formats of 256 weights, as formats.h does those of 32.
#pragma once
#include "backends/cpu/kernels/formats.h"

namespace hearth::cpu {
namespace {

struct FormatQ2_K : Blocked<ops::BlockQ2_K, 256> {
  static void decode(const std::byte* p, Vec* w) {
    const auto block = read_block<ops::BlockQ2_K>(p);
    const float d = float_of_half(block.d), dmin = float_of_half(block.dmin);
    for (int half = 0; half < 2; ++half) {
      group<0>(block, half, d, dmin, w);
      group<1>(block, half, d, dmin, w);
      group<2>(block, half, d, dmin, w);
      group<3>(block, half, d, dmin, w);
    }
  }

 private:
  template <int j>
  static void group(const ops::BlockQ2_K& block, int half, float d, float dmin, Vec* w) {
    for (int l = 0; l < 32; l += Vec::kLanes) {
      const uint8_t scale = block.scales[8 * half + 2 * j + l / 16];
      const Vec q = Vec::bits<2 * j, 3>(block.qs + 32 * half + l);
      const Vec dl = Vec::set(d * static_cast<float>(scale & 15)), ml = Vec::set(dmin * static_cast<float>(scale >> 4));
      w[(128 * half + 32 * j + l) / Vec::kLanes] = dl * q - ml;
    }
  }
};

struct FormatQ3_K : Blocked<ops::BlockQ3_K, 256> {
  static void decode(const std::byte* p, Vec* w) {
    const auto block = read_block<ops::BlockQ3_K>(p);
    float scales[16];
    const float d = float_of_half(block.d);
    for (int s = 0; s < 16; ++s) {
      const int low = s < 8 ? block.scales[s] & 15 : block.scales[s - 8] >> 4;
      const int high = (block.scales[8 + s % 4] >> (2 * (s / 4))) & 3;
      scales[s] = d * static_cast<float>((low | high << 4) - 32);
    }
    group<0>(block, 0, scales, w);
    group<1>(block, 0, scales, w);
    group<2>(block, 0, scales, w);
    group<3>(block, 0, scales, w);
    group<4>(block, 1, scales, w);
    group<5>(block, 1, scales, w);
    group<6>(block, 1, scales, w);
    group<7>(block, 1, scales, w);
  }

 private:
  template <int bit>  // bit = 4 * half + shift group
  static void group(const ops::BlockQ3_K& block, int half, const float* scales, Vec* w) {
    for (int l = 0; l < 32; l += Vec::kLanes) {
      const Vec low = Vec::bits<2 * (bit % 4), 3>(block.qs + 32 * half + l);
      const Vec high = Vec::bits<bit, 1>(block.hmask + l);
      const Vec q = low + high * Vec::set(4) - Vec::set(4);
      w[(32 * bit + l) / Vec::kLanes] = q * Vec::set(scales[2 * bit + l / 16]);
    }
  }
};

/// Eight pairs of six-bit (scale, min) in 12 bytes, times d and dmin.
inline void unpack_scale_min(const uint8_t* s, float d, float dmin, float* scales, float* mins) {
  for (int j = 0; j < 8; ++j) {
    const int scale = j < 4 ? s[j] & 63 : (s[j + 4] & 15) | (s[j - 4] >> 6) << 4;
    const int min = j < 4 ? s[j + 4] & 63 : (s[j + 4] >> 4) | (s[j] >> 6) << 4;
    scales[j] = d * static_cast<float>(scale);
    mins[j] = dmin * static_cast<float>(min);
  }
}

struct FormatQ4_K : Blocked<ops::BlockQ4_K, 256> {
  static void decode(const std::byte* p, Vec* w) {
    const std::byte* qs = p + offsetof(ops::BlockQ4_K, qs);
    uint8_t packed[12];
    float scales[8], mins[8];
    std::memcpy(packed, p + 4, 12);
    unpack_scale_min(packed, float_of_half(load_u16(p)), float_of_half(load_u16(p + 2)), scales, mins);
    for (int c = 0; c < 4; ++c) {
      for (int l = 0; l < 32; l += Vec::kLanes) {
        w[(64 * c + l) / Vec::kLanes] =
            Vec::bits<0, 15>(qs + 32 * c + l) * Vec::set(scales[2 * c]) - Vec::set(mins[2 * c]);
        w[(64 * c + 32 + l) / Vec::kLanes] =
            Vec::bits<4, 15>(qs + 32 * c + l) * Vec::set(scales[2 * c + 1]) - Vec::set(mins[2 * c + 1]);
      }
    }
  }
};

struct FormatQ5_K : Blocked<ops::BlockQ5_K, 256> {
  static void decode(const std::byte* p, Vec* w) {
    uint8_t packed[12];
    float scales[8], mins[8];
    std::memcpy(packed, p + 4, 12);
    unpack_scale_min(packed, float_of_half(load_u16(p)), float_of_half(load_u16(p + 2)), scales, mins);
    chunk<0>(p, scales, mins, w);
    chunk<1>(p, scales, mins, w);
    chunk<2>(p, scales, mins, w);
    chunk<3>(p, scales, mins, w);
  }

 private:
  template <int c>
  static void chunk(const std::byte* p, const float* scales, const float* mins, Vec* w) {
    const std::byte* qs = p + offsetof(ops::BlockQ5_K, qs) + 32 * c;
    const std::byte* qh = p + offsetof(ops::BlockQ5_K, qh);
    const Vec sixteen = Vec::set(16);
    for (int l = 0; l < 32; l += Vec::kLanes) {
      const Vec low = Vec::bits<0, 15>(qs + l) + Vec::bits<2 * c, 1>(qh + l) * sixteen;
      const Vec high = Vec::bits<4, 15>(qs + l) + Vec::bits<2 * c + 1, 1>(qh + l) * sixteen;
      w[(64 * c + l) / Vec::kLanes] = low * Vec::set(scales[2 * c]) - Vec::set(mins[2 * c]);
      w[(64 * c + 32 + l) / Vec::kLanes] = high * Vec::set(scales[2 * c + 1]) - Vec::set(mins[2 * c + 1]);
    }
  }
};

struct FormatQ6_K : Blocked<ops::BlockQ6_K, 256> {
  static void decode(const std::byte* p, Vec* w) {
    const float d = float_of_half(load_u16(p + offsetof(ops::BlockQ6_K, d)));
    for (int half = 0; half < 2; ++half) {
      group<0>(p, half, d, w);
      group<1>(p, half, d, w);
      group<2>(p, half, d, w);
      group<3>(p, half, d, w);
    }
  }

 private:
  template <int k>
  static void group(const std::byte* p, int half, float d, Vec* w) {
    const std::byte* ql = p + 64 * half + 32 * (k % 2);
    const std::byte* qh = p + offsetof(ops::BlockQ6_K, qh) + 32 * half;
    const std::byte* scales = p + offsetof(ops::BlockQ6_K, scales) + 8 * half + 2 * k;
    for (int l = 0; l < 32; l += Vec::kLanes) {
      const Vec q = Vec::bits < k<2 ? 0 : 4, 15>(ql + l) + Vec::bits<2 * k, 3>(qh + l) * Vec::set(16) - Vec::set(32);
      const Vec scale = Vec::set(d * static_cast<float>(static_cast<int8_t>(scales[l / 16])));
      w[(128 * half + 32 * k + l) / Vec::kLanes] = q * scale;
    }
  }
};

struct FormatIQ4_XS : Blocked<ops::BlockIQ4_XS, 256> {
  static void decode(const std::byte* p, Vec* w) {
    const auto block = read_block<ops::BlockIQ4_XS>(p);
    const float d = float_of_half(block.d);
    for (int b = 0; b < 8; ++b) {
      const int low = (block.scales_l[b / 2] >> (4 * (b % 2))) & 15;
      const int high = (block.scales_h >> (2 * b)) & 3;
      const Vec scale = Vec::set(d * static_cast<float>((low | high << 4) - 32));
      look_up_nibbles(p + offsetof(ops::BlockIQ4_XS, qs) + 16 * b, w + 32 * b / Vec::kLanes, ops::kIq4Values, scale);
    }
  }
};

}  // namespace
}  // namespace hearth::cpu
