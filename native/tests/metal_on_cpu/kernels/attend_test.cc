// native/tests/metal_on_cpu/kernels/attend_test.cc: rotation, the ring and attention agree with their CPU twins.
#include <cmath>

#include "metal_on_cpu/kernels/twins.h"

using namespace hearth;
using namespace hearth::test;

namespace {

struct Case {
  uint32_t heads, kv_heads, head_dim, window, slots, first, rows;
};

std::vector<double> frequencies_of(uint32_t pairs) {
  std::vector<double> frequencies;
  for (uint32_t i = 0; i < pairs; ++i) frequencies.push_back(std::pow(1e4, -static_cast<double>(i) / pairs));
  return frequencies;
}

/// Fills a ring up to `c.first + c.rows` and attends from the last `c.rows`.
std::vector<float> attended(Twin& twin, const Case& c, ops::KvFormat format) {
  Rng rng(c.head_dim + c.first);
  const uint32_t width = c.kv_heads * c.head_dim, positions = c.first + c.rows;
  const size_t bytes = size_t{c.slots} * width * (format == ops::KvFormat::kF16 ? 2 : 4);
  const ops::KvView view = {&twin.buffer(bytes), &twin.buffer(bytes), format, c.slots, c.kv_heads, c.head_dim};
  const auto keys = rng.normals(size_t{positions} * width), values = rng.normals(size_t{positions} * width);
  const auto q = rng.normals(size_t{c.rows} * c.heads * c.head_dim);
  const auto slice = [&](const std::vector<float>& all, uint32_t p, uint32_t count) {
    return std::vector<float>(all.begin() + p * width, all.begin() + (p + count) * width);
  };
  for (uint32_t p = 0; p < positions;) {
    const uint32_t bite = std::min({positions - p, c.slots, 1 + rng.below(70)});
    twin.encoder->store_kv(view, twin.matrix(bite, width, slice(keys, p, bite), 2),
                           twin.matrix(bite, width, slice(values, p, bite)), p);
    p += bite;
  }
  const auto from = twin.matrix(c.rows, c.heads * c.head_dim, q, 3), to = twin.matrix(c.rows, c.heads * c.head_dim);
  twin.encoder->attend(to, from, view,
                       {.heads = c.heads, .scale = 0.2f, .first_position = c.first, .window = c.window});
  twin.finish();
  return Bench::read(to);
}

}  // namespace

TEST_CASE("rotation by either pairing is the CPU's, also far out") {
  for (const bool adjacent : {false, true}) {
    for (const uint32_t pairs : {32u, 7u}) {
      Rng rng(pairs);
      const auto x = rng.normals(size_t{3} * 2 * 64);
      const auto frequencies = frequencies_of(pairs);
      check_twins(1e-6f, [&](Twin& twin) {
        const auto rows = twin.matrix(3, 128, x, 5);
        twin.encoder->rope(rows, {.frequencies = frequencies, .head_dim = 64, .adjacent = adjacent}, 131071);
        twin.encoder->rope(rows, {.frequencies = frequencies, .head_dim = 64, .adjacent = adjacent}, 131071);
        twin.finish();
        return Bench::read(rows);
      });
    }
  }
}

TEST_CASE("attention over a ring, through a window, in either cache format, is the CPU's") {
  const Case cases[] = {
      {4, 2, 32, 0, 64, 0, 5},     {2, 1, 20, 8, 16, 30, 3},  {3, 1, 64, 0, 600, 290, 2},
      {2, 2, 128, 24, 40, 255, 2}, {2, 1, 256, 0, 40, 20, 2}, {1, 1, 512, 300, 320, 511, 2},
  };
  for (const Case& c : cases) {
    for (const ops::KvFormat format : {ops::KvFormat::kF16, ops::KvFormat::kF32}) {
      CAPTURE(c.head_dim);
      CAPTURE(c.first);
      check_twins(2e-5f, [&](Twin& twin) { return attended(twin, c, format); });
    }
  }
}

TEST_CASE("a long context, where each block has a threadgroup of its own, is the CPU's") {
  check_twins(2e-5f, [&](Twin& twin) { return attended(twin, {1, 1, 32, 0, 1400, 1290, 2}, ops::KvFormat::kF16); });
  // Blocks apart of a window, and of heads whose values two threads' worth of dimensions share.
  check_twins(2e-5f, [&](Twin& twin) { return attended(twin, {1, 1, 32, 1100, 1200, 2000, 2}, ops::KvFormat::kF16); });
  check_twins(2e-5f, [&](Twin& twin) { return attended(twin, {2, 1, 512, 0, 900, 800, 1}, ops::KvFormat::kF32); });
}

TEST_CASE("a row attends to the same bits alone, beside others, and with its blocks together") {
  Twin gpu(open_fake());
  const uint32_t first = 1020, rows = 20;  // blocks go apart for few rows, and stay together for 17 and more
  Rng rng(3);
  const size_t bytes = size_t{1100} * 32 * 2;
  const ops::KvView view = {&gpu.buffer(bytes), &gpu.buffer(bytes), ops::KvFormat::kF16, 1100, 1, 32};
  for (uint32_t p = 0; p < first + rows; p += 40)
    gpu.encoder->store_kv(view, gpu.matrix(40, 32, rng.normals(40 * 32)), gpu.matrix(40, 32, rng.normals(40 * 32)), p);
  const auto q = gpu.matrix(rows, 32, rng.normals(rows * 32)), all = gpu.matrix(rows, 32);
  gpu.encoder->attend(all, q, view, {.heads = 1, .scale = 0.3f, .first_position = first, .window = 0});
  for (const uint32_t together : {1u, 3u}) {
    const auto some = gpu.matrix(rows, 32);
    for (uint32_t r = 0; r < rows; r += together) {
      const uint32_t count = std::min(together, rows - r);
      gpu.encoder->attend(some.row(r, count), q.row(r, count), view,
                          {.heads = 1, .scale = 0.3f, .first_position = first + r, .window = 0});
    }
    gpu.finish();
    CHECK(same_bits(Bench::read(some), Bench::read(all)));
  }
  CHECK(fake::complaints() == std::vector<std::string>{});
}
