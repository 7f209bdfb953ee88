// native/arch/rope.cc: see rope.h. Source: ggml-org/llama.cpp conversion of "proportional" RoPE to rope_freqs.weight.
#include "arch/rope.h"

#include <cmath>

namespace hearth::arch {

std::vector<double> rope_frequencies(const RopeSpec& spec, std::span<const float> divisors) {
  constexpr float kNever = 1e29f;
  const uint32_t pairs = spec.dims / 2;
  std::vector<double> frequencies(pairs);
  size_t rotating = 0;
  for (uint32_t i = 0; i < pairs; ++i) {
    const float divisor = i < divisors.size() ? divisors[i] : 1.0f;
    if (divisor >= kNever) continue;
    frequencies[i] = std::pow(spec.base, -2.0 * i / spec.dims) / double{divisor} / spec.stretch;
    rotating = i + 1;
  }
  frequencies.resize(rotating);
  return frequencies;
}

}  // namespace hearth::arch
