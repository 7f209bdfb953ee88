// native/tests/ops/matmul_test.cc: matrices of every format, judged by dense f64 products.
#include <algorithm>

#include "reference_blocks.h"

namespace hearth::test {
namespace {

struct Shape {
  uint32_t rows, cols;
};

/// Edge, ragged and real shapes in units of the block; unblocked formats also get tails of every kind.
std::vector<Shape> shapes_of(TensorType type) {
  const uint32_t block = traits_of(type)->block_elements;
  if (block == 1) return {{1, 1}, {3, 5}, {7, 16}, {9, 33}, {33, 79}, {65, 256}, {24, 1025}};
  return {{1, block}, {5, 2 * block}, {33, block * (block == 32 ? 7 : 1)}, {66, 1024}};
}

TEST_CASE("matmul is the dense product, for every format, level and number of threads") {
  for_each_bench([](Bench& bench) {
    Rng rng(11);
    for (TensorType type : kAllTypes) {
      for (const Shape shape : shapes_of(type)) {
        const RandomWeight w(type, 1, shape.rows, shape.cols, rng);
        for (uint32_t count : {1u, 3u, 17u}) {
          INFO(std::string(traits_of(type)->name)
               << ' ' << shape.rows << 'x' << shape.cols << ", " << count << " rows");
          const std::vector<float> x = rng.normals(size_t{count} * shape.cols);
          const ops::Rows in = bench.matrix(count, shape.cols, x, 5), out = bench.matrix(count, shape.rows, {}, 3);
          bench.encoder->matmul(out, in, w.weight);
          double worst = 0;  // error as a fraction of what is allowed
          for (uint32_t r = 0; r < count; ++r) {
            for (uint32_t o = 0; o < shape.rows; ++o) {
              double sum = 0, magnitude = 0;
              for (uint32_t c = 0; c < shape.cols; ++c) {
                const double term =
                    static_cast<double>(w.values[size_t{o} * shape.cols + c]) * x[size_t{r} * shape.cols + c];
                sum += term;
                magnitude += std::fabs(term);
              }
              worst = std::max(worst, std::fabs(Bench::floats(out, r)[o] - sum) / sum_bound(shape.cols, magnitude));
            }
          }
          CHECK(worst <= 1.0);
        }
      }
    }
  });
}

TEST_CASE("a row's product is the same bits however many rows and threads share the call") {
  for_each_level([](Bench& alone) {
    Rng rng(12);
    Bench shared(3, *cpu::kernels_named(alone.device->name().substr(5, alone.device->name().find(',') - 5)));
    for (TensorType type : kAllTypes) {
      const TypeTraits& traits = *traits_of(type);
      const Shape shape{37, traits.block_elements == 1 ? 307u : 768u};
      const RandomWeight w(type, 1, shape.rows, shape.cols, rng);
      const std::vector<float> x = rng.normals(size_t{40} * shape.cols);
      std::vector<float> want;
      for (uint32_t r = 0; r < 40; ++r) {
        const ops::Rows in =
            alone.matrix(1, shape.cols, {x.begin() + r * shape.cols, x.begin() + (r + 1) * shape.cols});
        const ops::Rows out = alone.matrix(1, shape.rows);
        alone.encoder->matmul(out, in, w.weight);
        const std::vector<float> row = Bench::read(out);
        want.insert(want.end(), row.begin(), row.end());
      }
      for (uint32_t count : {1u, 2u, 3u, 4u, 5u, 6u, 7u, 8u, 9u, 15u, 16u, 17u, 40u}) {
        INFO(std::string(traits.name) << ", " << count << " rows");
        const ops::Rows in = shared.matrix(count, shape.cols, x), out = shared.matrix(count, shape.rows);
        shared.encoder->matmul(out, in, w.weight);
        CHECK(same_bits(Bench::read(out), {want.begin(), want.begin() + count * shape.rows}));
      }
    }
  });
}

TEST_CASE("matmul writes its own rows and columns only") {
  for_each_bench([](Bench& bench) {
    Rng rng(13);
    const RandomWeight w(TensorType::kQ8_0, 1, 70, 64, rng);
    const ops::Rows all = bench.matrix(11, 90, std::vector<float>(11 * 90, 7.0f));
    const ops::Rows inner = all.row(1, 9).slice(8, 70);
    bench.encoder->matmul(inner, bench.matrix(9, 64, rng.normals(9 * 64)), w.weight);
    size_t touched = 0;
    for (uint32_t r = 0; r < 11; ++r) {
      for (uint32_t c = 0; c < 90; ++c) {
        if (r < 1 || r > 9 || c < 8 || c >= 78) touched += Bench::floats(all, r)[c] != 7.0f;
      }
    }
    CHECK(touched == 0);
  });
}

TEST_CASE("embed copies the decoded row of each id, times the scale") {
  for_each_bench([](Bench& bench) {
    Rng rng(14);
    for (TensorType type : kAllTypes) {
      INFO(std::string(traits_of(type)->name));
      const uint32_t cols = traits_of(type)->block_elements == 1 ? 37 : 512;
      const RandomWeight table(type, 1, 9, cols, rng);
      const std::vector<int32_t> ids = {8, 0, 3, 3, 7};
      const ops::Rows out = bench.matrix(5, cols, {}, 2);
      bench.encoder->embed(out, table.weight, ids, 39.19f);
      std::vector<float> want;
      for (int32_t id : ids) {
        for (uint32_t c = 0; c < cols; ++c) want.push_back(table.values[static_cast<size_t>(id) * cols + c] * 39.19f);
      }
      CHECK(same_bits(Bench::read(out), want));
    }
  });
}

TEST_CASE("a weight whose rows end inside a block is refused with both numbers") {
  Bench bench;
  const std::byte data[34] = {};
  const auto refused = bench.device->prepare({TensorType::kQ8_0, 33, 1, 1, data, nullptr});
  REQUIRE(!refused.ok());
  CHECK(refused.error().code == ErrorCode::kModelInvalid);
  CHECK(refused.error().message.find("multiple of 32 values, but has 33") != std::string::npos);
  CHECK(bench.device->prepare({TensorType::kQ8_0, 32, 1, 1, data, nullptr}).ok());
}

TEST_CASE("memory that cannot be had is an error that names the bytes") {
  Bench bench;
  for (const size_t bytes : {SIZE_MAX, SIZE_MAX / 4}) {
    const auto refused = bench.device->allocate(bytes);
    REQUIRE(!refused.ok());
    CHECK(refused.error().code == ErrorCode::kOutOfMemory);
    CHECK(refused.error().message.find(std::to_string(bytes)) != std::string::npos);
  }
}

}  // namespace
}  // namespace hearth::test
