// native/tests/ops/streams_test.cc: the ops of streams beside the residual, rows of biases, and adjacent rotary pairs.
#include <algorithm>

#include "op_test.h"

namespace hearth::test {
namespace {

TEST_CASE("add_row adds one vector to every row") {
  for_each_level([](Bench& bench) {
    Rng rng(51);
    const std::vector<float> x = rng.normals(3 * 37), w = rng.normals(37);
    const ops::Rows y = bench.matrix(3, 37, x, 2);
    bench.encoder->add_row(y, vector_weight(w));
    for (uint32_t i = 0; i < 3 * 37; ++i) CHECK(Bench::floats(y, i / 37)[i % 37] == x[i] + w[i % 37]);
  });
}

TEST_CASE("add_scaled takes each row's own factor, out of a wider matrix too") {
  for_each_level([](Bench& bench) {
    Rng rng(52);
    const std::vector<float> x = rng.normals(4 * 50), y = rng.normals(4 * 50), factors = rng.normals(4 * 5);
    const ops::Rows out = bench.matrix(4, 50, y), in = bench.matrix(4, 50, x), all = bench.matrix(4, 5, factors);
    bench.encoder->add_scaled(out, in, all.slice(3, 1));
    for (uint32_t i = 0; i < 4 * 50; ++i) {
      CHECK(Bench::floats(out, i / 50)[i % 50] == y[i] + factors[i / 50 * 5 + 3] * x[i]);
    }
  });
}

TEST_CASE("match_length leaves the direction and takes the other's length; zeros stay zeros") {
  for_each_level([](Bench& bench) {
    Rng rng(53);
    std::vector<float> x = rng.normals(3 * 64);
    const std::vector<float> like = rng.normals(3 * 64);
    std::fill(x.begin() + 64, x.begin() + 128, 0.0f);
    const ops::Rows out = bench.matrix(3, 64, x);
    bench.encoder->match_length(out, bench.matrix(3, 64, like));
    for (uint32_t r = 0; r < 3; ++r) {
      double want = 0, own = 0;
      for (uint32_t i = 0; i < 64; ++i) {
        want += double{like[r * 64 + i]} * like[r * 64 + i];
        own += double{x[r * 64 + i]} * x[r * 64 + i];
      }
      for (uint32_t i = 0; i < 64; ++i) {
        const double value = own > 0 ? x[r * 64 + i] * std::sqrt(want / own) : 0;
        CHECK(std::fabs(Bench::floats(out, r)[i] - value) <= 0x1p-22 * std::fabs(value));
      }
    }
  });
}

TEST_CASE("keep_peaks keeps what lies above the mean plus so many sample deviations, and how far above") {
  for_each_level([](Bench& bench) {
    Rng rng(54);
    const std::vector<float> x = rng.normals(2 * 100, 3);
    const ops::Rows out = bench.matrix(2, 100, x);
    bench.encoder->keep_peaks(out, 1.25f);
    uint32_t kept = 0;
    for (uint32_t r = 0; r < 2; ++r) {
      double sum = 0, squares = 0;
      for (uint32_t i = 0; i < 100; ++i) sum += x[r * 100 + i];
      for (uint32_t i = 0; i < 100; ++i) squares += std::pow(x[r * 100 + i] - sum / 100, 2);
      const double cut = sum / 100 + 1.25 * std::sqrt(squares / 99);
      for (uint32_t i = 0; i < 100; ++i) {
        const double want = std::max(0.0, x[r * 100 + i] - cut);
        CHECK(std::fabs(Bench::floats(out, r)[i] - want) <= 1e-5);
        kept += want > 0;
      }
    }
    CHECK(kept > 5);
    CHECK(kept < 60);
  });
}

TEST_CASE("adjacent pairs turn like split ones, only that they lie side by side") {
  for_each_level([](Bench& bench) {
    Rng rng(55);
    constexpr uint32_t kHead = 16, kPairs = 8;
    const std::vector<float> x = rng.normals(3 * 2 * kHead);
    std::vector<float> split(x.size());
    const auto place = [](size_t i) {  // of an adjacent element among split ones
      const size_t in_head = i % kHead;
      return i - in_head + in_head / 2 + (in_head % 2) * kPairs;
    };
    for (size_t i = 0; i < x.size(); ++i) split[place(i)] = x[i];
    std::vector<double> frequencies;
    for (int i = 0; i < 6; ++i) frequencies.push_back(std::pow(1e4, -2.0 * i / kHead));  // the last two do not turn
    const ops::Rows a = bench.matrix(3, 2 * kHead, x), b = bench.matrix(3, 2 * kHead, split);
    bench.encoder->rope(a, {.frequencies = frequencies, .head_dim = kHead, .adjacent = true}, 5);
    bench.encoder->rope(b, {.frequencies = frequencies, .head_dim = kHead}, 5);
    const std::vector<float> got = Bench::read(a), want = Bench::read(b);
    for (size_t i = 0; i < x.size(); ++i) CHECK(std::fabs(got[i] - want[place(i)]) <= 1e-6);
    CHECK(got != x);
  });
}

}  // namespace
}  // namespace hearth::test
