// native/backends/cpu/cpu_dots.cc: matrices times rows in fast numerics, cut by panels of sixteen outputs.
//
// Rows are rounded once a call, then every thread takes pieces of the matrix. Each (output, row) is one sum of its own
// (kernels/dot_table.h), so no cut changes a result.
#include <algorithm>
#include <cassert>

#include "backends/cpu/cpu_encoder.h"
#include "backends/cpu/packed_memory.h"

namespace hearth::cpu {
namespace {

constexpr uint64_t kPieceProducts = 128 * 1024;  // worth handing to another thread
constexpr size_t kRowBytes = 512 * 1024;         // rounded rows that stay in the second-level cache
constexpr uint32_t kOwnPanels = 2;               // as many as the kernels take at a time
constexpr uint32_t kRoundAlone = 16 * 1024;      // values below which rounding is one thread's work

/// Pages of the file that were read for one use, or once for the copy, which would otherwise be held beside it.
void give_back(const PackedWeight& packed) {
  if (!packed.source.mapped) return;
  const auto source = packed.source_of(0, packed.all_panels());
  give_back_pages(source.data(), source.size());
}

}  // namespace

void CpuEncoder::round_rows(ops::In x, const PackedWeight& packed) {
  const size_t wanted = size_t{x.rows} * packed.blocks;
  if (rounded_.size() < wanted) rounded_.resize(wanted);
  const auto round = [&](uint32_t r, uint32_t) {
    dots_->round(packed.layout, row_of(x, r), packed.blocks, rounded_.data() + size_t{r} * packed.blocks);
  };
  if (uint64_t{x.rows} * x.cols <= kRoundAlone) {
    for (uint32_t r = 0; r < x.rows; ++r) round(r, 0);
  } else {
    pool_.run(x.rows, round);
  }
}

uint32_t CpuEncoder::panels_per_piece(const PackedWeight& packed, uint32_t rows) const {
  const uint64_t products = uint64_t{packed.blocks} * kBlockCols * kPanelRows * rows;  // of a panel
  const uint64_t least = std::max<uint64_t>(1, kPieceProducts / std::max<uint64_t>(1, products));
  const uint64_t even = packed.panels / (uint64_t{pool_.threads()} * 4);  // a few a thread, for whoever comes first
  return static_cast<uint32_t>(std::clamp<uint64_t>((std::max(least, even) + 1) / 2 * 2, 1, packed.panels));
}

struct CpuEncoder::DotRows {
  uint32_t first, count;  // of dot_x_ and dot_y_
};

/// All rows of `task`, as many at a time as stay in the cache beside the weights.
void CpuEncoder::dot_rows(DotTask task) const {
  const size_t row_bytes = task.weight->blocks * sizeof(ActivationBlock);
  const auto together = static_cast<uint32_t>(std::max<size_t>(24, kRowBytes / row_bytes / 12 * 12));
  for (uint32_t left = task.count; left > 0;) {
    task.count = std::min(left, together);
    dots_->dot(task);
    task.x += task.count;
    task.y += task.count;
    left -= task.count;
  }
}

void CpuEncoder::dot_piece(const PackedWeight& packed, const std::byte* data, uint32_t matrix, uint32_t first,
                           uint32_t panels, const DotRows& rows, uint32_t worker) {
  DotTask task{.weight = &packed,
               .panel = nullptr,
               .panels = panels,
               .first_output = first * kPanelRows,
               .outputs = packed.source.rows,
               .x = dot_x_.data() + rows.first,
               .y = dot_y_.data() + rows.first,
               .count = rows.count};
  const uint32_t index = matrix * packed.panels + first;
  if (data != nullptr) {
    task.panel = data + index * packed.panel_bytes;
    return dot_rows(task);
  }
  auto* const own = reinterpret_cast<std::byte*>(own_panels_[worker].data());
  task.panel = own;
  for (uint32_t p = 0; p < panels; p += kOwnPanels) {
    task.panels = std::min(kOwnPanels, panels - p);
    task.first_output = (first + p) * kPanelRows;
    for (uint32_t i = 0; i < task.panels; ++i) packed.pack(index + p + i, own + i * packed.panel_bytes);
    dot_rows(task);
  }
}

const std::byte* CpuEncoder::packed_data(PackedWeight& packed) {
  if (const std::byte* data = packed.data.load(std::memory_order_acquire)) return data;
  packer_.note_use();
  // The first use is somebody waiting for the first word; the second shows that there will be more.
  if (packed.used.exchange(true) && packed.claim()) {
    const uint32_t first = packed.filled_panels;
    pool_.run(packed.all_panels() - first, [&](uint32_t index, uint32_t) {
      packed.pack(first + index, packed.room + (first + index) * packed.panel_bytes);
    });
    packed.filled();
    give_back(packed);
    return packed.room;
  }
  const size_t lines = kOwnPanels * packed.panel_bytes / kLine;
  for (auto& own : own_panels_) own.resize(std::max(own.size(), lines));
  return nullptr;
}

void CpuEncoder::matmul_packed(ops::Out y, ops::In x, const ops::Weight& w) {
  auto& packed = *static_cast<PackedWeight*>(const_cast<void*>(w.prepared));  // ours: only its copy is filled
  round_rows(x, packed);
  dot_x_.resize(std::max<size_t>(dot_x_.size(), x.rows));
  dot_y_.resize(std::max<size_t>(dot_y_.size(), x.rows));
  for (uint32_t r = 0; r < x.rows; ++r) {
    dot_x_[r] = rounded_.data() + size_t{r} * packed.blocks;
    dot_y_[r] = row_of(y, r);
  }
  const std::byte* const data = packed_data(packed);
  const uint32_t panels = panels_per_piece(packed, x.rows);
  pool_.run((packed.panels + panels - 1) / panels, [&](uint32_t index, uint32_t worker) {
    const uint32_t first = index * panels;
    dot_piece(packed, data, 0, first, std::min(panels, packed.panels - first), {0, x.rows}, worker);
  });
  if (data == nullptr && packed.room != nullptr) give_back(packed);
}

/// After `sort_choices`.
void CpuEncoder::matmul_experts_packed(ops::Out y, ops::In x, const ops::Weight& w, uint32_t choices_per_x) {
  auto& packed = *static_cast<PackedWeight*>(const_cast<void*>(w.prepared));  // ours: only its copy is filled
  round_rows(x, packed);
  dot_x_.resize(std::max<size_t>(dot_x_.size(), y.rows));
  dot_y_.resize(std::max<size_t>(dot_y_.size(), y.rows));
  for (uint32_t i = 0; i < y.rows; ++i) {
    const uint32_t choice = expert_rows_[i];
    dot_x_[i] = rounded_.data() + size_t{choice / choices_per_x} * packed.blocks;
    dot_y_[i] = row_of(y, choice);
  }
  const std::byte* const data = packed_data(packed);
  const uint32_t panels = panels_per_piece(packed, 1);
  const uint32_t pieces = (packed.panels + panels - 1) / panels;
  pool_.run(w.count * pieces, [&](uint32_t index, uint32_t worker) {
    const uint32_t expert = index / pieces;
    const uint32_t begin = expert == 0 ? 0 : expert_begins_[expert - 1];
    if (begin == expert_begins_[expert]) return;
    const uint32_t first = index % pieces * panels;
    dot_piece(packed, data, expert, first, std::min(panels, packed.panels - first),
              {begin, expert_begins_[expert] - begin}, worker);
  });
}

}  // namespace hearth::cpu
