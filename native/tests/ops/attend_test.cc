// native/tests/ops/attend_test.cc: the key/value ring and attention over it, judged by a two-pass softmax in f64.
#include <algorithm>

#include "op_test.h"

namespace hearth::test {
namespace {

struct Case {
  uint32_t heads, kv_heads, head_dim, window, slots, first, rows;
  float scale, width;
};

/// A cache of `c.first + c.rows` positions, of which the ring still holds the last `c.slots`.
struct Cache {
  Cache(Bench& bench, const Case& c, ops::KvFormat format, Rng& rng) {
    const uint32_t width = c.kv_heads * c.head_dim, positions = c.first + c.rows;
    const size_t bytes = size_t{c.slots} * width * (format == ops::KvFormat::kF16 ? 2 : 4);
    keys = rng.normals(size_t{positions} * width, c.width);
    values = rng.normals(size_t{positions} * width);
    view = {&bench.buffer(bytes), &bench.buffer(bytes), format, c.slots, c.kv_heads, c.head_dim};
    for (uint32_t p = 0; p < positions;) {  // in uneven bites, as a prompt and then tokens would come
      const uint32_t bite = std::min({positions - p, c.slots, 1 + rng.below(70)});
      const ops::Rows k = bench.matrix(bite, width, {keys.begin() + p * width, keys.begin() + (p + bite) * width}, 2);
      const ops::Rows v = bench.matrix(bite, width, {values.begin() + p * width, values.begin() + (p + bite) * width});
      bench.encoder->store_kv(view, k, v, p);
      p += bite;
    }
    if (format == ops::KvFormat::kF16) {  // what the cache holds is what attention is about
      const auto& kernels = *cpu::all_kernels().front();
      for (std::vector<float>* all : {&keys, &values}) {
        std::vector<uint16_t> halves(all->size());
        kernels.to_half(halves.data(), all->data(), all->size());
        kernels.decode(TensorType::kF16, reinterpret_cast<const std::byte*>(halves.data()), all->data(), all->size());
      }
    }
  }
  std::vector<float> keys, values;
  ops::KvView view;
};

/// Worst error over all outputs, as a fraction of the bound: scores carry an f32 dot product's rounding into every
/// weight, and the weighted sum adds its own.
double worst_error(const Case& c, const Cache& cache, const std::vector<float>& q, const std::vector<float>& y) {
  const uint32_t width = c.kv_heads * c.head_dim;
  double worst = 0;
  for (uint32_t r = 0; r < c.rows; ++r) {
    const uint32_t position = c.first + r;
    const uint32_t begin = c.window && position + 1 > c.window ? position + 1 - c.window : 0;
    for (uint32_t h = 0; h < c.heads; ++h) {
      const uint32_t kv = h / (c.heads / c.kv_heads);
      const float* query = q.data() + (size_t{r} * c.heads + h) * c.head_dim;
      std::vector<double> scores;
      double highest = -1e300, score_error = 0;
      for (uint32_t p = begin; p <= position; ++p) {
        double sum = 0, magnitude = 0;
        for (uint32_t d = 0; d < c.head_dim; ++d) {
          const double term = static_cast<double>(query[d]) * cache.keys[size_t{p} * width + kv * c.head_dim + d];
          sum += term;
          magnitude += std::fabs(term);
        }
        scores.push_back(sum * static_cast<double>(c.scale));
        highest = std::max(highest, scores.back());
        score_error = std::max(score_error, (sum_bound(c.head_dim, magnitude) + 0x1p-22 * magnitude) * c.scale);
      }
      double total = 0;
      for (double& score : scores) total += score = std::exp(score - highest);
      for (uint32_t d = 0; d < c.head_dim; ++d) {
        double want = 0, magnitude = 0;
        for (size_t i = 0; i < scores.size(); ++i) {
          const double term = scores[i] / total * cache.values[(begin + i) * width + kv * c.head_dim + d];
          want += term;
          magnitude += std::fabs(term);
        }
        const double bound = magnitude * (2 * score_error + 72 * 0x1p-24) + 1e-30;
        worst = std::max(worst, std::fabs(y[(size_t{r} * c.heads + h) * c.head_dim + d] - want) / bound);
      }
    }
  }
  return worst;
}

const Case kCases[] = {
    {1, 1, 32, 0, 8, 0, 1, 1.0f, 1.0f},          // the first token sees itself
    {3, 1, 32, 16, 24, 31, 9, 0.18f, 1.0f},      // a window, a ring that wraps
    {8, 1, 256, 0, 200, 150, 5, 0.0625f, 1.0f},  // more than two tiles of keys
    {4, 2, 64, 0, 130, 63, 3, 1.0f, 0.5f},       // on the edge of a tile
    {4, 4, 128, 20, 32, 1000, 7, 0.09f, 1.0f},   // far out, wrapped many times
    {16, 2, 512, 96, 128, 200, 3, 1.0f, 0.2f},   // unscaled wide heads
    {5, 1, 40, 0, 90, 80, 2, 1.0f, 3.0f},        // a width no register divides, scores in the tens
    {2, 1, 64, 20, 40, 15, 9, 1.0f, 0.5f},       // from fewer keys than the window to more
    {2, 2, 80, 1, 4, 9, 3, 1.0f, 1.0f},          // a window of the token alone
};

TEST_CASE("attend is softmax attention over the visible keys, in both cache formats") {
  for_each_bench([](Bench& bench) {
    Rng rng(31);
    for (const Case& c : kCases) {
      for (ops::KvFormat format : {ops::KvFormat::kF32, ops::KvFormat::kF16}) {
        INFO("heads " << c.heads << '/' << c.kv_heads << " of " << c.head_dim << ", window " << c.window << ", from "
                      << c.first);
        INFO(std::string(format == ops::KvFormat::kF16 ? "f16" : "f32"));
        // A row needs every key of its window, so what is stored after it must not have overwritten one.
        REQUIRE(c.slots >= (c.window ? std::min(c.window + c.rows - 1, c.first + c.rows) : c.first + c.rows));
        const Cache cache(bench, c, format, rng);
        const std::vector<float> q = rng.normals(size_t{c.rows} * c.heads * c.head_dim);
        const ops::Rows y = bench.matrix(c.rows, c.heads * c.head_dim, {}, 4);
        const ops::AttendParams params{c.heads, c.scale, c.first, c.window};
        bench.encoder->attend(y, bench.matrix(c.rows, c.heads * c.head_dim, q), cache.view, params);
        CHECK(worst_error(c, cache, q, Bench::read(y)) <= 1.0);
      }
    }
  });
}

TEST_CASE("a row attends to the same bits however many rows, heads and threads share the call") {
  for (const cpu::Kernels* kernels : cpu::all_kernels()) {
    INFO(std::string(kernels->name));
    Rng rng(32);
    Bench alone(1, *kernels), shared(3, *kernels);
    const Case c{8, 2, 64, 50, 80, 100, 9, 0.125f, 1.0f};
    for (ops::KvFormat format : {ops::KvFormat::kF32, ops::KvFormat::kF16}) {
      const Cache cache(alone, c, format, rng);
      const std::vector<float> q = rng.normals(size_t{c.rows} * c.heads * c.head_dim);
      const ops::Rows together = shared.matrix(c.rows, c.heads * c.head_dim);
      shared.encoder->attend(together, shared.matrix(c.rows, c.heads * c.head_dim, q), cache.view,
                             {c.heads, c.scale, c.first, c.window});
      const ops::Rows in = alone.matrix(c.rows, c.heads * c.head_dim, q),
                      single = alone.matrix(c.rows, c.heads * c.head_dim);
      for (uint32_t r = 0; r < c.rows; ++r) {
        alone.encoder->attend(single.row(r), in.row(r), cache.view, {c.heads, c.scale, c.first + r, c.window});
      }
      CHECK(same_bits(Bench::read(together), Bench::read(single)));
    }
  }
}

TEST_CASE("scores of many thousands neither overflow nor lose the winner") {
  for_each_level([](Bench& bench) {
    const uint32_t width = 32;
    std::vector<float> k(3 * width, 0.0f), v(3 * width);
    for (uint32_t d = 0; d < width; ++d) {
      k[width + d] = 100;
      k[2 * width + d] = -100;
      v[d] = 1, v[width + d] = 2, v[2 * width + d] = 3;
    }
    const ops::KvView view{&bench.buffer(4096), &bench.buffer(4096), ops::KvFormat::kF32, 4, 1, width};
    bench.encoder->store_kv(view, bench.matrix(3, width, k), bench.matrix(3, width, v), 0);
    const ops::Rows y = bench.matrix(1, width);
    bench.encoder->attend(y, bench.matrix(1, width, std::vector<float>(width, 30.0f)), view, {1, 1.0f, 2, 0});
    for (float value : Bench::read(y)) CHECK(value == 2.0f);
  });
}

TEST_CASE("store_kv keeps one slot a position and rounds to the nearest f16") {
  for_each_level([](Bench& bench) {
    const ops::KvView view{&bench.buffer(3 * 2 * 4 * 2), &bench.buffer(3 * 2 * 4 * 2), ops::KvFormat::kF16, 3, 2, 4};
    std::vector<float> k(16), v(16);
    for (size_t i = 0; i < 16; ++i) k[i] = 1.0f + static_cast<float>(i), v[i] = 1.0f + 0x1p-11f * (i % 2 ? 1.0f : 3.0f);
    bench.encoder->store_kv(view, bench.matrix(2, 8, k), bench.matrix(2, 8, v), 5);  // slots 2 and 0
    std::vector<float> keys(24), values(24);
    bench.encoder->finish().ok();
    cpu::all_kernels().front()->decode(TensorType::kF16, view.k->host(), keys.data(), 24);
    cpu::all_kernels().front()->decode(TensorType::kF16, view.v->host(), values.data(), 24);
    for (size_t i = 0; i < 8; ++i) {
      CHECK(keys[16 + i] == k[i]);
      CHECK(keys[8 + i] == 0.0f);
      CHECK(keys[i] == k[8 + i]);
      CHECK(values[i] == (i % 2 ? 1.0f : 1.0f + 0x1p-9f));  // both are ties: to the even neighbour
    }
  });
}

}  // namespace
}  // namespace hearth::test
