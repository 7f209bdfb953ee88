// native/backends/metal/metal_attend.cc: rotary positions, the key/value ring, attention over it.
#include <algorithm>
#include <cassert>
#include <cmath>

#include "backends/metal/metal_encoder.h"

namespace hearth::metal {
namespace {

using namespace metal_kernel;

constexpr uint32_t kBlocksApart = 4;  // from so many blocks on, each gets a threadgroup of its own
constexpr uint32_t kDecodeRows = 16;  // more rows keep the GPU busy by themselves
constexpr uint64_t kThreads = uint64_t{kLanes} * kAttendSimdgroups;

uint64_t cache_value_bytes(ops::KvFormat format) { return format == ops::KvFormat::kF16 ? 2 : 4; }

/// The slots that rows at `first` .. `first + rows` write.
Binding slots(const ops::Buffer& buffer) { return writes(buffer); }

const char* kernel_for(uint32_t head_dim) {
  if (head_dim <= 32) return "attend_32";
  if (head_dim <= 64) return "attend_64";
  if (head_dim <= 128) return "attend_128";
  if (head_dim <= 256) return "attend_256";
  return "attend_512";
}

}  // namespace

Result<Uploads::Room> MetalEncoder::turns_of(const ops::RopeTable& table, uint32_t first_position, uint32_t rows) {
  for (const Turns& turns : turns_) {
    if (turns.rows == rows && turns.first_position == first_position &&
        std::ranges::equal(turns.frequencies, table.frequencies))
      return turns.room;
  }
  // Angles are made here, in double: a GPU has no double, and large positions need one.
  const size_t pairs = table.frequencies.size();
  const auto room = uploads_.take(rows * pairs * 2 * sizeof(float));
  if (!room.ok()) return room.error();
  auto* values = reinterpret_cast<float*>(room.value().host());
  for (uint32_t r = 0; r < rows; ++r) {
    for (size_t i = 0; i < pairs; ++i) {
      const double angle = (static_cast<double>(first_position) + r) * table.frequencies[i];
      *values++ = static_cast<float>(std::cos(angle));
      *values++ = static_cast<float>(std::sin(angle));
    }
  }
  turns_.push_back({{table.frequencies.begin(), table.frequencies.end()}, first_position, rows, room.value()});
  return room.value();
}

void MetalEncoder::rope(ops::InOut x, const ops::RopeTable& table, uint32_t first_position) {
  const auto pairs = static_cast<uint32_t>(table.frequencies.size());
  assert(fits(x) && table.head_dim > 0 && x.cols % table.head_dim == 0 && pairs <= table.head_dim / 2);
  if (x.rows == 0 || pairs == 0) return;
  const auto room = turns_of(table, first_position, x.rows);
  if (!room.ok()) return commands_.fail(room.error());
  const RopeArguments arguments{.pairs = pairs,
                                .half_dim = table.head_dim / 2,
                                .head_dim = table.head_dim,
                                .adjacent = table.adjacent ? 1u : 0u,
                                .stride = x.stride};
  const Binding turns{room.value().buffer->object(), room.value().offset, 0, 0, false};
  const uint64_t threads = std::min<uint64_t>(128, groups_for(pairs, kLanes) * kLanes);
  add_work("rope", {}, {writes(x), turns}, arguments, {groups_for(pairs, threads), x.cols / table.head_dim, x.rows},
           {threads, 1, 1}, uint64_t{x.rows} * x.cols * 2 * sizeof(float));
}

void MetalEncoder::store_kv(const ops::KvView& cache, ops::In k, ops::In v, uint32_t first_position) {
  const uint32_t width = cache.kv_heads * cache.head_dim;
  assert(fits(k) && fits(v) && k.rows == v.rows && k.cols == width && v.cols == width && k.rows <= cache.slots);
  if (k.rows == 0) return;
  const StoreArguments arguments{.width = width,
                                 .k_stride = k.stride,
                                 .v_stride = v.stride,
                                 .slots = cache.slots,
                                 .first_position = first_position};
  const uint64_t threads = std::min<uint64_t>(256, groups_for(width, kLanes) * kLanes);
  add_work("store_kv", {{kConstantHalfCache, cache.format == ops::KvFormat::kF16, true}},
           {reads(k), reads(v), slots(*cache.k), slots(*cache.v)}, arguments, {groups_for(width, threads), k.rows, 1},
           {threads, 1, 1}, uint64_t{k.rows} * width * 12);
}

Result<MetalBuffer*> MetalEncoder::partial_room(size_t bytes) {
  if (partial_ && partial_->bytes() >= bytes) return partial_.get();
  auto buffer = gpu_.allocate(bytes);
  if (!buffer.ok()) return buffer.error();
  if (partial_) outgrown_.push_back(std::move(partial_));
  partial_ = std::move(buffer).value();
  return partial_.get();
}

void MetalEncoder::attend(ops::Out y, ops::In q, const ops::KvView& cache, const ops::AttendParams& params) {
  assert(fits(y) && fits(q) && y.rows == q.rows && y.cols == q.cols && q.cols == params.heads * cache.head_dim);
  assert(cache.kv_heads > 0 && params.heads % cache.kv_heads == 0);
  if (q.rows == 0) return;
  if (cache.head_dim > kMostHeadDim) {
    return commands_.fail({ErrorCode::kBackend, "heads of at most 512 values were expected on the GPU, found " +
                                                    std::to_string(cache.head_dim) + "; choose \"cpu\""});
  }
  // The most blocks that any row sees. Whether they go apart changes no bit, see attend.metal.
  uint32_t blocks = 0, keys = 0;
  for (uint32_t r = 0; r < q.rows; ++r) {
    const uint32_t position = params.first_position + r;
    const uint32_t visible = params.window == 0 ? position + 1 : std::min(position + 1, params.window);
    blocks = std::max(blocks, position / kAttendBlock - (position + 1 - visible) / kAttendBlock + 1);
    keys = std::max(keys, visible);
  }
  AttendArguments arguments{.heads = params.heads,
                            .heads_per_kv = params.heads / cache.kv_heads,
                            .head_dim = cache.head_dim,
                            .kv_width = cache.kv_heads * cache.head_dim,
                            .slots = cache.slots,
                            .first_position = params.first_position,
                            .window = params.window,
                            .blocks = blocks,
                            .q_stride = q.stride,
                            .y_stride = y.stride,
                            .scale = params.scale};
  const Constant format{kConstantHalfCache, cache.format == ops::KvFormat::kF16, true};
  const uint64_t bytes = uint64_t{q.rows} * arguments.kv_width * keys * 2 * cache_value_bytes(cache.format);
  const bool apart = blocks >= kBlocksApart && q.rows <= kDecodeRows;
  if (!apart) {
    add_work(kernel_for(cache.head_dim), {format, {kConstantPartial, 0, true}},
             {reads(q), reads(*cache.k), reads(*cache.v), writes(y)}, arguments, {params.heads, q.rows, 1},
             {kThreads, 1, 1}, bytes);
    return;
  }
  const uint64_t floats = uint64_t{q.rows} * params.heads * blocks * (cache.head_dim + 2);
  const auto room = partial_room(floats * sizeof(float));
  if (!room.ok()) return commands_.fail(room.error());
  add_work(kernel_for(cache.head_dim), {format, {kConstantPartial, 1, true}},
           {reads(q), reads(*cache.k), reads(*cache.v), writes(*room.value())}, arguments,
           {params.heads, q.rows, blocks}, {kThreads, 1, 1}, bytes);
  add_work("attend_merge", {}, {reads(*room.value()), writes(y)}, arguments, {params.heads, q.rows, 1},
           {kThreads, 1, 1}, floats * sizeof(float));
}

}  // namespace hearth::metal
