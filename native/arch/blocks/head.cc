// native/arch/blocks/head.cc
#include "arch/blocks/head.h"

#include <cassert>

namespace hearth::arch {

void head(ops::Encoder& ops, const ArchSpec& spec, const ModelWeights& weights, Scratch& scratch, uint32_t first,
          uint32_t count) {
  assert(count <= scratch.logits_rows);
  const ops::Rows logits = scratch.logits.at(0, count, spec.vocabulary);
  ops.matmul(logits, scratch.hidden.at(first, count, spec.dim), weights.head);
  if (spec.final_softcap) ops.softcap(logits, *spec.final_softcap);
}

}  // namespace hearth::arch
