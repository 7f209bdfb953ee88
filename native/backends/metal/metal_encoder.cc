// native/backends/metal/metal_encoder.cc: uploads; ops that touch each value once; norms; experts.
#include "backends/metal/metal_encoder.h"

#include <algorithm>
#include <cassert>
#include <limits>

namespace hearth::metal {
namespace {

using namespace metal_kernel;

constexpr size_t kUploadBytes = 1 << 16;
constexpr size_t kUploadAlignment = 64;

uint64_t bytes_of(const ops::Rows& rows) { return uint64_t{rows.rows} * rows.cols * sizeof(float); }

}  // namespace

uint64_t threads_for(uint32_t width) {
  return std::clamp<uint64_t>((uint64_t{width} / 4 + kLanes - 1) / kLanes * kLanes, kLanes, 1024);
}

bool fits(const ops::Rows& rows) {
  if (rows.rows == 0 || rows.cols == 0) return true;
  if (rows.buffer == nullptr || (rows.rows > 1 && rows.stride < rows.cols)) return false;
  const uint64_t floats = uint64_t{rows.rows - 1} * rows.stride + rows.cols;
  return floats <= std::numeric_limits<uint32_t>::max() && rows.offset + floats <= rows.buffer->bytes() / sizeof(float);
}

Result<Uploads::Room> Uploads::take(size_t bytes) {
  const size_t wanted = (bytes + kUploadAlignment - 1) / kUploadAlignment * kUploadAlignment;
  while (current_ < buffers_.size() && used_ + wanted > buffers_[current_]->bytes()) ++current_, used_ = 0;
  if (current_ == buffers_.size()) {
    auto buffer = gpu_.allocate(std::max(wanted, kUploadBytes));
    if (!buffer.ok()) return buffer.error();
    buffers_.push_back(std::move(buffer).value());
    used_ = 0;
  }
  const Room room{buffers_[current_].get(), used_};
  used_ += wanted;
  return room;
}

Status MetalEncoder::finish() {
  Status status = commands_.finish();
  uploads_.reuse();
  turns_.clear();
  outgrown_.clear();
  return status;
}

void MetalEncoder::map(ops::InOut y, const Map& map) {
  assert(fits(y) && (map.a == nullptr || (fits(*map.a) && map.a->rows == y.rows && map.a->cols == y.cols)));
  if (y.rows == 0 || y.cols == 0) return;
  const Binding a = map.a != nullptr ? reads(*map.a) : reads(y);
  const Binding b = map.vector != nullptr ? weight(*map.vector) : map.b != nullptr ? reads(*map.b) : reads(y);
  const MapArguments arguments{.cols = y.cols,
                               .y_stride = y.stride,
                               .a_stride = map.a != nullptr ? map.a->stride : y.stride,
                               .b_stride = map.b != nullptr ? map.b->stride : 0,
                               .factor = map.factor};
  const uint64_t threads = std::min<uint64_t>(256, groups_for(y.cols, kLanes) * kLanes);
  add_work("map", {{kConstantOperation, map.operation, false}}, {writes(y), a, b}, arguments,
           {groups_for(y.cols, threads), y.rows, 1}, {threads, 1, 1}, 3 * bytes_of(y));
}

void MetalEncoder::gate(ops::Out y, ops::In gate, ops::In up, ops::Activation activation) {
  assert(fits(up) && up.rows == y.rows && up.cols == y.cols);
  map(y, {.operation = activation == ops::Activation::kGeluTanh ? kMapGelu : kMapSilu, .a = &gate, .b = &up});
}
void MetalEncoder::add(ops::InOut x, ops::In delta) { map(x, {.operation = kMapAdd, .a = &delta}); }
void MetalEncoder::scale(ops::InOut x, float factor) { map(x, {.operation = kMapScale, .factor = factor}); }
void MetalEncoder::multiply(ops::InOut x, const ops::Weight& w) {
  assert(w && w.cols == x.cols);
  map(x, {.operation = kMapMultiply, .vector = &w});
}
void MetalEncoder::add_row(ops::InOut x, const ops::Weight& w) {
  assert(w && w.cols == x.cols);
  map(x, {.operation = kMapAddRow, .vector = &w});
}
void MetalEncoder::softcap(ops::InOut x, float cap) {
  assert(cap > 0);
  map(x, {.operation = kMapSoftcap, .factor = cap});
}
void MetalEncoder::copy(ops::Out y, ops::In x) { map(y, {.operation = kMapCopy, .a = &x}); }
void MetalEncoder::add_scaled(ops::InOut y, ops::In x, ops::In factors) {
  assert(fits(factors) && factors.rows == y.rows && factors.cols == 1);
  map(y, {.operation = kMapAddScaled, .a = &x, .b = &factors});
}

void MetalEncoder::norm(ops::Out y, ops::In x, const ops::Weight& w, uint32_t group, float eps) {
  const uint32_t width = w ? w.cols : group;
  assert(fits(y) && fits(x) && y.rows == x.rows && y.cols == x.cols && width > 0 && x.cols % width == 0);
  if (x.rows == 0) return;
  const NormArguments arguments{
      .width = width, .x_stride = x.stride, .y_stride = y.stride, .weighted = w ? 1u : 0u, .eps = eps};
  const Binding factors = w ? weight(w) : reads(x);
  add_work("norm", {}, {reads(x), factors, writes(y)}, arguments, {x.cols / width, x.rows, 1},
           {threads_for(width), 1, 1}, 2 * bytes_of(x));
}

void MetalEncoder::add_norm(ops::InOut x, ops::InOut delta, const ops::Weight& w, float eps) {
  assert(fits(x) && fits(delta) && x.rows == delta.rows && x.cols == delta.cols && w && w.cols == x.cols);
  if (x.rows == 0) return;
  const NormArguments arguments{
      .width = w.cols, .x_stride = delta.stride, .y_stride = x.stride, .weighted = 1, .eps = eps};
  add_work("add_norm", {}, {writes(delta), weight(w), writes(x)}, arguments, {1, x.rows, 1},
           {threads_for(w.cols), 1, 1}, 4 * bytes_of(x));
}

void MetalEncoder::match_length(ops::InOut x, ops::In like) {
  assert(fits(x) && fits(like) && x.rows == like.rows && x.cols == like.cols);
  if (x.rows == 0) return;
  const RowArguments arguments{.cols = x.cols, .x_stride = x.stride, .like_stride = like.stride, .deviations = 0};
  add_work("match_length", {}, {writes(x), reads(like)}, arguments, {1, x.rows, 1}, {threads_for(x.cols), 1, 1},
           3 * bytes_of(x));
}

void MetalEncoder::keep_peaks(ops::InOut x, float deviations) {
  assert(fits(x) && x.cols > 1);
  if (x.rows == 0) return;
  const RowArguments arguments{.cols = x.cols, .x_stride = x.stride, .like_stride = 0, .deviations = deviations};
  add_work("keep_peaks", {}, {writes(x)}, arguments, {1, x.rows, 1}, {threads_for(x.cols), 1, 1}, 3 * bytes_of(x));
}

void MetalEncoder::route(ops::Buffer& experts, ops::Buffer& weights, ops::In logits, uint32_t k) {
  constexpr uint32_t kMostExperts = kLanes * 32;  // a lane keeps which of its experts are taken in one word
  if (logits.cols > kMostExperts) {
    return commands_.fail({ErrorCode::kBackend, "at most 1024 experts were expected on the GPU, found " +
                                                    std::to_string(logits.cols) + "; choose \"cpu\""});
  }
  assert(fits(logits) && k > 0 && k <= logits.cols);
  if (logits.rows == 0) return;
  const RouteArguments arguments{.experts = logits.cols, .picks = k, .stride = logits.stride};
  add_work("route", {}, {reads(logits), writes(experts), writes(weights)}, arguments, {1, logits.rows, 1},
           {kLanes, 1, 1}, bytes_of(logits));
}

void MetalEncoder::combine_experts(ops::Out y, ops::In x, const ops::Buffer& experts, const ops::Buffer& weights,
                                   const ops::Weight& factors, uint32_t k) {
  assert(fits(y) && fits(x) && y.cols == x.cols && x.rows == y.rows * k);
  if (y.rows == 0) return;
  const CombineArguments arguments{
      .cols = y.cols, .picks = k, .x_stride = x.stride, .y_stride = y.stride, .scaled = factors ? 1u : 0u};
  const Binding scales = factors ? weight(factors) : reads(weights);
  const uint64_t threads = std::min<uint64_t>(256, groups_for(y.cols, kLanes) * kLanes);
  add_work("combine", {}, {reads(x), reads(experts), reads(weights), scales, writes(y)}, arguments,
           {groups_for(y.cols, threads), y.rows, 1}, {threads, 1, 1}, bytes_of(x) + bytes_of(y));
}

}  // namespace hearth::metal
