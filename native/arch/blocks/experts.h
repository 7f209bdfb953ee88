// native/arch/blocks/experts.h: a dense branch beside routed experts.
#pragma once
#include "arch/blocks/step.h"

namespace hearth::arch {

/// delta = norm(dense(x)) + norm(experts(x)). The caller adds it.
ops::Rows experts(Step& step, const MoeSpec& spec, const DenseWeights& dense_weights, const ExpertWeights& weights);

}  // namespace hearth::arch
