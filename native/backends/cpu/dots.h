// native/backends/cpu/dots.h: the "fast" numerics: integer dot products of packed weights and activations in eight
// bits, once per instruction set.
//
// Activations are rounded to eight bits per 32 values, the largest of which becomes 127 (llama.cpp does the same, its
// Q8_0). Products are summed exactly in 32-bit integers within a block; blocks are added in f32, in order, one
// multiply-add each. So every instruction set, every number of rows and every cut gives the same bits.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "backends/cpu/packing.h"

namespace hearth::cpu {

/// 32 values of a row: value = scale * code.
struct ActivationBlock {
  int8_t codes[32];
  float scale;
  float sum;          // scale * the sum of all codes: what a minimum is multiplied by
  int32_t starts[2];  // -zero * the sum of the codes, whole in the first, or of each half
};
static_assert(sizeof(ActivationBlock) == 48);

/// Some panels of a matrix, for `count` rows.
struct DotTask {
  const PackedWeight* weight;
  const std::byte* panel;  // the first of `panels`
  uint32_t panels;
  uint32_t first_output;            // output of its row 0
  uint32_t outputs;                 // of the matrix; its last panel may hold fewer than sixteen
  const ActivationBlock* const* x;  // [count] rows of weight->blocks blocks
  float* const* y;                  // [count] rows, where output 0 goes
  uint32_t count;
};

struct DotKernels {
  const char* name;
  /// y[r][o] = W[o] . x[r].
  void (*dot)(const DotTask& task);
  /// Rounds `blocks` x 32 values; `layout` says what starts are multiples of.
  void (*round)(const PackedLayout& layout, const float* x, uint32_t blocks, ActivationBlock* to);
};

/// "scalar", "avx2", "avx-vnni", "avx512-vnni", "amx" or "dotprod"; null where this build or machine has no such level.
const DotKernels* dots_named(std::string_view name);
/// The best of this machine, or the one that the environment variable HEARTH_DOTS names; null where only plain C++
/// would do it, which is slower than exact arithmetic.
const DotKernels* best_dots();
/// Every level that runs here, plainest first.
std::vector<const DotKernels*> all_dots();

}  // namespace hearth::cpu
