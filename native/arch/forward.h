// native/arch/forward.h: tokens through all layers.
#pragma once
#include <atomic>
#include <span>

#include "arch/scratch.h"
#include "arch/spec.h"
#include "arch/weights.h"

namespace hearth::arch {

/// One pass over consecutive tokens whose predecessors are all in the caches.
struct Pass {
  std::span<const int32_t> tokens;  // at most Scratch::max_rows
  uint32_t first_position = 0;
  uint32_t wanted = 0;                      // hidden states are asked for of this many of the last rows
  const std::atomic<bool>* stop = nullptr;  // looked at between layers
};

/// Stores keys and values of every token in `caches` (one view per layer; a layer without its own has its source's),
/// and leaves the hidden states of the wanted rows, after the output norm, in scratch.hidden from row 0 on.
/// False when `stop` was set: then the caches of some layers hold the new rows and others do not.
bool forward(ops::Encoder& ops, const ArchSpec& spec, const ModelWeights& weights, std::span<const ops::KvView> caches,
             Scratch& scratch, const Pass& pass);

}  // namespace hearth::arch
