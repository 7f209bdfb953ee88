// native/core/sampler.h: logits to one token id.
//
// Order: repetition penalty, then (temperature 0: arg-max, ties to the lowest id) else top-k, top-p, min-p on the
// probabilities at temperature 1, then temperature, then one draw. Same inputs and seed give the same id on every
// machine: the random numbers are our own PCG32, the sums are in double and in a fixed order.
//
// A logit that is not a number counts as minus infinity. Logits of plus infinity win over all others, equally.
// Where nothing is above minus infinity the answer is id 0.
// Sources: O'Neill 2014 (PCG-XSH-RR 64/32); Holtzman et al. 2020 (top-p); Nguyen et al. 2024 (min-p);
// Keskar et al. 2019 (repetition penalty).
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "core/tokenizer.h"

namespace hearth {

struct SamplingOptions {
  float temperature = 0;          // 0 and below: greedy
  uint32_t top_k = 0;             // 0: off
  float top_p = 1;                // 1: off. The fewest most likely tokens that together reach this share; at least one
  float min_p = 0;                // 0: off. Drops what is less likely than this share of the most likely one
  float repetition_penalty = 1;   // 1: off. Divides positive and multiplies negative logits of seen tokens
  uint32_t penalty_window = 256;  // how many of the last tokens count as seen
  uint64_t seed = 0;
};

/// PCG-XSH-RR 64/32.
class Pcg32 {
 public:
  explicit Pcg32(uint64_t seed, uint64_t stream = 54);
  uint32_t next();
  /// [0, 1) in steps of 2^-53.
  double uniform();

 private:
  uint64_t state_, increment_;
};

class Sampler {
 public:
  Sampler(SamplingOptions options, uint32_t vocabulary);
  /// `logits` [vocabulary] is changed in place. `recent`: the timeline so far, newest last; ids outside the vocabulary
  /// are ignored. Allocates nothing after the first call. O(vocabulary), also with top-k.
  TokenId sample(std::span<float> logits, std::span<const TokenId> recent);

 private:
  struct Candidate {
    float logit;
    TokenId id;
  };
  void penalise(std::span<float> logits, std::span<const TokenId> recent);
  /// Fills candidates_: the top_k most likely in descending order, or all in order of id.
  void choose(std::span<const float> logits);
  void keep_top_p();
  TokenId draw();

  SamplingOptions options_;
  Pcg32 random_;
  std::vector<Candidate> candidates_;  // scratch
  std::vector<double> weights_;        // scratch, beside candidates_
  std::vector<bool> seen_;             // scratch, [vocabulary]; all false between calls
  float most_ = 0;                     // the highest logit
  size_t ordered_ = 0;                 // how many of candidates_ are in descending order already
};

}  // namespace hearth
