// native/tests/ops/elementwise_test.cc: norm, rope, gates and the small ops, judged by the formula in f64.
#include <algorithm>
#include <functional>

#include "op_test.h"

namespace hearth::test {
namespace {

double gelu(double x) { return 0.5 * x * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x))); }
double silu(double x) { return x / (1 + std::exp(-x)); }

TEST_CASE("norm divides each group by its root mean square, with and without a weight, in place too") {
  for_each_bench([](Bench& bench) {
    Rng rng(41);
    for (const auto& [cols, group] : {std::pair{1u, 1u}, {37u, 37u}, {96u, 32u}, {1536u, 1536u}, {2048u, 256u}}) {
      for (bool weighted : {true, false}) {
        for (bool in_place : {true, false}) {
          INFO(cols << " in groups of " << group);
          const std::vector<float> x = rng.normals(5 * cols, 20), w = rng.normals(group);
          const ops::Rows in = bench.matrix(5, cols, x, 3), y = in_place ? in : bench.matrix(5, cols);
          bench.encoder->norm(y, in, weighted ? vector_weight(w) : ops::Weight{}, group, 1e-6f);
          double worst = 0;
          for (uint32_t i = 0; i < 5 * cols; i += group) {
            double squares = 0;
            for (uint32_t j = 0; j < group; ++j) squares += static_cast<double>(x[i + j]) * x[i + j];
            const double factor = 1 / std::sqrt(squares / group + 1e-6);
            for (uint32_t j = 0; j < group; ++j) {
              const double want = x[i + j] * factor * (weighted ? static_cast<double>(w[j]) : 1.0);
              const double got = Bench::floats(y, (i + j) / cols)[(i + j) % cols];
              worst = std::max(worst, std::fabs(got - want) - 3 * 0x1p-24 * std::fabs(want));  // three roundings
            }
          }
          CHECK(worst <= 1e-37);
        }
      }
    }
  });
}

TEST_CASE("norm of a large value beside small ones keeps its sum of squares in double") {
  for_each_level([](Bench& bench) {
    std::vector<float> x(4096, 1.0f);
    x[0] = 8192.0f;  // in f32 a lane that begins with this square would drop all the ones
    const ops::Rows y = bench.matrix(1, 4096, x);
    bench.encoder->norm(y, y, {}, 4096, 0.0f);
    const double want = 1 / std::sqrt((67108864.0 + 4095) / 4096);
    CHECK(std::fabs(Bench::floats(y)[1] - want) <= 0x1p-23 * want);
  });
}

TEST_CASE("add_norm is a norm and then an addition") {
  for_each_level([](Bench& bench) {
    Rng rng(42);
    const std::vector<float> x = rng.normals(3 * 50), delta = rng.normals(3 * 50), w = rng.normals(50);
    const ops::Rows fused = bench.matrix(3, 50, x), a = bench.matrix(3, 50, delta);
    const ops::Rows plain = bench.matrix(3, 50, x), b = bench.matrix(3, 50, delta);
    bench.encoder->add_norm(fused, a, vector_weight(w), 1e-6f);
    bench.encoder->norm(b, b, vector_weight(w), 50, 1e-6f);
    bench.encoder->add(plain, b);
    CHECK(same_bits(Bench::read(fused), Bench::read(plain)));
  });
}

TEST_CASE("gates are within a millionth of |x| of the true function, in place too") {
  for_each_bench([](Bench& bench) {
    Rng rng(43);
    std::vector<float> x = {0.0f, -0.0f, 1e-30f, -1e-30f, 50.0f, -50.0f, 1e20f, -1e20f};
    for (float value = -14; value < 14; value += 0.00113f) x.push_back(value);
    const auto count = static_cast<uint32_t>(x.size());
    const std::vector<float> up = rng.normals(count);
    using ops::Activation;
    for (const auto& [activation, truth] :
         {std::pair<Activation, std::function<double(double)>>{Activation::kGeluTanh, gelu},
          {Activation::kSilu, silu}}) {
      const ops::Rows gate = bench.matrix(1, count, x);
      bench.encoder->gate(gate, gate, bench.matrix(1, count, up), activation);
      double worst = 0;
      for (uint32_t i = 0; i < count; ++i) {
        const double magnitude = std::fabs(static_cast<double>(x[i]) * up[i]);
        const double error = std::fabs(Bench::floats(gate)[i] - truth(x[i]) * up[i]);
        worst = std::max(worst, error / (magnitude + 1e-37));
      }
      CHECK(worst <= 1e-6);
    }
  });
}

TEST_CASE("gate applies the activation to the gate and not to the up projection") {
  for_each_level([](Bench& bench) {
    const ops::Rows y = bench.matrix(1, 1);
    bench.encoder->gate(y, bench.matrix(1, 1, {-2.0f}), bench.matrix(1, 1, {3.0f}), ops::Activation::kGeluTanh);
    CHECK(Bench::floats(y)[0] == doctest::Approx(gelu(-2.0) * 3.0).epsilon(1e-5));
  });
}

TEST_CASE("softcap is cap tanh(x / cap), exact at both ends") {
  for_each_bench([](Bench& bench) {
    std::vector<float> x = {0.0f, 1e-20f, 1e30f, -1e30f};
    for (float value = -200; value < 200; value += 0.013f) x.push_back(value);
    const ops::Rows y = bench.matrix(1, static_cast<uint32_t>(x.size()), x);
    bench.encoder->softcap(y, 30.0f);
    double worst = 0;
    for (uint32_t i = 0; i < x.size(); ++i) {
      const double want = 30 * std::tanh(static_cast<double>(x[i]) / 30);
      worst = std::max(worst, std::fabs(Bench::floats(y)[i] - want) / (std::fabs(want) + 1e-37));
    }
    CHECK(worst <= 5e-7);
    CHECK(Bench::floats(y)[2] == 30.0f);
    CHECK(Bench::floats(y)[3] == -30.0f);
  });
}

TEST_CASE("NaN comes out of every gate and cap as NaN") {
  for_each_level([](Bench& bench) {
    const ops::Rows one = bench.matrix(1, 1, {1.0f});
    for (ops::Activation activation : {ops::Activation::kGeluTanh, ops::Activation::kSilu}) {
      const ops::Rows y = bench.matrix(1, 1, {NAN});
      bench.encoder->gate(y, y, one, activation);
      CHECK(std::isnan(Bench::floats(y)[0]));
    }
    const ops::Rows y = bench.matrix(1, 1, {NAN});
    bench.encoder->softcap(y, 30.0f);
    CHECK(std::isnan(Bench::floats(y)[0]));
  });
}

TEST_CASE("add, scale, multiply and copy do what they say to every element, short rows and long") {
  for_each_bench([](Bench& bench) {
    Rng rng(44);
    for (const auto& [rows, cols] : {std::pair{1u, 1u}, {3u, 19u}, {300u, 67u}, {2u, 40001u}}) {
      const std::vector<float> x = rng.normals(size_t{rows} * cols), other = rng.normals(size_t{rows} * cols);
      const ops::Rows in = bench.matrix(rows, cols, other, 1);
      const auto check = [&](const std::function<void(const ops::Rows&)>& op,
                             const std::function<float(size_t)>& want) {
        const ops::Rows y = bench.matrix(rows, cols, x, 7);
        op(y);
        std::vector<float> expected(x.size());
        for (size_t i = 0; i < x.size(); ++i) expected[i] = want(i);
        CHECK(same_bits(Bench::read(y), expected));
      };
      const std::vector<float> w(other.begin(), other.begin() + cols);
      check([&](const ops::Rows& y) { bench.encoder->add(y, in); }, [&](size_t i) { return x[i] + other[i]; });
      check([&](const ops::Rows& y) { bench.encoder->scale(y, 0.37f); }, [&](size_t i) { return x[i] * 0.37f; });
      check([&](const ops::Rows& y) { bench.encoder->multiply(y, vector_weight(w)); },
            [&](size_t i) { return x[i] * w[i % cols]; });
      check([&](const ops::Rows& y) { bench.encoder->copy(y, in); }, [&](size_t i) { return other[i]; });
    }
  });
}

TEST_CASE("rope turns pair (i, i + half) by position times frequency and leaves the rest alone") {
  for_each_bench([](Bench& bench) {
    Rng rng(45);
    for (const auto& [head_dim, pairs, position] :
         {std::tuple{32u, 16u, 0u}, {256u, 128u, 131071u}, {512u, 64u, 4097u}, {40u, 19u, 3u}}) {
      INFO(head_dim << ", " << pairs << " pairs, from " << position);
      const uint32_t heads = 3, rows = 4;
      std::vector<double> frequencies(pairs);
      for (uint32_t i = 0; i < pairs; ++i) frequencies[i] = std::pow(10000.0, -2.0 * i / head_dim);
      const std::vector<float> x = rng.normals(size_t{rows} * heads * head_dim);
      const ops::Rows y = bench.matrix(rows, heads * head_dim, x, 2);
      bench.encoder->rope(y, {frequencies, head_dim}, position);
      double worst = 0;
      for (uint32_t r = 0; r < rows; ++r) {
        for (uint32_t h = 0; h < heads; ++h) {
          const float* before = x.data() + (size_t{r} * heads + h) * head_dim;
          const float* after = Bench::floats(y, r) + h * head_dim;
          for (uint32_t i = 0; i < head_dim / 2; ++i) {
            const double angle = i < pairs ? (position + r) * frequencies[i] : 0;
            const double a = before[i], b = before[i + head_dim / 2];
            const double bound = 0x1p-22 * (std::fabs(a) + std::fabs(b));
            worst = std::max(worst, std::fabs(after[i] - (a * std::cos(angle) - b * std::sin(angle))) / bound);
            worst = std::max(worst,
                             std::fabs(after[i + head_dim / 2] - (a * std::sin(angle) + b * std::cos(angle))) / bound);
            if (i >= pairs) CHECK((after[i] == before[i] && after[i + head_dim / 2] == before[i + head_dim / 2]));
          }
        }
      }
      CHECK(worst <= 1.0);
    }
  });
}

TEST_CASE("rope never takes the angles of another table or another position for its own") {
  Bench bench;
  std::vector<double> fast = {1.0}, slow = {0.001}, other = {0.5};
  const auto turned = [&](const std::vector<double>& frequencies, uint32_t position) {
    const ops::Rows y = bench.matrix(1, 2, {1.0f, 0.0f});
    bench.encoder->rope(y, {frequencies, 2}, position);
    return Bench::floats(y)[0];
  };
  for (int round = 0; round < 2; ++round) {
    CHECK(turned(fast, 3) == doctest::Approx(std::cos(3.0)));
    CHECK(turned(slow, 3) == doctest::Approx(std::cos(0.003)));
    CHECK(turned(other, 3) == doctest::Approx(std::cos(1.5)));
    CHECK(turned(fast, 4) == doctest::Approx(std::cos(4.0)));
    CHECK(turned(fast, 3) == doctest::Approx(std::cos(3.0)));
  }
  fast[0] = 2.0;  // the same address, another table
  CHECK(turned(fast, 3) == doctest::Approx(std::cos(6.0)));
}

}  // namespace
}  // namespace hearth::test
