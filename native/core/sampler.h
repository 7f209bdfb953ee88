// native/core/sampler.h: logits to one token id.
//
// Order: repetition penalty, then (temperature 0: arg-max, ties to the lowest id) else top-k, top-p, min-p on the
// probabilities at temperature 1, then temperature, then one draw. Same inputs and seed give the same id on every
// machine: the random numbers are our own PCG32, the sums are in double.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "core/tokenizer.h"

namespace hearth {

struct SamplingOptions {
  float temperature = 0;         // 0: greedy
  uint32_t top_k = 0;            // 0: off
  float top_p = 1;               // 1: off
  float min_p = 0;               // 0: off
  float repetition_penalty = 1;  // 1: off. Divides positive and multiplies negative logits of seen tokens
  uint32_t penalty_window = 256; // how many of the last tokens count as seen
  uint64_t seed = 0;
};

class Sampler {
 public:
  Sampler(SamplingOptions options, uint32_t vocabulary);
  /// `logits` [vocabulary] is changed in place. `recent`: the timeline so far, newest last.
  TokenId sample(std::span<float> logits, std::span<const TokenId> recent);

 private:
  SamplingOptions options_;
  uint64_t state_;
  std::vector<uint32_t> order_;  // scratch, [vocabulary]; allocated once
  std::vector<uint8_t> seen_;    // scratch, [vocabulary]
};

}  // namespace hearth
