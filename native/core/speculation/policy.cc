// native/core/speculation/policy.cc: see policy.h.
#include "core/speculation/policy.h"

#include <algorithm>
#include <cmath>

namespace hearth {
namespace {

constexpr double kHalfLife = 64;       // guesses
// What is believed before anything was seen weighs as much as this many guesses. A drafter was made for its model.
constexpr double kDoubt = 3, kModelDoubt = 8;
constexpr double kTimingShare = 0.2;   // of a new measurement
constexpr double kLargestMove = 1.25;  // one stalled pass must not look like a slow machine

/// Believed before anything was seen: low enough that a hostile text costs a handful of rows, high enough to try.
double expected(TokenSource source, uint32_t trust) {
  constexpr double kByMatch[kTrustLevels] = {0.15, 0.3, 0.5, 0.75};
  return source == TokenSource::kModel ? 0.6 : kByMatch[trust];
}

/// Believed before anything was measured: a row of a batch costs a fifth of a row alone.
constexpr double kExpectedRow = 0.2;

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
  const auto known = [&](uint32_t m) { return pass_[m].samples > 0; };
  if (rows <= 1) return 1;
  if (!known(1)) return 1 + kExpectedRow * (rows - 1);
  const double one = pass_[1].milliseconds;
  if (known(rows)) return std::max(1.0, pass_[rows].milliseconds / one);
  uint32_t below = rows - 1;
  while (!known(below)) --below;
  const double low = std::max(1.0, pass_[below].milliseconds / one);
  for (uint32_t above = rows + 1; above <= kVerifyRows; ++above) {
    if (!known(above)) continue;
    const double high = std::max(low, pass_[above].milliseconds / one);
    return low + (high - low) * (rows - below) / (above - below);
  }
  return low + kExpectedRow * (rows - below);
}

double SpeculationPolicy::draft_cost(TokenSource source) const {
  const Timing& guess = guess_[static_cast<size_t>(source)];
  if (source != TokenSource::kModel) return 0;  // measured within the pass they precede, and next to nothing
  if (guess.samples == 0 || pass_[1].samples == 0) return 0.1;
  return guess.milliseconds / pass_[1].milliseconds;
}

SpeculationPolicy::Plan SpeculationPolicy::plan(TokenSource source, uint32_t trust, uint32_t most, bool is_free) const {
  Plan best;
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

void SpeculationPolicy::time(Timing& timing, double believed, double milliseconds) {
  if (timing.samples == 0) timing.milliseconds = believed;
  const double sample =
      std::clamp(milliseconds, timing.milliseconds / kLargestMove, timing.milliseconds * kLargestMove);
  timing.milliseconds += (sample - timing.milliseconds) * std::max(kTimingShare, 1.0 / (timing.samples + 1));
  if (timing.samples < 1000) ++timing.samples;
}

void SpeculationPolicy::passed(uint32_t rows, double milliseconds) {
  if (rows < 1 || rows > kVerifyRows || !(milliseconds > 0)) return;
  // What was believed before the first measurement bounds it: it may have met a stall.
  const bool base = pass_[1].samples > 0;
  time(pass_[rows], base ? pass_[1].milliseconds * cost(rows) : milliseconds, milliseconds);
}

void SpeculationPolicy::drafted(TokenSource source, uint32_t count, double milliseconds) {
  if (count > 0 && milliseconds > 0)
    time(guess_[static_cast<size_t>(source)], milliseconds / count, milliseconds / count);
}

}  // namespace hearth
