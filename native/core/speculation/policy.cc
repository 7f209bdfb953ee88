// native/core/speculation/policy.cc: see policy.h.
#include "core/speculation/policy.h"

#include <algorithm>
#include <cmath>

namespace hearth {
namespace {

constexpr double kHalfLife = 64;  // guesses
// What is believed before anything was seen weighs as much as this many guesses. A drafter was made for its model.
constexpr double kDoubt = 3, kModelDoubt = 8;
constexpr double kShare = 0.2;         // of a new measurement
constexpr double kLargestMove = 1.25;  // one stalled pass must not look like a slow machine

/// Believed before anything was seen: low enough that a hostile text costs a handful of rows, high enough to try.
double expected(TokenSource source, uint32_t trust) {
  constexpr double kByMatch[kTrustLevels] = {0.15, 0.3, 0.5, 0.75};
  return source == TokenSource::kModel ? 0.6 : kByMatch[trust];
}

/// Believed before anything was measured: a row of a batch costs a fifth of a row alone.
constexpr double kExpectedRow = 0.2;
/// A guess of a source that computes costs a tenth of a pass.
constexpr double kExpectedGuess = 0.1;
constexpr uint32_t kWarmUp = 6;  // plain passes before anything is compared with them

}  // namespace

double SpeculationPolicy::acceptance(TokenSource source, uint32_t trust, uint32_t position) const {
  const auto& averages = accepted_[static_cast<size_t>(source)][trust];
  // A position that was rarely reached is taken to be as good as the one before it: guesses get no better further on,
  // but a text that repeats goes on repeating.
  double prior = expected(source, trust);
  double value = prior;
  const double doubt = source == TokenSource::kModel ? kModelDoubt : kDoubt;
  for (uint32_t i = 0; i <= position; ++i) {
    const Average& a = averages[i];
    value = (a.value * a.weight + prior * doubt) / (a.weight + doubt);
    prior = value;
  }
  return value;
}

double SpeculationPolicy::cost(uint32_t rows) const {
  if (rows <= 1) return 1;
  uint32_t below = std::min(rows, kVerifyRows);
  while (below > 1 && ratio_[below].samples == 0) --below;
  const double low = below > 1 ? ratio_[below].value : 1;
  if (below == rows) return low;
  for (uint32_t above = rows + 1; above <= kVerifyRows; ++above) {
    if (ratio_[above].samples == 0) continue;
    return low + (std::max(low, ratio_[above].value) - low) * (rows - below) / (above - below);
  }
  return low + kExpectedRow * (rows - below);
}

double SpeculationPolicy::draft_cost(TokenSource source) const {
  const Measure& guess = guess_[static_cast<size_t>(source)];
  return guess.samples > 0 ? guess.value : kExpectedGuess;
}

SpeculationPolicy::Plan SpeculationPolicy::plan(TokenSource source, uint32_t trust, uint32_t most, bool is_free) const {
  Plan best;
  if (one_.samples < kWarmUp) return best;
  const double guess = is_free ? 0 : draft_cost(source);
  double tokens = 1, reached = 1;
  for (uint32_t k = 1; k <= std::min(most, kLongestDraft); ++k) {
    reached *= acceptance(source, trust, k - 1);
    tokens += reached;
    const double gain = tokens / (cost(k + 1) + k * guess);
    if (gain > best.gain) best = {.count = k, .gain = gain};
  }
  return best.gain >= kLeastGain ? best : Plan{};
}

SpeculationPolicy::Plan SpeculationPolicy::plan_unseen(TokenSource source, uint32_t most) const {
  return plan(source, 0, most, false);
}

void SpeculationPolicy::judged(TokenSource source, uint32_t trust, uint32_t drafted, uint32_t accepted) {
  auto& averages = accepted_[static_cast<size_t>(source)][trust];
  static const double kKeep = std::exp2(-1 / kHalfLife);
  for (uint32_t i = 0; i < std::min(drafted, accepted + 1); ++i) {
    Average& a = averages[i];
    const double kept = a.weight * kKeep;
    a.value = (a.value * kept + (i < accepted ? 1 : 0)) / (kept + 1);
    a.weight = kept + 1;
  }
}

void SpeculationPolicy::observe(Measure& measure, double believed, double found) {
  if (measure.samples == 0) measure.value = believed;
  found = std::clamp(found, measure.value / kLargestMove, measure.value * kLargestMove);
  measure.value += (found - measure.value) * std::max(kShare, 1.0 / (measure.samples + 1));
  if (measure.samples < 1000) ++measure.samples;
}

void SpeculationPolicy::passed(uint32_t rows, double milliseconds) {
  if (rows < 1 || rows > kVerifyRows || !(milliseconds > 0)) return;
  if (rows == 1) {
    // The first passes meet cold caches and stalls: the shortest of them is where the average starts.
    observe(one_, milliseconds, milliseconds);
    if (one_.samples <= kWarmUp) one_.value = std::min(one_.value, milliseconds);
  } else if (one_.samples >= kWarmUp) {
    observe(ratio_[rows], cost(rows), std::max(1.0, milliseconds / one_.value));
  }
}

void SpeculationPolicy::drafted(TokenSource source, uint32_t count, double milliseconds) {
  if (count > 0 && milliseconds > 0 && one_.samples >= kWarmUp) {
    const double steps = milliseconds / count / one_.value;
    observe(guess_[static_cast<size_t>(source)], kExpectedGuess, steps);
  }
}

}  // namespace hearth
