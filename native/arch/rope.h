// native/arch/rope.h: the angles of rotary positions, once per layer and in double.
#pragma once
#include <span>
#include <vector>

#include "arch/spec.h"

namespace hearth::arch {

/// Radians a position for each pair i of `spec.dims / 2`: base^(-2i / dims) / divisors[i] / stretch. A divisor from
/// 1e29 on means that the pair does not rotate (files write 1e30 for "never"); such pairs at the end are left off.
/// `divisors`: dims / 2 of them, or none.
std::vector<double> rope_frequencies(const RopeSpec& spec, std::span<const float> divisors);

}  // namespace hearth::arch
