// native/backends/metal/kernels/formats.h: weights as they lie in the file, decoded sixteen at a time. The layouts are
// those of ops/blocks.h.
//
// A row is a sequence of units of 16 weights that lie in few bytes: those a lane decodes at once. Their columns are two
// runs of eight, `first_column` .. + 8 and `run_distance` further. Which format it is is a function constant, so that
// each pipeline holds one decoder only. Values are exact: the f32 that the CPU's decoder gives.
#pragma once
#include "arguments.h"
#include "compat.h"

FUNCTION_CONSTANT(uint, kFormat, 0);

// By their ids in a GGUF file.
enum {
  kF32 = 0,
  kF16 = 1,
  kQ4_0 = 2,
  kQ4_1 = 3,
  kQ5_0 = 6,
  kQ5_1 = 7,
  kQ8_0 = 8,
  kQ2_K = 10,
  kQ3_K = 11,
  kQ4_K = 12,
  kQ5_K = 13,
  kQ6_K = 14,
  kIQ4_NL = 20,
  kIQ4_XS = 23,
  kBF16 = 30,
  kMXFP4 = 39,
};

METAL_FUNC uint run_distance() {
  switch (kFormat) {
    case kQ4_0:
    case kQ4_1:
    case kQ5_0:
    case kQ5_1:
    case kIQ4_NL:
    case kIQ4_XS:
    case kMXFP4:
      return 16;
    case kQ4_K:
    case kQ5_K:
      return 32;
    case kQ6_K:
      return 64;
    default:
      return 8;
  }
}

METAL_FUNC uint first_column(uint unit) {
  switch (kFormat) {
    case kQ4_0:
    case kQ4_1:
    case kQ5_0:
    case kQ5_1:
    case kIQ4_NL:
    case kIQ4_XS:
    case kMXFP4:
      return 32 * (unit / 2) + 8 * (unit % 2);
    case kQ4_K:
    case kQ5_K:
      return 64 * (unit / 4) + 8 * (unit % 4);
    case kQ6_K:
      return 128 * (unit / 8) + 32 * (unit / 4 % 2) + 8 * (unit % 4);
    default:
      return 16 * unit;
  }
}

/// Blocks start at even addresses, but for MXFP4: halves and words of 16 bits can be read as such, wider ones cannot.
METAL_FUNC float half_at(device const uchar* p) { return float(*(device const half*)p); }
METAL_FUNC uint word_at(device const uchar* p) {
  device const ushort* words = (device const ushort*)p;
  return uint(words[0]) | (uint(words[1]) << 16);
}
METAL_FUNC uint byte_of(uint word, uint index) { return (word >> (8 * index)) & 255; }

/// Eight bytes as sixteen nibbles: the low ones, then the high ones.
METAL_FUNC void nibbles_at(device const uchar* p, thread uint* q) {
  for (uint part = 0; part < 2; ++part) {
    const uint word = word_at(p + 4 * part);
    for (uint i = 0; i < 4; ++i) {
      const uint both = byte_of(word, i);
      q[4 * part + i] = both & 15;
      q[8 + 4 * part + i] = both >> 4;
    }
  }
}

constant char kIq4Values[16] = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};
constant char kMxfp4Values[16] = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

/// d * (q - offset) + m over all sixteen.
METAL_FUNC void spread(thread const uint* q, float d, float offset, float m, thread float* w) {
  for (uint i = 0; i < 16; ++i) w[i] = d * (float(q[i]) - offset) + m;
}

METAL_FUNC void decode_plain(device const uchar* row, uint unit, uint cols, thread float* w) {
  for (uint i = 0; i < 16; ++i) {
    const uint column = 16 * unit + i;
    w[i] = 0.0f;
    if (column >= cols) continue;
    if (kFormat == kF32) w[i] = ((device const float*)row)[column];
    if (kFormat == kF16) w[i] = float(((device const half*)row)[column]);
    if (kFormat == kBF16) w[i] = as_type<float>(uint(((device const ushort*)row)[column]) << 16);
  }
}

METAL_FUNC void decode_nibbles(device const uchar* row, uint unit, thread float* w) {
  uint q[16];
  const uint half_block = unit % 2;
  if (kFormat == kQ4_0) {
    device const uchar* block = row + unit / 2 * 18;
    nibbles_at(block + 2 + 8 * half_block, q);
    spread(q, half_at(block), 8.0f, 0.0f, w);
  }
  if (kFormat == kQ4_1) {
    device const uchar* block = row + unit / 2 * 20;
    nibbles_at(block + 4 + 8 * half_block, q);
    spread(q, half_at(block), 0.0f, half_at(block + 2), w);
  }
  if (kFormat == kIQ4_NL) {
    device const uchar* block = row + unit / 2 * 18;
    nibbles_at(block + 2 + 8 * half_block, q);
    const float d = half_at(block);
    for (uint i = 0; i < 16; ++i) w[i] = d * float(kIq4Values[q[i]]);
  }
  if (kFormat == kIQ4_XS) {
    device const uchar* block = row + unit / 16 * 136;
    const uint part = unit % 16 / 2;
    const uint low = (uint(block[4 + part / 2]) >> (4 * (part % 2))) & 15;
    const uint high = (uint(*(device const ushort*)(block + 2)) >> (2 * part)) & 3;
    const float d = half_at(block) * (float(low | (high << 4)) - 32.0f);
    nibbles_at(block + 8 + 16 * part + 8 * half_block, q);
    for (uint i = 0; i < 16; ++i) w[i] = d * float(kIq4Values[q[i]]);
  }
  if (kFormat == kMXFP4) {  // seventeen bytes a block: every second one starts at an odd address
    device const uchar* block = row + unit / 2 * 17;
    const uint exponent = uint(block[0]);
    const float d = as_type<float>(exponent < 2 ? 0x00200000u << exponent : (exponent - 1) << 23);  // 2^(e - 128)
    for (uint i = 0; i < 8; ++i) {
      const uint both = uint(block[1 + 8 * half_block + i]);
      w[i] = d * float(kMxfp4Values[both & 15]);
      w[8 + i] = d * float(kMxfp4Values[both >> 4]);
    }
  }
}

METAL_FUNC void decode_five_bits(device const uchar* row, uint unit, thread float* w) {
  const bool has_minimum = kFormat == kQ5_1;
  const uint block_bytes = has_minimum ? 24 : 22, header = has_minimum ? 4 : 2;
  device const uchar* block = row + unit / 2 * block_bytes;
  const uint first = 8 * (unit % 2);
  const uint fifth = word_at(block + header);
  uint q[16];
  nibbles_at(block + header + 4 + first, q);
  for (uint i = 0; i < 8; ++i) {
    q[i] |= ((fifth >> (first + i)) & 1) << 4;
    q[8 + i] |= ((fifth >> (first + 16 + i)) & 1) << 4;
  }
  if (has_minimum) {
    spread(q, half_at(block), 0.0f, half_at(block + 2), w);
  } else {
    spread(q, half_at(block), 16.0f, 0.0f, w);
  }
}

METAL_FUNC void decode_q8_0(device const uchar* row, uint unit, thread float* w) {
  device const uchar* block = row + unit / 2 * 34;
  const float d = half_at(block);
  for (uint part = 0; part < 4; ++part) {
    const uint word = word_at(block + 2 + 16 * (unit % 2) + 4 * part);
    for (uint i = 0; i < 4; ++i) w[4 * part + i] = d * float(int(byte_of(word, i) ^ 128) - 128);
  }
}

METAL_FUNC void decode_q2_k(device const uchar* row, uint unit, thread float* w) {
  device const uchar* block = row + unit / 16 * 84;
  const uint part = unit % 16;
  const float d = half_at(block + 80) * float(block[part] & 15), m = half_at(block + 82) * float(block[part] >> 4);
  device const uchar* bytes = block + 16 + 32 * (part / 8) + 16 * (part % 2);
  for (uint i = 0; i < 16; ++i) w[i] = d * float((bytes[i] >> (part % 8 / 2 * 2)) & 3) - m;
}

METAL_FUNC void decode_q3_k(device const uchar* row, uint unit, thread float* w) {
  device const uchar* block = row + unit / 16 * 110;
  const uint part = unit % 16, shift = part % 8 / 2;
  const uint low = part < 8 ? uint(block[96 + part] & 15) : uint(block[88 + part] >> 4);
  const uint high = (uint(block[104 + part % 4]) >> (2 * (part / 4))) & 3;
  const float d = half_at(block + 108) * (float(low | (high << 4)) - 32.0f);
  device const uchar* bytes = block + 32 + 32 * (part / 8) + 16 * (part % 2);
  device const uchar* mask = block + 16 * (part % 2);
  const uint bit = 4 * (part / 8) + shift;
  for (uint i = 0; i < 16; ++i) {
    const float q = float((bytes[i] >> (2 * shift)) & 3) - (((mask[i] >> bit) & 1) != 0 ? 0.0f : 4.0f);
    w[i] = d * q;
  }
}

/// Scale and minimum of sub-block `index` of eight, six bits each.
METAL_FUNC float2 scale_and_minimum(device const uchar* scales, uint index) {
  if (index < 4) return float2(float(scales[index] & 63), float(scales[index + 4] & 63));
  const uint scale = (uint(scales[index + 4]) & 15) | ((uint(scales[index - 4]) >> 6) << 4);
  const uint minimum = (uint(scales[index + 4]) >> 4) | ((uint(scales[index]) >> 6) << 4);
  return float2(float(scale), float(minimum));
}

METAL_FUNC void decode_four_or_five_k(device const uchar* row, uint unit, thread float* w) {
  const bool five = kFormat == kQ5_K;
  device const uchar* block = row + unit / 16 * (five ? 176 : 144);
  const uint group = unit % 16 / 4, first = 8 * (unit % 4);
  uint q[16];
  nibbles_at(block + (five ? 48 : 16) + 32 * group + first, q);
  if (five) {
    for (uint i = 0; i < 8; ++i) {
      const uint fifth = uint(block[16 + first + i]) >> (2 * group);
      q[i] |= (fifth & 1) << 4;
      q[8 + i] |= (fifth & 2) << 3;
    }
  }
  const float d = half_at(block), minimum = half_at(block + 2);
  const float2 low = scale_and_minimum(block + 4, 2 * group), high = scale_and_minimum(block + 4, 2 * group + 1);
  for (uint i = 0; i < 8; ++i) {
    w[i] = d * low.x * float(q[i]) - minimum * low.y;
    w[8 + i] = d * high.x * float(q[8 + i]) - minimum * high.y;
  }
}

METAL_FUNC void decode_q6_k(device const uchar* row, uint unit, thread float* w) {
  device const uchar* block = row + unit / 16 * 210;
  const uint whole = unit % 16 / 8, part = unit / 4 % 2, first = 8 * (unit % 4);
  uint q[16];
  nibbles_at(block + 64 * whole + 32 * part + first, q);
  const uint scale = 192 + 8 * whole + 2 * part + first / 16;
  const float d = half_at(block + 208);
  const float low = d * float(int(uint(block[scale]) ^ 128) - 128);
  const float high = d * float(int(uint(block[scale + 4]) ^ 128) - 128);
  for (uint i = 0; i < 8; ++i) {
    const uint top = uint(block[128 + 32 * whole + first + i]) >> (2 * part);
    w[i] = low * (float(q[i] | ((top & 3) << 4)) - 32.0f);
    w[8 + i] = high * (float(q[8 + i] | (((top >> 4) & 3) << 4)) - 32.0f);
  }
}

/// The weights of one unit. Behind the end of a row of an unblocked format they are 0.
METAL_FUNC void decode_unit(device const uchar* row, uint unit, uint cols, thread float* w) {
  switch (kFormat) {
    case kF32:
    case kF16:
    case kBF16:
      decode_plain(row, unit, cols, w);
      break;
    case kQ4_0:
    case kQ4_1:
    case kIQ4_NL:
    case kIQ4_XS:
    case kMXFP4:
      decode_nibbles(row, unit, w);
      break;
    case kQ5_0:
    case kQ5_1:
      decode_five_bits(row, unit, w);
      break;
    case kQ8_0:
      decode_q8_0(row, unit, w);
      break;
    case kQ2_K:
      decode_q2_k(row, unit, w);
      break;
    case kQ3_K:
      decode_q3_k(row, unit, w);
      break;
    case kQ4_K:
    case kQ5_K:
      decode_four_or_five_k(row, unit, w);
      break;
    case kQ6_K:
      decode_q6_k(row, unit, w);
      break;
  }
}
