// native/arch/blocks/head.h: from hidden states to logits.
#pragma once
#include "arch/blocks/step.h"

namespace hearth::arch {

/// scratch.logits rows 0..count = soft-cap(W hidden rows first..first+count). `count` at most scratch.logits_rows.
void head(ops::Encoder& ops, const ArchSpec& spec, const ModelWeights& weights, Scratch& scratch, uint32_t first,
          uint32_t count);

}  // namespace hearth::arch
