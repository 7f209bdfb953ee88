// native/arch/blocks/attention.h: keys and values into the cache, then attention over it.
#pragma once
#include "arch/blocks/step.h"

namespace hearth::arch {

/// normed = norm(x): what both functions below read.
void norm_for_attention(Step& step, const AttentionWeights& weights);
/// Stores the keys and values of all live rows. Only for layers that own a cache.
void remember(Step& step, const AttentionSpec& spec, const AttentionWeights& weights, const ops::KvView& cache);
/// x += post_norm(W_o attention(q, cache)).
void attend(Step& step, const AttentionSpec& spec, const AttentionWeights& weights, const ops::KvView& cache);

}  // namespace hearth::arch
