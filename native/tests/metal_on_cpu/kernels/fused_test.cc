// native/tests/metal_on_cpu/kernels/fused_test.cc: ops that wait for each other leave the bits that they leave one by
// one, in every buffer, and take as few dispatches as they should.
#include <cmath>

#include "backends/metal/fusing_encoder.h"
#include "metal_on_cpu/kernels/twins.h"
#include "ops/reference_blocks.h"

using namespace hearth;
using namespace hearth::test;

namespace {

struct Shape {
  uint32_t rows, heads, kv_heads, head_dim, pairs;
  bool adjacent, half_cache, v_normed, v_from_k;
  uint32_t first_position;
};

/// One layer's ops and all that they write. `each`: waits after every op, so that none is fused.
struct Layer {
  Layer(const Shape& shape, bool one_by_one) : s(shape), each(one_by_one), twin(open_fake()) {
    for (uint32_t i = 0; i < s.pairs; ++i)
      frequencies.push_back(std::pow(1e4, -static_cast<double>(i) / s.head_dim * 2));
  }
  void done() {
    if (each) twin.finish();
  }
  ops::Weight matrix(uint32_t rows, uint32_t cols) {
    weights.push_back(std::make_unique<RandomWeight>(TensorType::kQ4_0, 1, rows, cols, rng));
    auto made = twin.device->prepare(weights.back()->weight);
    REQUIRE(made.ok());
    return made.value();
  }
  ops::Weight vector(uint32_t size) {
    vectors.push_back(std::make_unique<std::vector<float>>(rng.normals(size)));
    return twin.vector(*vectors.back());
  }

  std::vector<float> run() {
    const uint32_t dim = 64, width = 44, rows = s.rows, kv = s.kv_heads * s.head_dim, slots = 24;
    auto& e = *twin.encoder;
    const auto x = twin.matrix(rows, dim, rng.normals(size_t{rows} * dim), 3), normed = twin.matrix(rows, dim, {}, 1),
               q = twin.matrix(rows, s.heads * s.head_dim, {}, 2), k = twin.matrix(rows, kv, {}, 5),
               v = twin.matrix(rows, kv), attended = twin.matrix(rows, s.heads * s.head_dim),
               delta = twin.matrix(rows, dim), gate = twin.matrix(rows, width, {}, 4), up = twin.matrix(rows, width),
               side = twin.matrix(rows, 32, rng.normals(size_t{rows} * 32)), small = twin.matrix(rows, 32);
    const size_t bytes = size_t{slots} * kv * (s.half_cache ? 2 : 4);
    const ops::KvView cache = {
        &twin.buffer(bytes), &twin.buffer(bytes), s.half_cache ? ops::KvFormat::kF16 : ops::KvFormat::kF32, slots,
        s.kv_heads,          s.head_dim};
    const ops::RopeTable table{.frequencies = frequencies, .head_dim = s.head_dim, .adjacent = s.adjacent};
    const auto w_in = vector(dim), w_mid = vector(dim), w_q = vector(s.head_dim), w_k = vector(s.head_dim),
               w_post = vector(dim), w_last = vector(dim), w_next = vector(dim);
    const auto m_q = matrix(q.cols, dim), m_k = matrix(kv, dim), m_v = matrix(kv, dim), m_o = matrix(dim, q.cols),
               m_gate = matrix(width, dim), m_up = matrix(width, dim), m_down = matrix(dim, 32),
               m_small = matrix(32, dim);
    const float eps = 1e-6f;
    e.norm(normed, x, w_in, dim, eps), done();
    e.matmul(k, normed, m_k), done();
    if (!s.v_from_k) e.matmul(v, normed, m_v), done();
    if (s.v_normed) e.norm(v, s.v_from_k ? k : v, {}, s.head_dim, eps), done();
    e.norm(k, k, w_k, s.head_dim, eps), done();
    e.rope(k, table, s.first_position), done();
    e.store_kv(cache, k, v, s.first_position), done();
    e.matmul(q, normed, m_q), done();
    e.norm(q, q, w_q, s.head_dim, eps), done();
    e.rope(q, table, s.first_position), done();
    e.attend(attended, q, cache, {.heads = s.heads, .scale = 0.3f, .first_position = s.first_position, .window = 5});
    done();
    e.matmul(delta, attended, m_o), done();
    e.add_norm(x, delta, w_post, eps), done();
    e.norm(normed, x, w_mid, dim, eps), done();
    e.matmul(gate, normed, m_gate), done();
    e.matmul(up, normed, m_up), done();
    e.gate(gate, gate, up, ops::Activation::kGeluTanh), done();
    e.matmul(small, x, m_small), done();
    e.gate(small, small, side, ops::Activation::kSilu), done();
    e.matmul(delta, small, m_down), done();
    e.add_norm(x, delta, w_last, eps), done();
    e.scale(x, 0.7f), done();
    e.norm(normed, x, w_next, dim, eps), done();
    twin.finish();
    std::vector<float> all;
    for (const auto& part : {x, normed, q, k, v, attended, delta, gate, up, small}) {
      const auto values = Bench::read(part);
      all.insert(all.end(), values.begin(), values.end());
    }
    for (ops::Buffer* stored : {cache.k, cache.v}) {
      const auto* words = reinterpret_cast<const uint16_t*>(stored->host());
      for (size_t i = 0; i < stored->bytes() / 2; ++i) all.push_back(words[i]);
    }
    return all;
  }

  Shape s;
  bool each;
  Twin twin;
  Rng rng{17};
  std::vector<double> frequencies;
  std::vector<std::unique_ptr<RandomWeight>> weights;
  std::vector<std::unique_ptr<std::vector<float>>> vectors;
};

const Shape kShapes[] = {
    {1, 4, 2, 32, 16, false, true, true, false, 0},     {3, 4, 1, 64, 32, false, false, true, false, 30},
    {8, 2, 2, 32, 16, true, true, true, false, 7},      {9, 2, 1, 64, 8, false, true, true, true, 19},
    {2, 3, 1, 32, 16, false, false, false, false, 100}, {5, 1, 1, 128, 20, true, true, true, false, 3},
};

}  // namespace

TEST_CASE("a layer whose ops wait for each other leaves the same bits everywhere as one by one") {
  for (const Shape& shape : kShapes) {
    CAPTURE(shape.rows);
    CAPTURE(shape.head_dim);
    std::vector<float> together, apart;
    {
      Layer layer(shape, false);
      together = layer.run();
      CHECK(fake::complaints() == std::vector<std::string>{});
    }
    {
      Layer layer(shape, true);
      apart = layer.run();
    }
    CHECK(same_bits(together, apart));
    CHECK(fake::live_objects() == "");
  }
}

TEST_CASE("a layer takes ten dispatches, and three more for the embeddings of its own") {
  Layer layer(kShapes[0], false);
  layer.run();
  // norm; k, v, q; heads; attention; output; residual; gate and up; small gate; projection; residual.
  CHECK(fake::counts().dispatches == 12);
  CHECK(fake::counts().barriers <= 9);
}
