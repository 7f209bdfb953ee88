// native/backends/cpu/cpu_matmul.cc: matrices times rows, cut by outputs; embedding; experts.
//
// Every (output, row) is one sum of its own (kernels/matmul.h), so no cut changes a result.
#include <algorithm>
#include <cassert>

#include "backends/cpu/cpu_encoder.h"

namespace hearth::cpu {
namespace {

constexpr uint64_t kPieceFlops = 32 * 1024;  // multiply-adds worth handing to another thread
constexpr size_t kTileBytes = 128 * 1024;    // weights that stay in the second-level cache

}  // namespace

/// Row i of the work reads x[i] and writes y[i]; where `choices` is set, both go through it.
struct CpuEncoder::MatmulRows {
  const ops::Rows* x;
  const ops::Rows* y;
  const uint32_t* choices;  // null: rows 0, 1, 2, ...
  uint32_t choices_per_x;   // 1, or k where the k choices of a token share its row of x
  uint32_t count;

  const float* input(uint32_t i) const { return row_of(*x, (choices ? choices[i] : i) / choices_per_x); }
  float* output(uint32_t i) const { return row_of(*y, choices ? choices[i] : i); }
};

uint32_t CpuEncoder::outputs_per_piece(const ops::Weight& w, uint32_t rows) const {
  const uint64_t flops_per_output = uint64_t{w.cols} * rows;
  const uint64_t least = std::max<uint64_t>(1, kPieceFlops / std::max<uint64_t>(1, flops_per_output));
  const uint64_t even = w.rows / (uint64_t{pool_.threads()} * 4);  // a few pieces a thread, for whoever comes first
  const uint64_t outputs = (std::max(least, even) + 7) / 8 * 8;
  return static_cast<uint32_t>(std::min<uint64_t>(outputs, std::max(1u, w.rows)));
}

/// Outputs first .. first + outputs of one matrix at `data`, for all rows: eight at a time over weights that stay in
/// cache.
void CpuEncoder::matmul_piece(const ops::Weight& w, const std::byte* data, const MatmulRows& rows, uint32_t first,
                              uint32_t outputs) const {
  const size_t row_bytes = row_bytes_of(w);
  const uint32_t groups = (rows.count + kMatmulRows - 1) / kMatmulRows;
  const auto cached = static_cast<uint32_t>(std::max<size_t>(12, kTileBytes / row_bytes / 12 * 12));
  const uint32_t tile = groups > 1 ? cached : outputs;
  for (uint32_t o = first; o < first + outputs; o += tile) {
    const uint32_t here = std::min(tile, first + outputs - o);
    for (uint32_t g = 0; g < groups; ++g) {  // of nearly equal size: 9 rows are 4 and 5, not 8 and 1
      const auto begin = static_cast<uint32_t>(uint64_t{rows.count} * g / groups);
      const auto end = static_cast<uint32_t>(uint64_t{rows.count} * (g + 1) / groups);
      const float* x[kMatmulRows];
      float* y[kMatmulRows];
      for (uint32_t i = begin; i < end; ++i) {
        x[i - begin] = rows.input(i);
        y[i - begin] = rows.output(i) + o;
      }
      kernels_.matmul(w.type, data + o * row_bytes, row_bytes, here, w.cols, x, y, end - begin);
    }
  }
}

void CpuEncoder::matmul(ops::Out y, ops::In x, const ops::Weight& w) {
  assert(fits(y) && fits(x) && x.rows == y.rows && x.cols == w.cols && y.cols == w.rows && w.count == 1);
  if (x.rows == 0) return;
  if (dots_ != nullptr && w.prepared != nullptr) return matmul_packed(y, x, w);
  const MatmulRows rows{&x, &y, nullptr, 1, x.rows};
  const uint32_t outputs = outputs_per_piece(w, x.rows);
  pool_.run((w.rows + outputs - 1) / outputs, [&](uint32_t index, uint32_t) {
    const uint32_t first = index * outputs;
    matmul_piece(w, w.data, rows, first, std::min(outputs, w.rows - first));
  });
}

void CpuEncoder::sort_choices(const ops::Weight& w, const ops::Buffer& experts, uint32_t choices) {
  const auto* chosen = reinterpret_cast<const int32_t*>(const_cast<ops::Buffer&>(experts).host());
  expert_begins_.assign(w.count + 1, 0);
  expert_rows_.resize(std::max<size_t>(expert_rows_.size(), choices));
  for (uint32_t i = 0; i < choices; ++i) {
    assert(static_cast<uint32_t>(chosen[i]) < w.count);
    ++expert_begins_[static_cast<size_t>(chosen[i]) + 1];
  }
  for (uint32_t e = 0; e < w.count; ++e) expert_begins_[e + 1] += expert_begins_[e];
  for (uint32_t i = 0; i < choices; ++i) expert_rows_[expert_begins_[static_cast<size_t>(chosen[i])]++] = i;
  // Each begin has walked to its end, which is the next one's begin.
}

/// An expert's weights are read once for all of its rows.
void CpuEncoder::matmul_experts(ops::Out y, ops::In x, const ops::Weight& w, const ops::Buffer& experts, uint32_t k,
                                bool x_per_choice) {
  assert(k > 0 && fits(y) && fits(x) && y.rows % k == 0 && x.cols == w.cols && y.cols == w.rows);
  assert(x.rows == (x_per_choice ? y.rows : y.rows / k));
  assert(experts.bytes() >= size_t{y.rows} * sizeof(int32_t));
  sort_choices(w, experts, y.rows);
  if (dots_ != nullptr && w.prepared != nullptr) return matmul_experts_packed(y, x, w, x_per_choice ? 1 : k);

  const size_t matrix_bytes = row_bytes_of(w) * w.rows;
  const uint32_t outputs = outputs_per_piece(w, 1);
  const uint32_t pieces = (w.rows + outputs - 1) / outputs;
  pool_.run(w.count * pieces, [&](uint32_t index, uint32_t) {
    const uint32_t expert = index / pieces;
    const uint32_t begin = expert == 0 ? 0 : expert_begins_[expert - 1];
    if (begin == expert_begins_[expert]) return;
    const MatmulRows rows{&x, &y, expert_rows_.data() + begin, x_per_choice ? 1 : k, expert_begins_[expert] - begin};
    const uint32_t first = index % pieces * outputs;
    matmul_piece(w, w.data + expert * matrix_bytes, rows, first, std::min(outputs, w.rows - first));
  });
}

void CpuEncoder::embed(ops::Out y, const ops::Weight& table, std::span<const int32_t> ids, float scale) {
  assert(fits(y) && y.rows == ids.size() && y.cols == table.cols && table.count == 1);
  const size_t row_bytes = row_bytes_of(table);
  pool_.run(y.rows, [&](uint32_t r, uint32_t) {
    assert(static_cast<uint32_t>(ids[r]) < table.rows);
    kernels_.decode(table.type, table.data + static_cast<uint32_t>(ids[r]) * row_bytes, row_of(y, r), table.cols);
    kernels_.scale(row_of(y, r), scale, table.cols);
  });
}

}  // namespace hearth::cpu
