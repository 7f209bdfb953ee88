// native/arch/blocks/streams.h: streams beside the residual (AltUp) and a low-rank matrix pair beside attention
// (LAuReL).
#pragma once
#include "arch/blocks/step.h"

namespace hearth::arch {

/// Before the first layer: stream 0 = x, the others its projections, as long as x.
void spread_streams(Step& step);
/// At the start of a layer: predicts all streams, and x = the prediction of stream 0.
void predict_streams(Step& step, const StreamWeights& weights);
/// After attention: x = (x + n + norm(W_high W_low n)) / sqrt(2), n what attention read, still in `normed`.
void add_low_rank(Step& step, uint32_t rank, const StreamWeights& weights);
/// At the end of a layer: all streams = their predictions + what x learned, each in its measure.
void correct_streams(Step& step, const StreamWeights& weights);
/// The per-layer input, gated by stream 0, onto all other streams.
void inject_into_streams(Step& step, uint32_t layer, ops::Activation activation, const LayerWeights& weights);
/// After the last layer: x = the mean of stream 0 and the projections of the others, as long as it.
void gather_streams(Step& step);

}  // namespace hearth::arch
