// native/backends/metal/metal_fused.cc: the dispatches of fused.metal and matvec_gated.
#include <cassert>

#include "backends/metal/metal_encoder.h"

namespace hearth::metal {
namespace {

using namespace metal_kernel;

struct Tile {
  const char* kernel;
  uint32_t outputs, rows;
};
/// As matmul's: the least that takes `rows` at once, or eight at a time; half the outputs, for there are two matrices.
Tile tile_for(uint32_t rows) {
  if (rows == 1) return {"matvec_gated_1", 2, 1};
  if (rows == 2) return {"matvec_gated_2", 2, 2};
  if (rows <= 4) return {"matvec_gated_4", 1, 4};
  return {"matvec_gated_8", 1, 8};
}

}  // namespace

void MetalEncoder::residual(ops::InOut x, ops::InOut delta, const ops::Weight& w, float factor, const ops::Rows* y,
                            const ops::Weight* next, float eps) {
  assert(fits(x) && fits(delta) && x.rows == delta.rows && x.cols == delta.cols && w && w.cols == x.cols);
  assert((y == nullptr) == (next == nullptr));
  if (x.rows == 0) return;
  const ResidualArguments arguments{.width = x.cols,
                                    .delta_stride = delta.stride,
                                    .x_stride = x.stride,
                                    .y_stride = y != nullptr ? y->stride : 0,
                                    .eps = eps,
                                    .scale = factor,
                                    .next = next != nullptr ? 1u : 0u};
  const Binding next_norm = next != nullptr ? weight(*next) : weight(w);
  const Binding out = y != nullptr ? writes(*y) : untouched(x);
  add_work("residual", {}, {writes(delta), weight(w), writes(x), next_norm, out}, arguments, {1, x.rows, 1},
           {threads_for(x.cols), 1, 1}, uint64_t{x.rows} * x.cols * sizeof(float) * (y != nullptr ? 5 : 4));
}

void MetalEncoder::gated_matmul(ops::Out y, const ops::Rows& up, ops::In x, const ops::Weight& gate_w,
                                const ops::Weight* up_w, ops::Activation activation) {
  assert(fits(y) && fits(up) && fits(x) && y.cols == gate_w.rows && x.cols == gate_w.cols && up.rows == y.rows);
  if (x.rows == 0) return;
  const Tile tile = tile_for(x.rows);
  const GatedArguments arguments{.product = {.row_bytes = row_bytes_of(gate_w),
                                             .matrix_bytes = 0,
                                             .cols = gate_w.cols,
                                             .units = units_of(gate_w),
                                             .outputs = gate_w.rows,
                                             .rows = x.rows,
                                             .x_stride = x.stride,
                                             .y_stride = y.stride,
                                             .choices_per_x = 1},
                                 .other_stride = up.stride,
                                 .silu = activation == ops::Activation::kSilu ? 1u : 0u};
  const uint64_t passes = groups_for(x.rows, tile.rows);
  const uint64_t bytes = passes * row_bytes_of(gate_w) * gate_w.rows * (up_w != nullptr ? 2 : 1);
  const Binding beside = up_w != nullptr ? writes(up) : reads(up);
  add_work(tile.kernel, {format_of(gate_w), {kConstantTwoMatrices, up_w != nullptr, true}},
           {weight(gate_w), weight(up_w != nullptr ? *up_w : gate_w), reads(x), beside, writes(y)}, arguments,
           {groups_for(gate_w.rows, uint64_t{tile.outputs} * kMatvecSimdgroups), passes, 1},
           {kLanes * kMatvecSimdgroups, 1, 1}, bytes);
}

void MetalEncoder::heads(const Heads& h) {
  const ops::Rows& any = h.q != nullptr ? *h.q : *h.k;
  const uint32_t width = h.table.head_dim, rows = any.rows;
  assert(width > 0 && width <= kMostHeadDim && (h.k == nullptr) == (h.v == nullptr));
  if (rows == 0) return;
  const auto room = turns_of(h.table, h.first_position, rows);
  if (!room.ok()) return commands_.fail(room.error());
  const HeadsArguments arguments{.q_heads = h.q != nullptr ? h.q->cols / width : 0,
                                 .k_heads = h.k != nullptr ? h.k->cols / width : 0,
                                 .v_heads = h.v != nullptr ? h.v->cols / width : 0,
                                 .width = width,
                                 .q_stride = h.q != nullptr ? h.q->stride : 0,
                                 .k_stride = h.k != nullptr ? h.k->stride : 0,
                                 .v_stride = h.v != nullptr ? h.v->stride : 0,
                                 .v_normed = h.v_normed ? 1u : 0u,
                                 .pairs = static_cast<uint32_t>(h.table.frequencies.size()),
                                 .adjacent = h.table.adjacent ? 1u : 0u,
                                 .slots = h.k != nullptr ? h.cache.slots : 1,
                                 .first_position = h.first_position,
                                 .eps = h.eps};
  const Binding turns{room.value().buffer->object(), room.value().offset, 0, 0, false};
  const Binding keys = h.k != nullptr ? writes(*h.cache.k) : untouched(any);
  const Binding values = h.v != nullptr ? writes(*h.cache.v) : untouched(any);
  const auto part = [&](const ops::Rows* part_rows) {
    return part_rows != nullptr ? writes(*part_rows) : untouched(any);
  };
  const uint32_t count = arguments.q_heads + arguments.k_heads + arguments.v_heads;
  add_work("heads", {{kConstantHalfCache, h.cache.format == ops::KvFormat::kF16, true}},
           {part(h.q), part(h.k), part(h.v), turns, weight(h.q != nullptr ? h.q_norm : h.k_norm),
            weight(h.k != nullptr ? h.k_norm : h.q_norm), keys, values},
           arguments, {count, rows, 1}, {threads_for(width), 1, 1}, uint64_t{rows} * count * width * 3 * sizeof(float));
}

}  // namespace hearth::metal
