// native/arch/blocks/dense.cc
#include "arch/blocks/dense.h"

namespace hearth::arch {

ops::Rows dense(Step& step, const DenseSpec& spec, const DenseWeights& weights) {
  const ops::Rows gate = step.room(step.scratch.gate, spec.width);
  const ops::Rows up = step.room(step.scratch.up, spec.width);
  const ops::Rows delta = step.room(step.scratch.delta, step.spec.dim);
  step.ops.norm(step.normed(), step.x(), weights.norm, step.spec.dim, step.spec.eps);
  step.ops.matmul(gate, step.normed(), weights.gate);
  step.ops.matmul(up, step.normed(), weights.up);
  if (weights.gate_bias) step.ops.add_row(gate, weights.gate_bias);
  if (weights.up_bias) step.ops.add_row(up, weights.up_bias);
  if (spec.sparsity > 0) step.ops.keep_peaks(gate, spec.sparsity);
  step.ops.gate(gate, gate, up, spec.activation);
  step.ops.matmul(delta, gate, weights.down);
  if (weights.down_bias) step.ops.add_row(delta, weights.down_bias);
  return delta;
}

}  // namespace hearth::arch
