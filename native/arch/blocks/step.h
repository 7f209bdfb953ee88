// native/arch/blocks/step.h: what every block of one pass shares, and the rows that are still alive in it.
#pragma once
#include "arch/scratch.h"
#include "arch/spec.h"
#include "arch/weights.h"

namespace hearth::arch {

struct Step {
  ops::Encoder& ops;
  const ArchSpec& spec;
  const ModelWeights& weights;
  Scratch& scratch;
  uint32_t position;   // of row 0 of the pass
  uint32_t first = 0;  // the first row that is still computed; those before it were needed for keys and values only
  uint32_t rows = 0;   // rows that are still computed

  /// Live rows of an area that lives through the whole pass.
  ops::Rows live(const Area& area, uint32_t cols) const { return area.at(first, rows, cols); }
  ops::Rows x() const { return live(scratch.x, spec.dim); }
  ops::Rows normed() const { return live(scratch.normed, spec.dim); }
  /// Room for as many rows as are alive, in an area that only one block uses.
  ops::Rows room(const Area& area, uint32_t cols) const { return area.at(0, rows, cols); }
  uint32_t first_position() const { return position + first; }

  /// Goes on with the last `count` rows only.
  void keep_last(uint32_t count) {
    first += rows - count;
    rows = count;
  }
};

/// x += norm(delta; weight), or x += delta where the spec has no norm there.
inline void add_to_residual(Step& step, const ops::Rows& delta, const ops::Weight& post_norm) {
  if (post_norm) {
    step.ops.add_norm(step.x(), delta, post_norm, step.spec.eps);
  } else {
    step.ops.add(step.x(), delta);
  }
}

}  // namespace hearth::arch
