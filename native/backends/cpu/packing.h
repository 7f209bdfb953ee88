// native/backends/cpu/packing.h: quantised matrices rearranged so that sixteen outputs are computed side by side.
//
// A matrix [rows, cols] is cut into panels of sixteen rows, the last one filled up with rows of zeros; cols into blocks
// of 32. A panel is its headers (scales, block after block, padded to a cache line), then its codes:
//
//   codes of a block   4 lines of nibbles: byte 4 i + j of line g is row i, low half column 4 g + j, high half 16 more
//                      then 1 line (Q5) or 2 (Q6) of upper bits: of group g (columns 4 g ...) bit g of the line, or the
//                      two bits at 2 (g % 4) of line g / 4, each again in byte 4 i + j
//                      or 8 lines of whole bytes (Q8_0), line g holding group g
//   headers            f16 scales of 16 rows, then f16 minimums where the format has them, once a block or (K formats)
//                      once in eight blocks; K formats go on with int8 sub-scales and minimums of 16 rows a block
//
// A line is 64 bytes: four columns of sixteen rows, so that one instruction multiplies it by four activations and adds
// up per row; nothing is ever summed across lanes. Sizes are those of the file but for Q4_K and Q5_K (+3 %), whose six
// bit sub-scales become bytes. Source of the idea: llama.cpp's repacked Q4_0 (eight rows) and ik_llama.cpp's.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/tensor_type.h"
#include "ops/device.h"

namespace hearth::cpu {

inline constexpr uint32_t kPanelRows = 16;
inline constexpr uint32_t kBlockCols = 32;
inline constexpr size_t kLine = 64;

struct PackedLayout {
  uint32_t group_blocks;  // blocks that share a scale: 1, or 8 for K formats
  uint32_t group_header;  // bytes, once for those
  uint32_t block_header;  // bytes, once a block
  uint32_t block_lines;   // of codes
  int zero;               // the code of weight 0 where there is no minimum
  bool minimum;           // weight = scale * code + minimum, instead of scale * (code - zero)
  bool halves;            // each sixteen columns have a sub-scale of their own

  size_t header_bytes(size_t blocks) const {
    const size_t bytes = blocks / group_blocks * group_header + blocks * block_header;
    return (bytes + kLine - 1) / kLine * kLine;
  }
  size_t panel_bytes(size_t blocks) const { return header_bytes(blocks) + blocks * block_lines * kLine; }
};

/// Nothing for a format that is not packed.
std::optional<PackedLayout> packed_layout(TensorType type);

/// A matrix in that form; `Weight::prepared` points to one. Until `data` is there, a use packs what it needs into
/// memory of its own: to the same bytes, so a product does not depend on it.
struct PackedWeight {
  PackedWeight(const ops::Weight& from, const PackedLayout& how);

  ops::Weight source;
  TensorType type;
  PackedLayout layout;
  uint32_t blocks;  // cols / 32
  uint32_t panels;  // of one matrix
  size_t panel_bytes;
  std::byte* room = nullptr;                     // [count][panels] at a multiple of a line; null: never to be filled
  std::atomic<const std::byte*> data = nullptr;  // the same, once it is filled
  std::atomic<bool> claimed = false;             // by whoever fills it at the moment
  uint32_t filled_panels = 0;                    // the claimant's
  std::atomic<bool> used = false;                // before it was filled

  uint32_t all_panels() const { return panels * source.count; }
  size_t bytes() const { return all_panels() * panel_bytes; }
  /// Panel `index` of all into `to`, from the file's blocks.
  void pack(uint32_t index, std::byte* to) const;
  /// Whether the caller is now the one who fills `room`, from `filled_panels` on; he then calls `filled` or `leave`.
  bool claim() { return room != nullptr && !claimed.exchange(true, std::memory_order_acquire); }
  void filled() { data.store(room, std::memory_order_release); }
  void leave() { claimed.store(false, std::memory_order_release); }
  /// The file's bytes behind panels begin .. end.
  std::span<const std::byte> source_of(uint32_t begin, uint32_t end) const;
};

/// Packs rows first .. first + 16 of the matrix at `from` into the panel at `to`; rows behind `rows` become zeros.
void pack_panel(TensorType type, const PackedLayout& layout, std::byte* to, const std::byte* from, size_t row_bytes,
                uint32_t first, uint32_t rows, uint32_t blocks);

}  // namespace hearth::cpu
