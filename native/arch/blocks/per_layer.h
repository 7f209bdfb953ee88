// native/arch/blocks/per_layer.h: per-layer embeddings: made once a pass, injected at the end of each layer.
#pragma once
#include <span>

#include "arch/blocks/step.h"

namespace hearth::arch {

/// Fills scratch.per_layer from the tokens and the scaled embedding in x.
void make_per_layer_inputs(Step& step, std::span<const int32_t> tokens);
/// x += norm(W_p (act(W_g x) * input of this layer)).
void inject_per_layer(Step& step, uint32_t layer, ops::Activation activation, const PerLayerWeights& weights);

}  // namespace hearth::arch
