// native/tests/ops/reference_blocks.h: the value of one weight, spelled from the format's description and nothing else.
//
// The second opinion that matmul is judged by; it is itself held to recorded values of ggml (blocks_test.cc).
#pragma once
#include <cmath>
#include <cstring>
#include <vector>

#include "base/tensor_type.h"
#include "op_test.h"

namespace hearth::test {

inline double reference_half(uint32_t bits) {
  const int exponent = static_cast<int>(bits >> 10 & 31), fraction = static_cast<int>(bits & 1023);
  double value = exponent == 0    ? std::ldexp(fraction, -24)
                 : exponent == 31 ? (fraction ? NAN : INFINITY)
                                  : std::ldexp(1024 + fraction, exponent - 25);
  return bits & 0x8000 ? -value : value;
}

/// Element `i` of the block at `b`. Double holds every intermediate exactly, so the one cast at the end rounds once.
inline float reference_element(TensorType type, const std::byte* block, int i) {
  const auto* b = reinterpret_cast<const uint8_t*>(block);
  const auto half = [&](int at) { return reference_half(static_cast<uint32_t>(b[at] | b[at + 1] << 8)); };
  const auto nibble = [&](int at, int index) { return index < 16 ? b[at + index] & 15 : b[at + index - 16] >> 4; };
  const auto fifth = [&](int at, int index) { return (b[at + index / 8] >> (index % 8) & 1) * 16; };
  static constexpr int kIq4[16] = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};
  static constexpr double kE2m1[8] = {0, 0.5, 1, 1.5, 2, 3, 4, 6};
  const auto scale_min = [&](int j, int& scale, int& min) {  // twelve bytes from byte 4
    const uint8_t* s = b + 4;
    scale = j < 4 ? s[j] % 64 : s[j + 4] % 16 + (s[j - 4] / 64) * 16;
    min = j < 4 ? s[j + 4] % 64 : s[j + 4] / 16 + (s[j] / 64) * 16;
  };
  double value = 0;
  switch (type) {
    case TensorType::kF32: {
      float f;
      std::memcpy(&f, b, 4);
      return f;
    }
    case TensorType::kF16:
      value = half(0);
      break;
    case TensorType::kBF16: {
      const uint32_t bits = static_cast<uint32_t>(b[0] | b[1] << 8) << 16;
      float f;
      std::memcpy(&f, &bits, 4);
      return f;
    }
    case TensorType::kQ4_0:
      value = half(0) * (nibble(2, i) - 8);
      break;
    case TensorType::kQ4_1:
      value = half(0) * nibble(4, i) + half(2);
      break;
    case TensorType::kQ5_0:
      value = half(0) * (nibble(6, i) + fifth(2, i) - 16);
      break;
    case TensorType::kQ5_1:
      value = half(0) * (nibble(8, i) + fifth(4, i)) + half(2);
      break;
    case TensorType::kQ8_0:
      value = half(0) * static_cast<int8_t>(b[2 + i]);
      break;
    case TensorType::kQ2_K: {
      const int q = b[16 + 32 * (i / 128) + i % 32] >> (2 * (i % 128 / 32)) & 3, scale = b[i / 16];
      value = half(80) * (scale % 16) * q - half(82) * (scale / 16);
      break;
    }
    case TensorType::kQ3_K: {
      const int low = b[32 + 32 * (i / 128) + i % 32] >> (2 * (i % 128 / 32)) & 3;
      const int q = low - (b[i % 32] >> (i / 32) & 1 ? 0 : 4);
      const int s = i / 16;
      const int scale = (s < 8 ? b[96 + s] % 16 : b[96 + s - 8] / 16) + (b[104 + s % 4] >> (2 * (s / 4)) & 3) * 16;
      value = half(108) * (scale - 32) * q;
      break;
    }
    case TensorType::kQ4_K: {
      int scale, min;
      scale_min(i / 32, scale, min);
      const int byte = b[16 + 32 * (i / 64) + i % 32];
      value = half(0) * scale * (i % 64 < 32 ? byte % 16 : byte / 16) - half(2) * min;
      break;
    }
    case TensorType::kQ5_K: {
      int scale, min;
      scale_min(i / 32, scale, min);
      const int byte = b[48 + 32 * (i / 64) + i % 32];
      const int q = (i % 64 < 32 ? byte % 16 : byte / 16) + (b[16 + i % 32] >> (i / 32) & 1) * 16;
      value = half(0) * scale * q - half(2) * min;
      break;
    }
    case TensorType::kQ6_K: {
      const int k = i % 128 / 32, l = i % 32, h = i / 128;
      const int low = b[64 * h + l + 32 * (k % 2)];
      const int q = (k < 2 ? low % 16 : low / 16) + (b[128 + 32 * h + l] >> (2 * k) & 3) * 16 - 32;
      value = half(208) * static_cast<int8_t>(b[192 + i / 16]) * q;
      break;
    }
    case TensorType::kIQ4_NL:
      value = half(0) * kIq4[nibble(2, i)];
      break;
    case TensorType::kIQ4_XS: {
      const int s = i / 32, high = (b[2] | b[3] << 8) >> (2 * s) & 3;
      const int scale = (b[4 + s / 2] >> (4 * (s % 2)) & 15) + high * 16 - 32;
      value = half(0) * scale * kIq4[nibble(8 + 16 * s, i % 32)];
      break;
    }
    case TensorType::kMXFP4: {
      const int q = nibble(1, i);
      value = std::ldexp(q <= 8 ? kE2m1[q % 8] : -kE2m1[q - 8], b[0] - 127);  // code 8 is -0: ggml makes it 0
      break;
    }
  }
  return static_cast<float>(value);
}

inline constexpr TensorType kAllTypes[] = {
    TensorType::kF32,  TensorType::kF16,    TensorType::kBF16,   TensorType::kQ4_0,
    TensorType::kQ4_1, TensorType::kQ5_0,   TensorType::kQ5_1,   TensorType::kQ8_0,
    TensorType::kQ2_K, TensorType::kQ3_K,   TensorType::kQ4_K,   TensorType::kQ5_K,
    TensorType::kQ6_K, TensorType::kIQ4_NL, TensorType::kIQ4_XS, TensorType::kMXFP4};

/// Random blocks with scales of ordinary size, and the values they stand for.
struct RandomWeight {
  RandomWeight(TensorType type, uint32_t count, uint32_t rows, uint32_t cols, Rng& rng) : traits(*traits_of(type)) {
    const size_t blocks = size_t{count} * rows * cols / traits.block_elements;
    bytes.resize(blocks * traits.block_bytes + 1);  // data starts at byte 1: blocks of a file may lie anywhere
    std::byte* data = bytes.data() + 1;
    for (size_t at = 0; at < blocks * traits.block_bytes; ++at) data[at] = static_cast<std::byte>(rng.bits());
    const auto put = [&](size_t block, size_t at, uint32_t value, size_t size) {
      std::memcpy(data + block * traits.block_bytes + at, &value, size);
    };
    for (size_t block = 0; block < blocks; ++block) {
      const auto scale = [&] { return 0x1c00 + rng.below(0x0800) + (rng.below(2) << 15); };  // +-2^-8 .. 2^-6 in f16
      switch (type) {
        case TensorType::kF32: {
          const float value = rng.normal(0.05f);
          std::memcpy(data + block * 4, &value, 4);
          break;
        }
        case TensorType::kF16:
          put(block, 0, 0x2000 + rng.below(0x1000) + (rng.below(2) << 15), 2);
          break;
        case TensorType::kBF16:
          put(block, 0, 0x3c00 + rng.below(0x0180) + (rng.below(2) << 15), 2);
          break;
        case TensorType::kQ2_K:
          put(block, 80, scale(), 2), put(block, 82, scale(), 2);
          break;
        case TensorType::kQ3_K:
          put(block, 108, scale(), 2);
          break;
        case TensorType::kQ6_K:
          put(block, 208, scale(), 2);
          break;
        case TensorType::kMXFP4:
          put(block, 0, 120 + rng.below(6), 1);
          break;
        case TensorType::kQ4_1:
        case TensorType::kQ5_1:
        case TensorType::kQ4_K:
        case TensorType::kQ5_K:
          put(block, 0, scale(), 2), put(block, 2, scale(), 2);
          break;
        default:
          put(block, 0, scale(), 2);
      }
      for (uint32_t i = 0; i < traits.block_elements; ++i) {
        values.push_back(reference_element(type, data + block * traits.block_bytes, static_cast<int>(i)));
      }
    }
    weight = {.type = type, .cols = cols, .rows = rows, .count = count, .data = data, .prepared = nullptr};
  }

  const TypeTraits& traits;
  std::vector<std::byte> bytes;
  std::vector<float> values;  // [count, rows, cols]
  ops::Weight weight;
};

}  // namespace hearth::test
