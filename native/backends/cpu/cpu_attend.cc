// native/backends/cpu/cpu_attend.cc: rotary positions, the key/value ring, attention over it.
#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>

#include "backends/cpu/cpu_encoder.h"

namespace hearth::cpu {

const CpuEncoder::Angles& CpuEncoder::angles_for(const ops::RopeTable& table, uint32_t first_position, uint32_t rows) {
  const auto matches = [&](const Angles& angles) {
    return angles.rows == rows && angles.first_position == first_position &&
           std::equal(angles.frequencies.begin(), angles.frequencies.end(), table.frequencies.begin(),
                      table.frequencies.end());
  };
  for (uint32_t i = 0; i < 2; ++i) {
    if (!matches(angles_[i])) continue;
    older_angles_ = 1 - i;
    return angles_[i];
  }
  Angles& angles = angles_[older_angles_];
  older_angles_ = 1 - older_angles_;
  const size_t pairs = table.frequencies.size();
  angles.frequencies.assign(table.frequencies.begin(), table.frequencies.end());
  angles.first_position = first_position;
  angles.rows = rows;
  angles.cosines.resize(rows * pairs);
  angles.sines.resize(rows * pairs);
  pool_.run(rows, [&](uint32_t r, uint32_t) {
    for (size_t i = 0; i < pairs; ++i) {
      const double angle = (static_cast<double>(first_position) + r) * table.frequencies[i];
      angles.cosines[r * pairs + i] = static_cast<float>(std::cos(angle));
      angles.sines[r * pairs + i] = static_cast<float>(std::sin(angle));
    }
  });
  return angles;
}

namespace {

void rotate_adjacent(float* head, const float* cosines, const float* sines, size_t pairs) {
  for (size_t i = 0; i < pairs; ++i) {
    const float a = head[2 * i], b = head[2 * i + 1];
    head[2 * i] = a * cosines[i] - b * sines[i];
    head[2 * i + 1] = a * sines[i] + b * cosines[i];
  }
}

}  // namespace

void CpuEncoder::rope(ops::InOut x, const ops::RopeTable& table, uint32_t first_position) {
  const size_t pairs = table.frequencies.size();
  assert(fits(x) && table.head_dim > 0 && x.cols % table.head_dim == 0 && pairs <= table.head_dim / 2);
  if (x.rows == 0) return;
  const Angles& angles = angles_for(table, first_position, x.rows);
  const uint32_t heads = x.cols / table.head_dim;
  const uint32_t each = std::max(1u, 8192 / x.cols);
  pool_.run((x.rows + each - 1) / each, [&](uint32_t index, uint32_t) {
    const uint32_t end = std::min(x.rows, (index + 1) * each);
    for (uint32_t r = index * each; r < end; ++r) {
      const float* cosines = angles.cosines.data() + r * pairs;
      const float* sines = angles.sines.data() + r * pairs;
      for (uint32_t h = 0; h < heads; ++h) {
        float* head = row_of(x, r) + size_t{h} * table.head_dim;
        if (table.adjacent) {
          rotate_adjacent(head, cosines, sines, pairs);
        } else {
          kernels_.rotate(head, cosines, sines, pairs, table.head_dim / 2);
        }
      }
    }
  });
}

namespace {

size_t value_bytes(ops::KvFormat format) { return format == ops::KvFormat::kF16 ? 2 : 4; }
size_t slot_bytes(const ops::KvView& cache) {
  return size_t{cache.kv_heads} * cache.head_dim * value_bytes(cache.format);
}

}  // namespace

void CpuEncoder::store_kv(const ops::KvView& cache, ops::In k, ops::In v, uint32_t first_position) {
  const uint32_t width = cache.kv_heads * cache.head_dim;
  assert(fits(k) && fits(v) && k.rows == v.rows && k.cols == width && v.cols == width);
  assert(k.rows <= cache.slots);
  assert(cache.k->bytes() >= cache.slots * slot_bytes(cache) && cache.v->bytes() >= cache.slots * slot_bytes(cache));
  for (uint32_t r = 0; r < k.rows; ++r) {
    const size_t at = (first_position + r) % cache.slots * slot_bytes(cache);
    if (cache.format == ops::KvFormat::kF16) {
      kernels_.to_half(reinterpret_cast<uint16_t*>(cache.k->host() + at), row_of(k, r), width);
      kernels_.to_half(reinterpret_cast<uint16_t*>(cache.v->host() + at), row_of(v, r), width);
    } else {
      std::memcpy(cache.k->host() + at, row_of(k, r), width * sizeof(float));
      std::memcpy(cache.v->host() + at, row_of(v, r), width * sizeof(float));
    }
  }
}

void CpuEncoder::attend(ops::Out y, ops::In q, const ops::KvView& cache, const ops::AttendParams& params) {
  assert(fits(y) && fits(q) && y.rows == q.rows && y.cols == q.cols && q.cols == params.heads * cache.head_dim);
  assert(cache.kv_heads > 0 && params.heads % cache.kv_heads == 0);
  const uint32_t per_kv = params.heads / cache.kv_heads;
  // Heads that share keys go together, as long as that leaves work for every thread.
  uint32_t together = std::min(per_kv, kAttendHeads);
  const auto tasks_of = [&](uint32_t heads) { return (per_kv + heads - 1) / heads * cache.kv_heads * q.rows; };
  while (together > 1 && tasks_of(together) < pool_.threads()) together = (together + 1) / 2;
  const uint32_t groups = (per_kv + together - 1) / together;

  for (auto& sums : sums_) {
    if (sums.size() < size_t{kAttendHeads} * cache.head_dim) sums.resize(size_t{kAttendHeads} * cache.head_dim);
  }
  pool_.run(tasks_of(together), [&](uint32_t index, uint32_t worker) {
    const uint32_t group = index % groups, kv_head = index / groups % cache.kv_heads,
                   r = index / groups / cache.kv_heads;
    const uint32_t head = kv_head * per_kv + group * together;
    const uint32_t position = params.first_position + r;
    const uint32_t visible = params.window == 0 ? position + 1 : std::min(position + 1, params.window);
    assert(visible <= cache.slots);
    const size_t head_bytes = size_t{kv_head} * cache.head_dim * value_bytes(cache.format);
    kernels_.attend({.q = row_of(q, r) + size_t{head} * cache.head_dim,
                     .y = row_of(y, r) + size_t{head} * cache.head_dim,
                     .heads = std::min(together, per_kv - group * together),
                     .head_dim = cache.head_dim,
                     .k = cache.k->host() + head_bytes,
                     .v = cache.v->host() + head_bytes,
                     .format = cache.format,
                     .slot_bytes = slot_bytes(cache),
                     .slots = cache.slots,
                     .first_key = position + 1 - visible,
                     .keys = visible,
                     .scale = params.scale,
                     .sums = sums_[worker].data()});
  });
}

}  // namespace hearth::cpu
