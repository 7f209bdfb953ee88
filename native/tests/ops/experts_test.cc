// native/tests/ops/experts_test.cc: routing, the experts' matrices, and their weighted sum.
#include <algorithm>
#include <numeric>

#include "reference_blocks.h"

namespace hearth::test {
namespace {

int32_t* ids_of(ops::Buffer& buffer) { return reinterpret_cast<int32_t*>(buffer.host()); }
float* floats_of(ops::Buffer& buffer) { return reinterpret_cast<float*>(buffer.host()); }

TEST_CASE("route takes the k most probable experts in order and renormalises them") {
  Bench bench;
  Rng rng(21);
  const uint32_t rows = 50, experts = 128, k = 8;
  const std::vector<float> logits = rng.normals(size_t{rows} * experts, 3);
  ops::Buffer& chosen = bench.buffer(rows * k * 4);
  ops::Buffer& shares = bench.buffer(rows * k * 4);
  bench.encoder->route(chosen, shares, bench.matrix(rows, experts, logits, 1), k);
  for (uint32_t r = 0; r < rows; ++r) {
    const float* logit = logits.data() + size_t{r} * experts;
    std::vector<int32_t> order(experts);
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(),
              [&](int32_t a, int32_t b) { return logit[a] != logit[b] ? logit[a] > logit[b] : a < b; });
    double all = 0, kept = 0;
    for (uint32_t e = 0; e < experts; ++e) all += std::exp(static_cast<double>(logit[e]));
    for (uint32_t j = 0; j < k; ++j) kept += std::exp(static_cast<double>(logit[order[j]])) / all;
    for (uint32_t j = 0; j < k; ++j) {
      REQUIRE(ids_of(chosen)[r * k + j] == order[j]);
      const double want = std::exp(static_cast<double>(logit[order[j]])) / all / kept;
      REQUIRE(floats_of(shares)[r * k + j] == doctest::Approx(want).epsilon(1e-6));
    }
  }
}

TEST_CASE("equal logits go to the lowest index, and NaN still yields valid and different experts") {
  Bench bench;
  ops::Buffer& chosen = bench.buffer(64);
  ops::Buffer& shares = bench.buffer(64);
  bench.encoder->route(chosen, shares, bench.matrix(1, 6, {1, 2, 2, 0, 2, 1}), 4);
  CHECK(std::vector<int32_t>(ids_of(chosen), ids_of(chosen) + 4) == std::vector<int32_t>{1, 2, 4, 0});
  bench.encoder->route(chosen, shares, bench.matrix(1, 4, {NAN, NAN, NAN, NAN}), 3);
  CHECK(std::vector<int32_t>(ids_of(chosen), ids_of(chosen) + 3) == std::vector<int32_t>{0, 1, 2});
}

TEST_CASE("matmul_experts multiplies each choice by its own expert, with the bits of a plain matmul") {
  for_each_bench([](Bench& bench) {
    Rng rng(22);
    for (TensorType type :
         {TensorType::kF32, TensorType::kQ4_0, TensorType::kMXFP4, TensorType::kQ5_0, TensorType::kQ6_K}) {
      const uint32_t experts = 6, k = 3, rows = 19, cols = 256;
      const RandomWeight w(type, experts, rows, cols, rng);
      for (uint32_t tokens : {1u, 4u, 40u}) {
        for (bool per_choice : {false, true}) {
          INFO(std::string(traits_of(type)->name)
               << ", " << tokens << " tokens, a row of x per choice: " << per_choice);
          ops::Buffer& chosen = bench.buffer(tokens * k * 4);
          for (uint32_t i = 0; i < tokens * k; ++i)
            ids_of(chosen)[i] = static_cast<int32_t>((rng.below(2) * 3 + i) % experts);
          const uint32_t inputs = per_choice ? tokens * k : tokens;
          const ops::Rows x = bench.matrix(inputs, cols, rng.normals(size_t{inputs} * cols), 1);
          const ops::Rows y = bench.matrix(tokens * k, rows);
          bench.encoder->matmul_experts(y, x, w.weight, chosen, k, per_choice);
          size_t differ = 0;
          for (uint32_t i = 0; i < tokens * k; ++i) {
            ops::Weight one = w.weight;
            one.count = 1;
            one.data +=
                static_cast<size_t>(ids_of(chosen)[i]) * rows * cols / w.traits.block_elements * w.traits.block_bytes;
            const ops::Rows want = bench.matrix(1, rows);
            bench.encoder->matmul(want, x.row(per_choice ? i : i / k), one);
            differ += !same_bits(Bench::read(want), Bench::read(y.row(i)));
          }
          CHECK(differ == 0);
        }
      }
    }
  });
}

TEST_CASE("combine_experts is the weighted sum of a token's choices, with per-expert factors") {
  for_each_bench([](Bench& bench) {
    Rng rng(23);
    const uint32_t tokens = 5, k = 4, cols = 77, experts = 9;
    ops::Buffer& chosen = bench.buffer(tokens * k * 4);
    ops::Buffer& shares = bench.buffer(tokens * k * 4);
    for (uint32_t i = 0; i < tokens * k; ++i) {
      ids_of(chosen)[i] = static_cast<int32_t>(rng.below(experts));
      floats_of(shares)[i] = rng.uniform(0, 1);
    }
    const std::vector<float> x = rng.normals(size_t{tokens} * k * cols), factors = rng.normals(experts);
    const ops::Rows in = bench.matrix(tokens * k, cols, x),
                    y = bench.matrix(tokens, cols, std::vector<float>(tokens * cols, 9));
    for (bool with_factors : {true, false}) {
      bench.encoder->combine_experts(y, in, chosen, shares, with_factors ? vector_weight(factors) : ops::Weight{}, k);
      double worst = 0;
      for (uint32_t r = 0; r < tokens; ++r) {
        for (uint32_t c = 0; c < cols; ++c) {
          double want = 0, magnitude = 0;
          for (uint32_t i = r * k; i < (r + 1) * k; ++i) {
            const double factor =
                with_factors ? static_cast<double>(factors[static_cast<size_t>(ids_of(chosen)[i])]) : 1.0;
            const double term = factor * floats_of(shares)[i] * x[size_t{i} * cols + c];
            want += term;
            magnitude += std::fabs(term);
          }
          worst = std::max(worst, std::fabs(Bench::floats(y, r)[c] - want) / sum_bound(k, magnitude));
        }
      }
      CHECK(worst <= 1.0);
    }
  });
}

}  // namespace
}  // namespace hearth::test
