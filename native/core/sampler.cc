// native/core/sampler.cc
#include "core/sampler.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace hearth {
namespace {

constexpr float kNothing = -std::numeric_limits<float>::infinity();

/// exp(logit - most) at a temperature; 1 for the highest, also when that is infinite.
double weight(float logit, float most, double temperature) {
  if (logit == most) return 1;
  if (logit == kNothing) return 0;  // also at an infinite temperature
  return std::exp((double{logit} - double{most}) / temperature);
}

TokenId arg_max(std::span<const float> logits) {
  float most = kNothing;
  size_t best = 0;
  for (size_t i = 0; i < logits.size(); ++i) {
    if (logits[i] > most) {  // never true for NaN
      most = logits[i];
      best = i;
    }
  }
  return static_cast<TokenId>(best);
}

/// Likely first; of equals the lower id.
constexpr auto before = [](const auto& a, const auto& b) {
  return a.logit != b.logit ? a.logit > b.logit : a.id < b.id;
};

}  // namespace

Pcg32::Pcg32(uint64_t seed, uint64_t stream) : state_(0), increment_(stream << 1 | 1) {
  next();
  state_ += seed;
  next();
}

uint32_t Pcg32::next() {
  const uint64_t old = state_;
  state_ = old * 6364136223846793005ULL + increment_;
  const auto shifted = static_cast<uint32_t>(((old >> 18) ^ old) >> 27);
  const auto turn = static_cast<uint32_t>(old >> 59);
  return shifted >> turn | shifted << ((32 - turn) & 31);
}

double Pcg32::uniform() {
  const uint64_t high = next() >> 5;  // 27 bits
  const uint64_t low = next() >> 6;   // 26 bits
  return static_cast<double>(high << 26 | low) * 0x1p-53;
}

Sampler::Sampler(SamplingOptions options, uint32_t vocabulary)
    : options_(options), random_(options.seed), seen_(vocabulary) {
  if (!(options_.temperature > 0)) return;  // greedy needs no lists
  candidates_.reserve(vocabulary);
  weights_.reserve(vocabulary);
}

TokenId Sampler::sample(std::span<float> logits, std::span<const TokenId> recent) {
  assert(logits.size() == seen_.size());
  penalise(logits, recent);
  if (!(options_.temperature > 0)) return arg_max(logits);
  const auto best = static_cast<size_t>(arg_max(logits));
  if (logits.empty() || !(logits[best] > kNothing)) return 0;
  most_ = logits[best];
  choose(logits);
  keep_top_p();
  return draw();
}

void Sampler::penalise(std::span<float> logits, std::span<const TokenId> recent) {
  const float penalty = options_.repetition_penalty;
  if (penalty == 1 || !(penalty > 0)) return;
  const auto last = recent.last(std::min<size_t>(recent.size(), options_.penalty_window));
  const auto inside = [&](TokenId id) { return id >= 0 && static_cast<size_t>(id) < logits.size(); };
  for (const TokenId id : last) {
    if (!inside(id) || seen_[static_cast<size_t>(id)]) continue;
    seen_[static_cast<size_t>(id)] = true;
    float& logit = logits[static_cast<size_t>(id)];
    logit = logit > 0 ? logit / penalty : logit * penalty;
  }
  for (const TokenId id : last) {
    if (inside(id)) seen_[static_cast<size_t>(id)] = false;
  }
}

void Sampler::choose(std::span<const float> logits) {
  // What is so far below the best that its weight is 0 in double at temperature 1 and at the chosen one can never be
  // drawn; leaving it out here saves most of a real vocabulary's exponentials.
  const double reach = 745.2 * std::max(1.0, double{options_.temperature});
  const double floor = std::isinf(most_) ? most_ : double{most_} - reach;
  const size_t limit = options_.top_k == 0 ? logits.size() : options_.top_k;
  candidates_.clear();
  ordered_ = 0;
  if (limit >= logits.size() || limit > 1024) {
    for (size_t i = 0; i < logits.size(); ++i) {
      if (logits[i] > kNothing && logits[i] >= floor) candidates_.push_back({logits[i], static_cast<TokenId>(i)});
    }
    if (candidates_.size() > limit) {
      const auto middle = candidates_.begin() + static_cast<std::ptrdiff_t>(limit);
      std::nth_element(candidates_.begin(), middle, candidates_.end(), before);
      candidates_.resize(limit);
    }
  } else {
    // A heap of the best so far with the worst of them on top: most logits only meet one comparison.
    for (size_t i = 0; i < logits.size(); ++i) {
      const float logit = logits[i];
      if (!(logit > kNothing && logit >= floor)) continue;
      if (candidates_.size() < limit) {
        candidates_.push_back({logit, static_cast<TokenId>(i)});
        std::push_heap(candidates_.begin(), candidates_.end(), before);
      } else if (logit > candidates_.front().logit) {  // an equal one has a higher id and stays out
        std::pop_heap(candidates_.begin(), candidates_.end(), before);
        candidates_.back() = {logit, static_cast<TokenId>(i)};
        std::push_heap(candidates_.begin(), candidates_.end(), before);
      }
    }
  }
  if (options_.top_k != 0) {  // so that the draw does not depend on how they were found
    std::sort(candidates_.begin(), candidates_.end(), before);
    ordered_ = candidates_.size();
  }
}

void Sampler::keep_top_p() {
  const double share = options_.top_p;
  if (share < 1) {
    double total = 0;
    for (const Candidate& c : candidates_) total += weight(c.logit, most_, 1);
    // Sorting a whole vocabulary for the few tokens that make up the share is waste: order a growing front instead.
    double sum = 0;
    size_t kept = 0;
    while (kept < candidates_.size()) {
      if (kept == ordered_) {
        const size_t more = std::min(candidates_.size(), std::max<size_t>(64, ordered_ * 4));
        const auto from = candidates_.begin() + static_cast<std::ptrdiff_t>(ordered_);
        const auto to = candidates_.begin() + static_cast<std::ptrdiff_t>(more);
        std::nth_element(from, to, candidates_.end(), before);
        std::sort(from, to, before);
        ordered_ = more;
      }
      sum += weight(candidates_[kept++].logit, most_, 1);
      if (sum >= share * total) break;
    }
    candidates_.resize(kept);
    ordered_ = std::min(ordered_, kept);
  }
  if (options_.min_p > 0) {
    const double least = options_.min_p;
    std::erase_if(candidates_, [&](const Candidate& c) {
      return c.logit != most_ && weight(c.logit, most_, 1) < least;  // the most likely one always stays
    });
  }
}

TokenId Sampler::draw() {
  weights_.clear();
  double total = 0;
  for (const Candidate& c : candidates_) {
    const double w = weight(c.logit, most_, options_.temperature);
    weights_.push_back(w);
    total += w;
  }
  double left = random_.uniform() * total;
  TokenId last = candidates_.front().id;
  for (size_t i = 0; i < candidates_.size(); ++i) {
    if (weights_[i] == 0) continue;
    last = candidates_[i].id;
    left -= weights_[i];
    if (left < 0) break;
  }
  return last;  // rounding may leave a crumb behind the last one
}

}  // namespace hearth
