// native/ops/blocks.h: the block layouts of quantised weights, byte for byte as they lie in a GGUF file.
//
// A block may start at any byte of a mapping, so kernels copy headers out (memcpy) and never dereference a Block
// pointer. Fields hold raw bits: `f16` is IEEE binary16, `e8m0` a power of two. Shaders read the same layouts. Source:
// ggml-org/ggml ggml-common.h (layouts only).
#pragma once
#include <cstdint>

namespace hearth::ops {

using f16 = uint16_t;

struct BlockQ4_0 {  // 32 weights: d * (q - 8); element l is the low nibble of qs[l], element l + 16 the high one
  f16 d;
  uint8_t qs[16];
};
struct BlockQ4_1 {  // d * q + m
  f16 d, m;
  uint8_t qs[16];
};
struct BlockQ5_0 {  // d * (q - 16); the fifth bit of element l is bit l of the little-endian word qh
  f16 d;
  uint8_t qh[4];
  uint8_t qs[16];
};
struct BlockQ5_1 {  // d * q + m
  f16 d, m;
  uint8_t qh[4];
  uint8_t qs[16];
};
struct BlockQ8_0 {  // d * q
  f16 d;
  int8_t qs[32];
};
struct BlockQ2_K {  // 256 weights in 16 sub-blocks: d * lo(scale) * q - dmin * hi(scale)
  uint8_t scales[16];
  uint8_t qs[64];
  f16 d, dmin;
};
struct BlockQ3_K {  // d * (scale - 32) * q, q in -4..3
  uint8_t hmask[32];
  uint8_t qs[64];
  uint8_t scales[12];
  f16 d;
};
struct BlockQ4_K {  // eight sub-blocks of 32: d * scale * q - dmin * min
  f16 d, dmin;
  uint8_t scales[12];
  uint8_t qs[128];
};
struct BlockQ5_K {  // as Q4_K with a fifth bit in qh
  f16 d, dmin;
  uint8_t scales[12];
  uint8_t qh[32];
  uint8_t qs[128];
};
struct BlockQ6_K {  // d * scale * (q - 32)
  uint8_t ql[128];
  uint8_t qh[64];
  int8_t scales[16];
  f16 d;
};
struct BlockIQ4_NL {  // d * kIq4Values[q]
  f16 d;
  uint8_t qs[16];
};
struct BlockIQ4_XS {  // d * (scale - 32) * kIq4Values[q]
  f16 d;
  uint16_t scales_h;
  uint8_t scales_l[4];
  uint8_t qs[128];
};
struct BlockMXFP4 {  // 2^(e - 128) * kMxfp4Values[q]
  uint8_t e8m0;
  uint8_t qs[16];
};

static_assert(sizeof(BlockQ4_0) == 18 && sizeof(BlockQ4_1) == 20 && sizeof(BlockQ5_0) == 22 && sizeof(BlockQ5_1) == 24);
static_assert(sizeof(BlockQ8_0) == 34 && sizeof(BlockQ2_K) == 84 && sizeof(BlockQ3_K) == 110);
static_assert(sizeof(BlockQ4_K) == 144 && sizeof(BlockQ5_K) == 176 && sizeof(BlockQ6_K) == 210);
static_assert(sizeof(BlockIQ4_NL) == 18 && sizeof(BlockIQ4_XS) == 136 && sizeof(BlockMXFP4) == 17);

inline constexpr int8_t kIq4Values[16] = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};
/// Twice the E2M1 value, so that all are integers.
inline constexpr int8_t kMxfp4Values[16] = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

}  // namespace hearth::ops
