// native/backends/cpu/kernels/table.h: the kernels of one instruction set as a table. Included after a vec_*.h, once
// per level.
#pragma once
#include "backends/cpu/kernels.h"
#include "backends/cpu/kernels/attend.h"
#include "backends/cpu/kernels/elementwise.h"
#include "backends/cpu/kernels/matmul.h"

namespace hearth::cpu {
namespace {

constexpr Kernels make_table(const char* name) {
  return {.name = name,
          .matmul = matmul,
          .decode = decode,
          .to_half = to_half,
          .attend = attend,
          .gelu_gate = gelu_gate,
          .silu_gate = silu_gate,
          .softcap = softcap,
          .add = add,
          .scale = scale,
          .multiply = multiply,
          .norm = norm,
          .rotate = rotate};
}

}  // namespace
}  // namespace hearth::cpu
