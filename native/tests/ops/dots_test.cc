// native/tests/ops/dots_test.cc: fast numerics. Every format and instruction set against products in f64, against the
// exact numerics within what rounding activations may cost, and against each other bit by bit.
#include "backends/cpu/dots.h"

#include <algorithm>

#include "reference_blocks.h"

namespace hearth::test {
namespace {

constexpr TensorType kPackedTypes[] = {TensorType::kQ4_0, TensorType::kQ4_1, TensorType::kQ5_0, TensorType::kQ5_1,
                                       TensorType::kQ8_0, TensorType::kQ4_K, TensorType::kQ5_K, TensorType::kQ6_K};

struct Shape {
  uint32_t rows, cols;
};
std::vector<Shape> shapes_of(TensorType type) {
  const uint32_t block = traits_of(type)->block_elements;
  return {{2, block}, {5, 3 * block}, {16, block}, {33, block == 32 ? 224u : 256u}, {130, 1024}};
}

Bench fast_bench(const cpu::DotKernels& dots, int threads = 1, cpu::PackWhen when = cpu::PackWhen::kAtOnce) {
  return Bench(cpu::open_cpu(threads, cpu::best_kernels(), &dots, when));
}

ops::Weight prepared(Bench& bench, const ops::Weight& weight) {
  auto result = bench.device->prepare(weight);
  REQUIRE(result.ok());
  return result.value();
}

/// Activations of very different sizes, as after a norm: some large, most small, some zero.
std::vector<float> activations(Rng& rng, size_t count) {
  std::vector<float> x = rng.normals(count);
  for (size_t i = 0; i < count; ++i) {
    if (rng.below(40) == 0) x[i] *= 30;
    if (rng.below(20) == 0) x[i] = 0;
  }
  if (count >= 64) std::fill(x.begin() + 32, x.begin() + 64, 0.0f);  // a whole block of zeros
  return x;
}

/// What rounding to eight bits makes of a row, spelled from its description.
struct Rounded {
  std::vector<double> values;
  std::vector<double> most_off;  // half a step
};
Rounded rounded(const float* x, uint32_t cols) {
  Rounded out;
  for (uint32_t begin = 0; begin < cols; begin += 32) {
    float peak = 0;
    for (uint32_t i = begin; i < begin + 32; ++i) peak = std::max(peak, std::fabs(x[i]));
    const double step = static_cast<double>(peak / 127.0f);
    for (uint32_t i = begin; i < begin + 32; ++i) {
      out.values.push_back(peak > 0 ? std::nearbyint(static_cast<double>(x[i] * (127.0f / peak))) * step : 0);
      out.most_off.push_back(step * 0.5001);  // the quotient is rounded before its nearest whole number is taken
    }
  }
  return out;
}

TEST_CASE("fast products are those of the rounded activations, and as near to the exact ones as rounding allows") {
  for (const cpu::DotKernels* dots : cpu::all_dots()) {
    INFO(std::string(dots->name));
    Bench bench = fast_bench(*dots), exact;
    Rng rng(31);
    for (const TensorType type : kPackedTypes) {
      for (const Shape shape : shapes_of(type)) {
        const RandomWeight w(type, 1, shape.rows, shape.cols, rng);
        const ops::Weight packed = prepared(bench, w.weight);
        REQUIRE(packed.prepared != nullptr);
        for (uint32_t count = 1; count <= 9; ++count) {
          INFO(std::string(traits_of(type)->name)
               << ' ' << shape.rows << 'x' << shape.cols << ", " << count << " rows");
          const std::vector<float> x = activations(rng, size_t{count} * shape.cols);
          const ops::Rows in = bench.matrix(count, shape.cols, x, 5), out = bench.matrix(count, shape.rows, {}, 3);
          const ops::Rows exact_out = exact.matrix(count, shape.rows);
          bench.encoder->matmul(out, in, packed);
          exact.encoder->matmul(exact_out, exact.matrix(count, shape.cols, x), w.weight);
          double worst = 0, worst_exact = 0;  // error as a fraction of what is allowed
          for (uint32_t r = 0; r < count; ++r) {
            const Rounded row = rounded(x.data() + size_t{r} * shape.cols, shape.cols);
            for (uint32_t o = 0; o < shape.rows; ++o) {
              double sum = 0, magnitude = 0, allowed = 0, plain = 0;
              for (uint32_t c = 0; c < shape.cols; ++c) {
                const double weight = static_cast<double>(w.values[size_t{o} * shape.cols + c]);
                sum += weight * row.values[c];
                magnitude += std::fabs(weight * row.values[c]);
                plain += std::fabs(weight * static_cast<double>(x[size_t{r} * shape.cols + c]));
                allowed += std::fabs(weight) * row.most_off[c];
              }
              // A minimum and a scale that cancel make terms larger than the weights: four covers the formats' ranges.
              const double float_sum = 4 * sum_bound(shape.cols, magnitude + allowed);
              const double got = Bench::floats(out, r)[o];
              worst = std::max(worst, std::fabs(got - sum) / float_sum);
              worst_exact = std::max(worst_exact, std::fabs(got - Bench::floats(exact_out, r)[o]) /
                                                      (allowed + float_sum + sum_bound(shape.cols, plain)));
            }
          }
          CHECK(worst <= 1.0);
          CHECK(worst_exact <= 1.0);
        }
      }
    }
  }
}

TEST_CASE(
    "a row's fast product is the same bits on every instruction set, in every company, on every thread and packed at "
    "any time") {
  for (const TensorType type : kPackedTypes) {
    Rng rng(32);
    const Shape shape{53, 768};
    const RandomWeight w(type, 1, shape.rows, shape.cols, rng);
    const std::vector<float> x = activations(rng, size_t{70} * shape.cols);
    std::vector<float> want;
    {
      Bench alone = fast_bench(*cpu::all_dots().front());
      const ops::Weight packed = prepared(alone, w.weight);
      for (uint32_t r = 0; r < 70; ++r) {
        const ops::Rows in =
            alone.matrix(1, shape.cols, {x.begin() + r * shape.cols, x.begin() + (r + 1) * shape.cols});
        const ops::Rows out = alone.matrix(1, shape.rows);
        alone.encoder->matmul(out, in, packed);
        const std::vector<float> row = Bench::read(out);
        want.insert(want.end(), row.begin(), row.end());
      }
    }
    for (const cpu::DotKernels* dots : cpu::all_dots())
      for (const cpu::PackWhen when : {cpu::PackWhen::kAtOnce, cpu::PackWhen::kBehind, cpu::PackWhen::kNever}) {
        Bench shared = fast_bench(*dots, 3, when);
        const ops::Weight packed = prepared(shared, w.weight);
        for (uint32_t count : {1u, 2u, 3u, 4u, 5u, 6u, 7u, 8u, 9u, 15u, 16u, 17u, 33u, 64u, 70u}) {
          INFO(std::string(traits_of(type)->name) << ", " << std::string(dots->name) << ", " << count << " rows");
          const ops::Rows in = shared.matrix(count, shape.cols, x), out = shared.matrix(count, shape.rows);
          shared.encoder->matmul(out, in, packed);
          CHECK(same_bits(Bench::read(out), {want.begin(), want.begin() + count * shape.rows}));
        }
      }
  }
}

TEST_CASE("experts' fast products are those of single matrices") {
  for (const cpu::DotKernels* dots : cpu::all_dots()) {
    for (const bool x_per_choice : {false, true}) {
      INFO(std::string(dots->name) << (x_per_choice ? ", a row a choice" : ", a row a token"));
      Bench bench = fast_bench(*dots, 2, x_per_choice ? cpu::PackWhen::kAtOnce : cpu::PackWhen::kNever);
      Rng rng(33);
      const uint32_t experts = 5, k = 2, rows = 7, width = 37, cols = 256;
      const RandomWeight w(TensorType::kQ4_K, experts, width, cols, rng);
      const ops::Weight packed = prepared(bench, w.weight);
      const uint32_t x_rows = x_per_choice ? rows * k : rows;
      const std::vector<float> x = activations(rng, size_t{x_rows} * cols);
      ops::Buffer& chosen = bench.buffer(rows * k * sizeof(int32_t));
      auto* ids = reinterpret_cast<int32_t*>(chosen.host());
      for (uint32_t i = 0; i < rows * k; ++i) ids[i] = static_cast<int32_t>(rng.below(4));  // the fifth is never chosen
      const ops::Rows out = bench.matrix(rows * k, width);
      bench.encoder->matmul_experts(out, bench.matrix(x_rows, cols, x), packed, chosen, k, x_per_choice);
      for (uint32_t i = 0; i < rows * k; ++i) {
        const size_t bytes = w.traits.block_bytes * (cols / w.traits.block_elements) * width;
        ops::Weight one = w.weight;
        one.count = 1;
        one.data += bytes * static_cast<size_t>(ids[i]);
        const uint32_t r = x_per_choice ? i : i / k;
        const ops::Rows single = bench.matrix(1, width);
        bench.encoder->matmul(single, bench.matrix(1, cols, {x.begin() + r * cols, x.begin() + (r + 1) * cols}),
                              prepared(bench, one));
        CHECK(std::memcmp(Bench::floats(out, i), Bench::floats(single), width * sizeof(float)) == 0);
      }
    }
  }
}

TEST_CASE("fast products write their own rows and columns only") {
  for (const cpu::DotKernels* dots : cpu::all_dots()) {
    INFO(std::string(dots->name));
    Bench bench = fast_bench(*dots, 2);
    Rng rng(34);
    const RandomWeight w(TensorType::kQ6_K, 1, 70, 256, rng);
    const ops::Weight packed = prepared(bench, w.weight);
    for (const uint32_t count : {1u, 9u, 21u}) {
      const ops::Rows all = bench.matrix(count + 2, 90, std::vector<float>((count + 2) * 90, 7.0f));
      bench.encoder->matmul(all.row(1, count).slice(8, 70), bench.matrix(count, 256, rng.normals(count * 256)), packed);
      size_t touched = 0;
      for (uint32_t r = 0; r < count + 2; ++r) {
        for (uint32_t c = 0; c < 90; ++c) {
          if (r < 1 || r > count || c < 8 || c >= 78) touched += Bench::floats(all, r)[c] != 7.0f;
        }
      }
      CHECK(touched == 0);
    }
  }
}

TEST_CASE("a row that is not finite stays in its row") {
  for (const cpu::DotKernels* dots : cpu::all_dots()) {
    INFO(std::string(dots->name));
    Bench bench = fast_bench(*dots);
    Rng rng(35);
    const RandomWeight w(TensorType::kQ4_0, 1, 20, 64, rng);
    const ops::Weight packed = prepared(bench, w.weight);
    std::vector<float> x = rng.normals(3 * 64);
    const ops::Rows before = bench.matrix(3, 20);
    bench.encoder->matmul(before, bench.matrix(3, 64, x), packed);
    x[64 + 7] = NAN;
    x[64 + 40] = 1e-42f;
    const ops::Rows after = bench.matrix(3, 20);
    bench.encoder->matmul(after, bench.matrix(3, 64, x), packed);
    for (const uint32_t r : {0u, 2u})
      CHECK(std::memcmp(Bench::floats(before, r), Bench::floats(after, r), 20 * sizeof(float)) == 0);
    CHECK(std::isnan(Bench::floats(after, 1)[3]));
  }
}

TEST_CASE("weights that are only looked up, and formats without integer products, are not copied") {
  Bench bench = fast_bench(*cpu::all_dots().front());
  Rng rng(36);
  RandomWeight table(TensorType::kQ4_0, 1, 40, 64, rng);
  table.weight.by_rows = true;
  const RandomWeight other(TensorType::kIQ4_NL, 1, 40, 64, rng);
  CHECK(prepared(bench, table.weight).prepared == nullptr);
  CHECK(prepared(bench, other.weight).prepared == nullptr);
  CHECK(bench.device->prepared_bytes() == 0);
  table.weight.by_rows = false;
  CHECK(prepared(bench, table.weight).prepared != nullptr);
  CHECK(bench.device->prepared_bytes() == 3 * 2 * (32 + 4 * 64));  // panels, blocks, header and lines
}

}  // namespace
}  // namespace hearth::test
