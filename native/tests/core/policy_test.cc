// native/tests/core/policy_test.cc: how many tokens are worth guessing, from what rows cost and how often guesses came
// true.
#include "core/speculation/policy.h"

#include <doctest/doctest.h>

using namespace hearth;

TEST_CASE("a policy drafts as long as it pays and no longer") {
  SpeculationPolicy policy;
  for (int i = 0; i < 50; ++i) {
    for (uint32_t rows = 1; rows <= kVerifyRows; ++rows)
      policy.passed(rows, 10 + rows * 1.0);  // c(M) = 1 + (M - 1) / 11
  }
  CHECK(policy.cost(1) == 1);
  CHECK(policy.cost(12) == doctest::Approx(2.0).epsilon(0.01));
  const auto settle = [&](uint32_t rightly, uint32_t of) {
    for (int i = 0; i < 2000; ++i)
      policy.judged(TokenSource::kLookup, 2, 8, static_cast<uint32_t>(i) % of < rightly ? 8 : 0);
  };
  settle(0, 1);
  CHECK(policy.plan(TokenSource::kLookup, 2, 8, true).count == 0);
  settle(1, 1);
  CHECK(policy.plan(TokenSource::kLookup, 2, 8, true).count == 8);
  CHECK(policy.plan(TokenSource::kLookup, 2, 5, true).count == 5);
  CHECK(policy.plan(TokenSource::kLookup, 2, 8, true).gain == doctest::Approx(9 / (1 + 8.0 / 11)).epsilon(0.02));
  settle(1, 4);  // three of four are wrong at once
  const auto some = policy.plan(TokenSource::kLookup, 2, 8, true);
  CHECK(some.gain > SpeculationPolicy::kLeastGain);
  // Dear rows: the same acceptance no longer pays.
  for (int i = 0; i < 200; ++i) {
    for (uint32_t rows = 1; rows <= kVerifyRows; ++rows) policy.passed(rows, 10.0 * rows);
  }
  CHECK(policy.plan(TokenSource::kLookup, 2, 8, true).count == 0);
}

TEST_CASE("one stalled pass does not change what rows are thought to cost") {
  SpeculationPolicy policy;
  for (int i = 0; i < 50; ++i) policy.passed(1, 10), policy.passed(4, 13);
  policy.passed(4, 5000);
  CHECK(policy.cost(4) < 1.45);
  SpeculationPolicy fresh;
  for (int i = 0; i < 50; ++i) fresh.passed(1, 10);
  fresh.passed(2, 5000);  // the very first of its kind
  CHECK(fresh.cost(2) < 1.6);
}
