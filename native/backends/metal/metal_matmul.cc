// native/backends/metal/metal_matmul.cc: matrices times rows, eight rows at most to one reading of the weights;
// embedding; experts.
#include <algorithm>
#include <cassert>
#include <cstring>

#include "backends/metal/metal_encoder.h"

namespace hearth::metal {
namespace {

using namespace metal_kernel;

struct Tile {  // one instance of matvec.metal
  const char* kernel;
  uint32_t outputs, rows;
};
/// The least that takes `rows` at once, or eight at a time.
Tile tile_for(uint32_t rows) {
  if (rows == 1) return {"matvec_1", 4, 1};
  if (rows == 2) return {"matvec_2", 4, 2};
  if (rows <= 4) return {"matvec_4", 2, 4};
  return {"matvec_8", 2, 8};
}

}  // namespace

void MetalEncoder::matmul(ops::Out y, ops::In x, const ops::Weight& w) {
  assert(fits(y) && fits(x) && x.rows == y.rows && x.cols == w.cols && y.cols == w.rows && w.count == 1 && w.prepared);
  if (x.rows == 0) return;
  const Tile tile = tile_for(x.rows);
  const MatvecArguments arguments{.row_bytes = row_bytes_of(w),
                                  .matrix_bytes = 0,
                                  .cols = w.cols,
                                  .units = units_of(w),
                                  .outputs = w.rows,
                                  .rows = x.rows,
                                  .x_stride = x.stride,
                                  .y_stride = y.stride,
                                  .choices_per_x = 1};
  const uint64_t passes = groups_for(x.rows, tile.rows);
  add_work(tile.kernel, {format_of(w)}, {weight(w), reads(x), writes(y)}, arguments,
           {groups_for(w.rows, uint64_t{tile.outputs} * kMatvecSimdgroups), passes, 1},
           {kLanes * kMatvecSimdgroups, 1, 1}, passes * row_bytes_of(w) * w.rows);
}

void MetalEncoder::matmul_experts(ops::Out y, ops::In x, const ops::Weight& w, const ops::Buffer& experts, uint32_t k,
                                  bool x_per_choice) {
  assert(k > 0 && fits(y) && fits(x) && y.rows % k == 0 && x.cols == w.cols && y.cols == w.rows && w.prepared);
  assert(x.rows == (x_per_choice ? y.rows : y.rows / k));
  if (y.rows == 0) return;
  constexpr uint64_t kOutputs = 4;
  const MatvecArguments arguments{.row_bytes = row_bytes_of(w),
                                  .matrix_bytes = row_bytes_of(w) * w.rows,
                                  .cols = w.cols,
                                  .units = units_of(w),
                                  .outputs = w.rows,
                                  .rows = y.rows,
                                  .x_stride = x.stride,
                                  .y_stride = y.stride,
                                  .choices_per_x = x_per_choice ? 1 : k};
  add_work("matvec_experts", {format_of(w)}, {weight(w), reads(x), reads(experts), writes(y)}, arguments,
           {groups_for(w.rows, kOutputs * kMatvecSimdgroups), y.rows, 1}, {kLanes * kMatvecSimdgroups, 1, 1},
           y.rows * row_bytes_of(w) * w.rows);
}

void MetalEncoder::embed(ops::Out y, const ops::Weight& table, std::span<const int32_t> ids, float scale) {
  assert(fits(y) && y.rows == ids.size() && y.cols == table.cols && table.count == 1 && table.prepared);
  if (ids.empty()) return;
  const auto room = uploads_.take(ids.size_bytes());
  if (!room.ok()) return commands_.fail(room.error());
  std::memcpy(room.value().host(), ids.data(), ids.size_bytes());
  const EmbedArguments arguments{.row_bytes = row_bytes_of(table),
                                 .cols = table.cols,
                                 .units = units_of(table),
                                 .y_stride = y.stride,
                                 .scale = scale};
  const uint64_t threads = std::min<uint64_t>(128, groups_for(units_of(table), kLanes) * kLanes);
  const Binding list{room.value().buffer->object(), room.value().offset, 0, 0, false};
  add_work("embed", {format_of(table)}, {weight(table), list, writes(y)}, arguments,
           {groups_for(units_of(table), threads), y.rows, 1}, {threads, 1, 1},
           y.rows * (row_bytes_of(table) + uint64_t{table.cols} * sizeof(float)));
}

}  // namespace hearth::metal
