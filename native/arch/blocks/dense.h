// native/arch/blocks/dense.h: the gated feed-forward network.
#pragma once
#include "arch/blocks/step.h"

namespace hearth::arch {

/// delta = W_down (act(W_gate n) * W_up n), n = norm(x). The caller adds it.
ops::Rows dense(Step& step, const DenseSpec& spec, const DenseWeights& weights);

}  // namespace hearth::arch
