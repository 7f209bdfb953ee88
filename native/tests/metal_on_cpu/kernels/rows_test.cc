// native/tests/metal_on_cpu/kernels/rows_test.cc: ops over rows agree with their CPU twins.
#include "metal_on_cpu/kernels/twins.h"

using namespace hearth;
using namespace hearth::test;

TEST_CASE("a norm over any width is the CPU's") {
  for (const uint32_t width : {1u, 31u, 64u, 257u, 1536u}) {
    CAPTURE(width);
    Rng rng(width);
    const auto x = rng.normals(size_t{3} * width), w = rng.normals(width);
    check_twins(3e-6f, [&](Twin& twin) {
      const auto from = twin.matrix(3, width, x, 2), to = twin.matrix(3, width, {}, 1);
      twin.encoder->norm(to, from, twin.vector(w), width, 1e-6f);
      twin.finish();
      return Bench::read(to);
    });
  }
}

TEST_CASE("a norm in place over groups, without weights, is the CPU's") {
  Rng rng(7);
  const auto x = rng.normals(size_t{2} * 96);
  check_twins(3e-6f, [&](Twin& twin) {
    const auto rows = twin.matrix(2, 96, x, 5);
    twin.encoder->norm(rows, rows, {}, 32, 1e-5f);
    twin.finish();
    return Bench::read(rows);
  });
}

TEST_CASE("adding a norm changes both its operands as the definition does") {
  Rng rng(8);
  const auto x = rng.normals(size_t{3} * 200), delta = rng.normals(size_t{3} * 200), w = rng.normals(200);
  check_twins(3e-6f, [&](Twin& twin) {
    const auto rows = twin.matrix(3, 200, x, 4), change = twin.matrix(3, 200, delta);
    twin.encoder->add_norm(rows, change, twin.vector(w), 1e-6f);
    twin.finish();
    auto out = Bench::read(rows);
    const auto left = Bench::read(change);
    out.insert(out.end(), left.begin(), left.end());
    return out;
  });
}

TEST_CASE("ops that touch each value once are the CPU's") {
  Rng rng(9);
  const uint32_t rows = 3, cols = 300;
  const auto a = rng.normals(size_t{rows} * cols, 2), b = rng.normals(size_t{rows} * cols, 2), w = rng.normals(cols),
             factors = rng.normals(rows);
  using Op =
      std::function<void(ops::Encoder&, const ops::Rows&, const ops::Rows&, const ops::Weight&, const ops::Rows&)>;
  const std::vector<std::pair<const char*, Op>> all = {
      {"add", [](auto& e, auto& y, auto& x, auto&, auto&) { e.add(y, x); }},
      {"scale", [](auto& e, auto& y, auto&, auto&, auto&) { e.scale(y, 0.37f); }},
      {"multiply", [](auto& e, auto& y, auto&, auto& v, auto&) { e.multiply(y, v); }},
      {"add_row", [](auto& e, auto& y, auto&, auto& v, auto&) { e.add_row(y, v); }},
      {"softcap", [](auto& e, auto& y, auto&, auto&, auto&) { e.softcap(y, 3.0f); }},
      {"copy", [](auto& e, auto& y, auto& x, auto&, auto&) { e.copy(y, x); }},
      {"gelu", [](auto& e, auto& y, auto& x, auto&, auto&) { e.gate(y, y, x, ops::Activation::kGeluTanh); }},
      {"silu", [](auto& e, auto& y, auto& x, auto&, auto&) { e.gate(y, x, x, ops::Activation::kSilu); }},
      {"add_scaled", [](auto& e, auto& y, auto& x, auto&, auto& f) { e.add_scaled(y, x, f); }},
      {"match_length", [](auto& e, auto& y, auto& x, auto&, auto&) { e.match_length(y, x); }},
      {"keep_peaks", [](auto& e, auto& y, auto&, auto&, auto&) { e.keep_peaks(y, 0.5f); }},
  };
  for (const auto& [name, op] : all) {
    CAPTURE(name);
    check_twins(4e-6f, [&](Twin& twin) {
      const auto y = twin.matrix(rows, cols, a, 7), x = twin.matrix(rows, cols, b, 3);
      op(*twin.encoder, y, x, twin.vector(w), twin.matrix(rows, 1, factors, 2));
      twin.finish();
      return Bench::read(y);
    });
  }
}

TEST_CASE("a row of zeros stays one when lengths are matched, and gelu of large values does not overflow") {
  check_twins(1e-6f, [&](Twin& twin) {
    const auto zeros = twin.matrix(1, 40, std::vector<float>(40, 0.0f)),
               x = twin.matrix(1, 40, std::vector<float>(40, 2));
    twin.encoder->match_length(zeros, x);
    const auto gate = twin.matrix(1, 4, {-100, 100, -1e30f, 30}), up = twin.matrix(1, 4, {1, 1, 1, 1});
    twin.encoder->gate(gate, gate, up, ops::Activation::kGeluTanh);
    twin.finish();
    auto out = Bench::read(zeros);
    const auto more = Bench::read(gate);
    out.insert(out.end(), more.begin(), more.end());
    return out;
  });
}

TEST_CASE("what lies between two rows is left alone") {
  Rng rng(12);
  const uint32_t rows = 3, cols = 45, gap = 7;
  Twin gpu(open_fake());
  const auto y = gpu.matrix(rows, cols, rng.normals(size_t{rows} * cols), gap),
             x = gpu.matrix(rows, cols, rng.normals(size_t{rows} * cols));
  gpu.encoder->add(y, x);
  gpu.encoder->copy(y, x);
  gpu.encoder->softcap(y, 2.0f);
  gpu.encoder->add_norm(y, x, gpu.vector(rng.normals(cols)), 1e-6f);
  gpu.encoder->add_row(y, gpu.vector(std::vector<float>(cols, 1.0f)));
  gpu.finish();
  for (uint32_t r = 0; r + 1 < rows; ++r) {
    for (uint32_t c = cols; c < cols + gap; ++c) CHECK(Bench::floats(y, r)[c] == 0.0f);
  }
}
