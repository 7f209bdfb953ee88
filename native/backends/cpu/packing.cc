// native/backends/cpu/packing.cc: from blocks of a file to panels. Runs once a matrix, when a model is loaded.
#include "backends/cpu/packing.h"

#include <algorithm>
#include <cstring>

#include "ops/blocks.h"

namespace hearth::cpu {
namespace {

// Four columns are handled at a time, as the bytes of a word.
uint32_t load(const uint8_t* from) {
  uint32_t word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

/// Line words of 32 columns of one row, 0 .. block_lines.
using Words = uint32_t[8];

/// Columns l and l + 16 side by side, from bytes that hold both so already.
void paired_nibbles(const uint8_t* qs, Words& words) {
  for (int g = 0; g < 4; ++g) words[g] = load(qs + 4 * g);
}
/// The same from 32 bytes whose lower or upper halves are the columns in order.
void ordered_nibbles(const uint8_t* qs, uint32_t shift, Words& words) {
  for (int g = 0; g < 4; ++g) {
    const uint32_t low = load(qs + 4 * g) >> shift & 0x0f0f0f0fu, high = load(qs + 16 + 4 * g) >> shift & 0x0f0f0f0fu;
    words[g] = low | high << 4;
  }
}
/// Bit l of four bytes is column l's.
void fifth_bits(const uint8_t* qh, Words& words) {
  words[4] = 0;
  for (int g = 0; g < 8; ++g) {
    const uint32_t four = qh[g / 2] >> (4 * (g % 2)) & 15u;
    words[4] |= (four * 0x00204081u & 0x01010101u) << g;  // bit j goes to byte j
  }
}

/// Sub-scale and minimum of sub-block `j`: six bits each, in twelve bytes.
void scale_and_minimum(const uint8_t* s, uint32_t j, uint8_t* subs) {
  subs[0] = static_cast<uint8_t>(j < 4 ? s[j] & 63 : (s[j + 4] & 15) | (s[j - 4] >> 6) << 4);
  subs[1] = static_cast<uint8_t>(j < 4 ? s[j + 4] & 63 : s[j + 4] >> 4 | (s[j] >> 6) << 4);
}

/// Part `j` of the file's block at `p`. `subs`: sub-scale and minimum, or both sub-scales; K formats only.
void read_block(TensorType type, const uint8_t* p, uint32_t j, Words& words, uint8_t* subs) {
  switch (type) {
    case TensorType::kQ4_0:
      return paired_nibbles(p + offsetof(ops::BlockQ4_0, qs), words);
    case TensorType::kQ4_1:
      return paired_nibbles(p + offsetof(ops::BlockQ4_1, qs), words);
    case TensorType::kQ5_0:
      paired_nibbles(p + offsetof(ops::BlockQ5_0, qs), words);
      return fifth_bits(p + offsetof(ops::BlockQ5_0, qh), words);
    case TensorType::kQ5_1:
      paired_nibbles(p + offsetof(ops::BlockQ5_1, qs), words);
      return fifth_bits(p + offsetof(ops::BlockQ5_1, qh), words);
    case TensorType::kQ8_0:
      for (int g = 0; g < 8; ++g) words[g] = load(p + offsetof(ops::BlockQ8_0, qs) + 4 * g);
      return;
    case TensorType::kQ4_K:
      ordered_nibbles(p + offsetof(ops::BlockQ4_K, qs) + j / 2 * 32, 4 * (j % 2), words);
      return scale_and_minimum(p + offsetof(ops::BlockQ4_K, scales), j, subs);
    case TensorType::kQ5_K:
      ordered_nibbles(p + offsetof(ops::BlockQ5_K, qs) + j / 2 * 32, 4 * (j % 2), words);
      words[4] = 0;
      for (int g = 0; g < 8; ++g) words[4] |= (load(p + offsetof(ops::BlockQ5_K, qh) + 4 * g) >> j & 0x01010101u) << g;
      return scale_and_minimum(p + offsetof(ops::BlockQ5_K, scales), j, subs);
    case TensorType::kQ6_K: {
      const uint32_t half = j / 4, part = j % 4;  // 128 columns share 64 low and 32 high bytes
      const uint8_t* high = p + offsetof(ops::BlockQ6_K, qh) + 32 * half;
      ordered_nibbles(p + offsetof(ops::BlockQ6_K, ql) + 64 * half + 32 * (part % 2), 4 * (part / 2), words);
      words[4] = words[5] = 0;
      for (int g = 0; g < 8; ++g) words[4 + g / 4] |= (load(high + 4 * g) >> (2 * part) & 0x03030303u) << (2 * (g % 4));
      std::memcpy(subs, p + offsetof(ops::BlockQ6_K, scales) + 2 * j, 2);
      return;
    }
    default:
      return;  // packed_layout knows no other
  }
}

}  // namespace

std::optional<PackedLayout> packed_layout(TensorType type) {
  switch (type) {
    case TensorType::kQ4_0:
      return PackedLayout{1, 0, 32, 4, 8, false, false};
    case TensorType::kQ4_1:
      return PackedLayout{1, 0, 64, 4, 0, true, false};
    case TensorType::kQ5_0:
      return PackedLayout{1, 0, 32, 5, 16, false, false};
    case TensorType::kQ5_1:
      return PackedLayout{1, 0, 64, 5, 0, true, false};
    case TensorType::kQ8_0:
      return PackedLayout{1, 0, 32, 8, 128, false, false};  // signed bytes; kernels add 128 or do without
    case TensorType::kQ4_K:
      return PackedLayout{8, 64, 32, 4, 0, true, false};
    case TensorType::kQ5_K:
      return PackedLayout{8, 64, 32, 5, 0, true, false};
    case TensorType::kQ6_K:
      return PackedLayout{8, 32, 32, 6, 32, false, true};
    default:
      return std::nullopt;
  }
}

void pack_panel(TensorType type, const PackedLayout& layout, std::byte* to, const std::byte* from, size_t row_bytes,
                uint32_t first, uint32_t rows, uint32_t blocks) {
  const TypeTraits& traits = *traits_of(type);
  const size_t scale_at = type == TensorType::kQ6_K ? offsetof(ops::BlockQ6_K, d) : 0;  // a minimum follows at once
  const size_t group_bytes = layout.group_header + size_t{layout.group_blocks} * layout.block_header;
  const uint32_t in_file = traits.block_elements / kBlockCols;  // blocks of ours in one of the file's
  const uint32_t present = rows - first < kPanelRows ? rows - first : kPanelRows;
  if (present < kPanelRows) std::memset(to, 0, layout.panel_bytes(blocks));
  // Block by block, so that writing walks through the panel once; the sixteen rows that are read fit the first cache.
  std::byte* lines = to + layout.header_bytes(blocks);
  Words words;
  uint8_t subs[2];
  for (uint32_t b = 0; b < blocks; ++b, lines += layout.block_lines * kLine) {
    std::byte* const group = to + b / layout.group_blocks * group_bytes;
    std::byte* const header = group + layout.group_header + b % layout.group_blocks * layout.block_header;
    std::byte* const scales = in_file > 1 ? group : header;
    for (uint32_t i = 0; i < present; ++i) {
      const std::byte* p = from + (size_t{first} + i) * row_bytes + b / in_file * traits.block_bytes;
      if (b % in_file == 0) {
        std::memcpy(scales + 2 * i, p + scale_at, 2);
        if (layout.minimum) std::memcpy(scales + 32 + 2 * i, p + scale_at + 2, 2);
      }
      read_block(type, reinterpret_cast<const uint8_t*>(p), b % in_file, words, subs);
      if (in_file > 1) {
        std::memcpy(header + i, &subs[0], 1);
        std::memcpy(header + kPanelRows + i, &subs[1], 1);
      }
      for (uint32_t line = 0; line < layout.block_lines; ++line)
        std::memcpy(lines + line * kLine + 4 * i, &words[line], 4);
    }
  }
}

PackedWeight::PackedWeight(const ops::Weight& from, const PackedLayout& how)
    : source(from),
      type(from.type),
      layout(how),
      blocks(from.cols / kBlockCols),
      panels((from.rows + kPanelRows - 1) / kPanelRows),
      panel_bytes(how.panel_bytes(blocks)) {}

void PackedWeight::pack(uint32_t index, std::byte* to) const {
  const TypeTraits& traits = *traits_of(type);
  const size_t row_bytes = size_t{source.cols} / traits.block_elements * traits.block_bytes;
  pack_panel(type, layout, to, source.data + index / panels * source.rows * row_bytes, row_bytes,
             index % panels * kPanelRows, source.rows, blocks);
}

std::span<const std::byte> PackedWeight::source_of(uint32_t begin, uint32_t end) const {
  const TypeTraits& traits = *traits_of(type);
  const size_t row_bytes = size_t{source.cols} / traits.block_elements * traits.block_bytes;
  const auto byte_of = [&](uint32_t index) {
    const size_t row = std::min<size_t>(index % panels * kPanelRows, source.rows);
    return (size_t{index / panels} * source.rows + row) * row_bytes;
  };
  return {source.data + byte_of(begin), byte_of(end) - byte_of(begin)};
}

}  // namespace hearth::cpu
