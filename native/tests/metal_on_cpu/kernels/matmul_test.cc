// native/tests/metal_on_cpu/kernels/matmul_test.cc: matrices of every format agree with their CPU twins.
#include "metal_on_cpu/kernels/twins.h"
#include "ops/reference_blocks.h"

using namespace hearth;
using namespace hearth::test;

namespace {

ops::Weight prepared(Twin& twin, const RandomWeight& w) {
  auto made = twin.device->prepare(w.weight);
  REQUIRE(made.ok());
  return made.value();
}

uint32_t columns_for(TensorType type) {
  const uint32_t block = traits_of(type)->block_elements;
  return block == 1 ? 83 : block == 32 ? 96 : 512;
}

}  // namespace

TEST_CASE("a product in every format, for one row and for many, is the CPU's") {
  for (const TensorType type : kAllTypes) {
    for (const uint32_t rows : {1u, 2u, 3u, 7u, 9u}) {
      CAPTURE(std::string(traits_of(type)->name));
      CAPTURE(rows);
      Rng rng(static_cast<uint64_t>(type) * 100 + rows);
      const uint32_t cols = columns_for(type), outputs = 21;
      const RandomWeight w(type, 1, outputs, cols, rng);
      const auto x = rng.normals(size_t{rows} * cols);
      check_twins(1e-5f, [&](Twin& twin) {
        const auto from = twin.matrix(rows, cols, x, 3), to = twin.matrix(rows, outputs, {}, 2);
        twin.encoder->matmul(to, from, prepared(twin, w));
        twin.finish();
        return Bench::read(to);
      });
    }
  }
}

TEST_CASE("a row's product is the same bits however many rows share the call") {
  Rng rng(5);
  for (const TensorType type : {TensorType::kF32, TensorType::kQ4_0, TensorType::kQ6_K}) {
    const uint32_t cols = type == TensorType::kF32 ? 71 : 768, rows = 19;
    const RandomWeight w(type, 1, 13, cols, rng);
    const auto x = rng.normals(size_t{rows} * cols);
    Twin gpu(open_fake());
    const ops::Weight weight = prepared(gpu, w);
    const auto from = gpu.matrix(rows, cols, x), all = gpu.matrix(rows, 13);
    gpu.encoder->matmul(all, from, weight);
    gpu.finish();
    for (const uint32_t together : {1u, 2u, 4u, 5u}) {
      CAPTURE(together);
      const auto some = gpu.matrix(rows, 13);
      for (uint32_t r = 0; r < rows; r += together) {
        const uint32_t count = std::min(together, rows - r);
        gpu.encoder->matmul(some.row(r, count), from.row(r, count), weight);
      }
      gpu.finish();
      CHECK(same_bits(Bench::read(some), Bench::read(all)));
    }
  }
}

TEST_CASE("embedding decodes every format exactly") {
  for (const TensorType type : kAllTypes) {
    CAPTURE(std::string(traits_of(type)->name));
    Rng rng(static_cast<uint64_t>(type) + 1);
    const uint32_t cols = columns_for(type);
    const RandomWeight w(type, 1, 9, cols, rng);
    const std::vector<int32_t> ids = {3, 8, 0, 3};
    Twin gpu(open_fake());
    const auto to = gpu.matrix(4, cols, {}, 3);
    gpu.encoder->embed(to, prepared(gpu, w), ids, 1.0f);
    gpu.finish();
    for (uint32_t r = 0; r < ids.size(); ++r) {
      const auto* want = w.values.data() + static_cast<size_t>(ids[r]) * cols;
      for (uint32_t c = 0; c < cols; ++c)
        REQUIRE(Bench::floats(to, r)[c] ==
                doctest::Approx(want[c]).epsilon(
                    type == TensorType::kQ4_K || type == TensorType::kQ5_K || type == TensorType::kQ2_K ? 1e-6 : 2e-7));
    }
    CHECK(fake::complaints() == std::vector<std::string>{});
  }
}

TEST_CASE("experts are chosen, asked and weighted as on the CPU") {
  Rng rng(31);
  const uint32_t rows = 5, experts = 40, k = 3, cols = 64, width = 12;
  const RandomWeight w(TensorType::kQ8_0, experts, width, cols, rng);
  const auto x = rng.normals(size_t{rows} * cols), factors = rng.normals(experts);
  auto logits = rng.normals(size_t{rows} * experts, 2);
  logits[7] = logits[3] = 9;                                           // a tie goes to the lower index
  for (uint32_t e = 0; e < experts; ++e) logits[2 * experts + e] = 1;  // all tie
  for (const bool per_choice : {false, true}) {
    CAPTURE(per_choice);
    check_twins(1e-5f, [&](Twin& twin) {
      ops::Buffer& chosen = twin.buffer(rows * k * 4);
      ops::Buffer& shares = twin.buffer(rows * k * 4);
      const ops::Weight weight = prepared(twin, w);
      twin.encoder->route(chosen, shares, twin.matrix(rows, experts, logits, 1), k);
      const auto each = twin.matrix(rows * k, width, {}, 2), sum = twin.matrix(rows, width);
      auto inputs = x;
      if (per_choice) {
        inputs.clear();
        for (uint32_t i = 0; i < rows * k; ++i)
          inputs.insert(inputs.end(), x.begin() + i % rows * cols, x.begin() + (i % rows + 1) * cols);
      }
      twin.encoder->matmul_experts(each, twin.matrix(per_choice ? rows * k : rows, cols, inputs, 3), weight, chosen, k,
                                   per_choice);
      twin.encoder->combine_experts(sum, each, chosen, shares, twin.vector(factors), k);
      twin.finish();
      auto out = Bench::read(sum);
      const auto products = Bench::read(each);
      out.insert(out.end(), products.begin(), products.end());
      for (uint32_t i = 0; i < rows * k; ++i) {
        out.push_back(static_cast<float>(reinterpret_cast<int32_t*>(chosen.host())[i]));
        out.push_back(reinterpret_cast<float*>(shares.host())[i]);
      }
      return out;
    });
  }
}

TEST_CASE("among NaNs some expert is chosen, and every index is one") {
  Twin gpu(open_fake());
  ops::Buffer& chosen = gpu.buffer(2 * 4);
  ops::Buffer& shares = gpu.buffer(2 * 4);
  gpu.encoder->route(chosen, shares, gpu.matrix(1, 3, {NAN, NAN, NAN}), 2);
  gpu.finish();
  CHECK(reinterpret_cast<int32_t*>(chosen.host())[0] == 0);
  CHECK(reinterpret_cast<int32_t*>(chosen.host())[1] == 1);
}
