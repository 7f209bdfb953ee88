// native/tests/core/sampler_test.cc: the filters are judged by a naive reference, the draws by chi-square.
#include "core/sampler.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <random>

using hearth::Pcg32;
using hearth::Sampler;
using hearth::SamplingOptions;
using hearth::TokenId;

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

using Logits = std::vector<float>;

TokenId once(const SamplingOptions& options, Logits logits, const std::vector<TokenId>& recent = {}) {
  Sampler sampler(options, static_cast<uint32_t>(logits.size()));
  return sampler.sample(logits, recent);
}

/// The probability of each id, by the definition in sampler.h and with no care for speed. Finite logits only.
std::vector<double> reference(const SamplingOptions& o, const Logits& logits) {
  std::vector<size_t> order(logits.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::sort(order, [&](size_t a, size_t b) { return logits[a] != logits[b] ? logits[a] > logits[b] : a < b; });
  if (o.top_k > 0 && o.top_k < order.size()) order.resize(o.top_k);
  const auto share = [&](size_t id, double temperature) {
    double total = 0;
    for (const size_t other : order) total += std::exp((double{logits[other]} - logits[order[0]]) / temperature);
    return std::exp((double{logits[id]} - logits[order[0]]) / temperature) / total;
  };
  if (o.top_p < 1) {
    double sum = 0;
    size_t kept = 0;
    while (kept < order.size() && (kept == 0 || sum < o.top_p)) sum += share(order[kept++], 1);
    order.resize(kept);
  }
  if (o.min_p > 0) {
    const double most = share(order[0], 1);
    std::erase_if(order, [&](size_t id) { return share(id, 1) < std::min(o.min_p, 1.0f) * most; });
  }
  std::vector<double> out(logits.size());
  for (const size_t id : order) out[id] = share(id, o.temperature);
  return out;
}

/// Pearson's statistic of `draws` samples against `want`, and its degrees of freedom; infinite when an id was drawn
/// that never may be.
struct ChiSquare {
  double statistic = 0;
  double freedom = -1;
  /// Five standard deviations above the mean of the distribution: once in some million seeds by chance.
  bool plausible() const { return statistic < freedom + 5 * std::sqrt(2 * std::max(freedom, 1.0)) + 5; }
};

ChiSquare chi_square(SamplingOptions options, const Logits& logits, const std::vector<double>& want, size_t draws) {
  Sampler sampler(options, static_cast<uint32_t>(logits.size()));
  std::vector<double> counts(logits.size());
  Logits scratch;
  for (size_t i = 0; i < draws; ++i) {
    scratch = logits;
    counts[static_cast<size_t>(sampler.sample(scratch, {}))] += 1;
  }
  ChiSquare out;
  double rare_want = 0, rare_count = 0;  // ids that are expected fewer than five times count as one
  const auto add = [&](double expected, double count) {
    out.statistic += (count - expected) * (count - expected) / expected;
    out.freedom += 1;
  };
  for (size_t id = 0; id < want.size(); ++id) {
    const double expected = want[id] * static_cast<double>(draws);
    if (want[id] == 0) {
      if (counts[id] > 0) out.statistic = INFINITY;
    } else if (expected < 5) {
      rare_want += expected;
      rare_count += counts[id];
    } else {
      add(expected, counts[id]);
    }
  }
  if (rare_want > 0) add(rare_want, rare_count);
  return out;
}

Logits random_logits(std::mt19937& random, size_t size, float spread) {
  std::normal_distribution<float> normal(0, spread);
  Logits out(size);
  for (float& logit : out) logit = normal(random);
  return out;
}

const std::vector<SamplingOptions> kOptions = {
    {.temperature = 1},
    {.temperature = 0.5f},
    {.temperature = 2.5f},
    {.temperature = 1, .top_k = 5},
    {.temperature = 0.7f, .top_k = 1},
    {.temperature = 1, .top_k = 1000},
    {.temperature = 1, .top_p = 0.8f},
    {.temperature = 1.5f, .top_p = 0.3f},
    {.temperature = 1, .top_p = 0},
    {.temperature = 1, .min_p = 0.1f},
    {.temperature = 3, .min_p = 0.5f},
    {.temperature = 1, .min_p = 2},
    {.temperature = 0.8f, .top_k = 64, .top_p = 0.95f, .min_p = 0.05f},
};

}  // namespace

TEST_CASE("greedy takes the highest logit and of equals the lowest id") {
  CHECK(once({}, {1, 3, 2}) == 1);
  CHECK(once({}, {1, 3, 3, 3}) == 1);
  CHECK(once({}, {-5, -5}) == 0);
  CHECK(once({.temperature = -1}, {1, 3, 2}) == 1);
  CHECK(once({.temperature = kNaN}, {1, 3, 2}) == 1);
  CHECK(once({.top_k = 2, .top_p = 0.1f, .seed = 7}, {1, 3, 2}) == 1);
}

TEST_CASE("draws follow the distribution that the options define") {
  std::mt19937 random(1);
  uint64_t seed = 0;
  for (SamplingOptions options : kOptions) {
    const Logits logits = random_logits(random, 200, 2);
    options.seed = ++seed;
    const ChiSquare chi = chi_square(options, logits, reference(options, logits), 20'000);
    INFO("options " << seed << " chi-square " << chi.statistic << " of " << chi.freedom);
    CHECK(chi.plausible());
  }
}

TEST_CASE("the chi-square test notices a bias of a few percent") {
  const Logits logits = {1, 0.5f, 0, -0.5f, -1};
  const SamplingOptions options{.temperature = 1, .seed = 3};
  CHECK(chi_square(options, logits, reference(options, logits), 20'000).plausible());
  CHECK(!chi_square(options, logits, reference({.temperature = 1.1f}, logits), 20'000).plausible());
  CHECK(!chi_square(options, logits, reference({.temperature = 1, .top_k = 4}, logits), 20'000).plausible());
}

TEST_CASE("each filter keeps exactly the ids of the reference, at a real vocabulary's size too") {
  std::mt19937 random(2);
  for (const size_t size : {size_t{1}, size_t{2}, size_t{33}, size_t{3000}}) {
    for (int round = 0; round < 6; ++round) {
      Logits logits = random_logits(random, size, 3);
      if (round % 2 == 1) {  // many ties
        for (float& logit : logits) logit = std::round(logit);
      }
      for (SamplingOptions options : kOptions) {
        if (options.top_k == 1000) options.top_k = 1500;  // beyond the small heap
        const std::vector<double> want = reference(options, logits);
        // A very hot draw visits every id that the filters left, and none of the others.
        SamplingOptions hot = options;
        hot.temperature = kInfinity;
        const auto allowed = static_cast<size_t>(std::ranges::count_if(want, [](double p) { return p > 0; }));
        if (allowed > 400) continue;
        Sampler sampler(hot, static_cast<uint32_t>(size));
        std::vector<bool> met(size);
        size_t distinct = 0;
        for (size_t i = 0; i < allowed * 20 + 20; ++i) {
          Logits scratch = logits;
          const auto id = static_cast<size_t>(sampler.sample(scratch, {}));
          REQUIRE(want[id] > 0);
          distinct += !met[id];
          met[id] = true;
        }
        CHECK(distinct == allowed);
      }
    }
  }
}

TEST_CASE("the same seed gives the same ids, and another seed others") {
  std::mt19937 random(3);
  const Logits logits = random_logits(random, 1000, 1);
  const auto ids = [&](uint64_t seed) {
    Sampler sampler({.temperature = 1, .top_k = 100, .seed = seed}, 1000);
    std::vector<TokenId> out;
    for (int i = 0; i < 50; ++i) {
      Logits scratch = logits;
      out.push_back(sampler.sample(scratch, {}));
    }
    return out;
  };
  CHECK(ids(5) == ids(5));
  CHECK(ids(5) != ids(6));
  CHECK(ids(0) != ids(1));
}

TEST_CASE("the random numbers are those of the PCG reference") {
  Pcg32 random(42, 54);  // pcg32-demo of the pcg-c-basic distribution prints these first
  CHECK(random.next() == 0xa15c02b7);
  CHECK(random.next() == 0x7b47f409);
  CHECK(random.next() == 0xba1d3330);
  CHECK(random.next() == 0x83d2f293);
  CHECK(random.next() == 0xbfa4784b);
  CHECK(random.next() == 0xcbed606e);
  for (int i = 0; i < 1000; ++i) {
    const double u = random.uniform();
    REQUIRE((u >= 0 && u < 1));
  }
}

TEST_CASE("the repetition penalty lowers each seen token once, within its window") {
  const SamplingOptions options{.repetition_penalty = 2, .penalty_window = 3};
  Logits logits = {4, -4, 3, 8, 0};
  Sampler sampler(options, 5);
  sampler.sample(logits, std::vector<TokenId>{3, 0, 1, 0});  // 3 is out of the window; 0 counts once
  CHECK(logits == Logits{2, -8, 3, 8, 0});
  logits = {4, -4, 3, 8, 0};
  sampler.sample(logits, std::vector<TokenId>{2});  // nothing is left over from the call before
  CHECK(logits == Logits{4, -4, 1.5f, 8, 0});
  CHECK(once(options, {4, -4, 3, 1, 0}, {0}) == 2);
  CHECK(once(options, {4, 1}, {-1, 2, INT32_MAX}) == 0);
  for (const float off : {1.0f, 0.0f, -1.0f, kNaN}) CHECK(once({.repetition_penalty = off}, {4, 3}, {0}) == 0);
}

TEST_CASE("logits that are no finite numbers are survived in a defined way") {
  for (SamplingOptions options : kOptions) {
    CHECK(once(options, {kNaN, 1, kNaN}) == 1);
    CHECK(once(options, {-kInfinity, -kInfinity, 0}) == 2);
    CHECK(once(options, {0, kInfinity, 5}) == 1);
    CHECK(once(options, {kNaN, kNaN}) == 0);
    CHECK(once(options, {-kInfinity, -kInfinity}) == 0);
    CHECK(once(options, {3e38f, -3e38f}) == 0);
  }
  CHECK(once({}, {kNaN, 1, kNaN}) == 1);
  CHECK(once({}, {kNaN, kNaN}) == 0);
  CHECK(once({}, {0, kInfinity, kInfinity}) == 1);
  const ChiSquare chi =
      chi_square({.temperature = 1, .seed = 1}, {0, kInfinity, kNaN, kInfinity}, {0, 0.5, 0, 0.5}, 2000);
  CHECK(chi.plausible());
  CHECK(once({.temperature = kInfinity, .seed = 4}, {-kInfinity, 1, -kInfinity}) == 1);
  CHECK(once({.temperature = 1, .top_p = kNaN, .min_p = kNaN}, {-kInfinity, 1}) == 1);
}
