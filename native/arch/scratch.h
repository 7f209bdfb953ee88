// native/arch/scratch.h: the memory of one forward pass, sized once for the largest pass, so that no pass allocates.
#pragma once
#include <memory>

#include "arch/spec.h"
#include "ops/device.h"

namespace hearth::arch {

/// Room for `rows` of at most `width` floats. A part uses it with the columns it needs, rows packed without gaps.
struct Area {
  ops::Buffer* buffer = nullptr;
  uint64_t offset = 0;

  ops::Rows at(uint32_t first, uint32_t rows, uint32_t cols) const {
    return {buffer, offset + uint64_t{first} * cols, rows, cols, cols};
  }
};

/// Sizes as in weights.h; M = rows of the largest pass, k = experts used per token.
struct Scratch {
  uint32_t max_rows = 0;     // M
  uint32_t logits_rows = 0;  // R: rows the head does at a time
  Area x;                    // [M, d]     the residual stream
  Area normed;               // [M, d]     what a block reads
  Area delta;                // [M, d]     what a block adds
  Area branch;               // [M, d]     the experts' sum, before it joins the dense branch
  Area q, attended;          // [M, H*D]
  Area k, v;                 // [M, K*D]
  Area gate, up;             // [M, F]
  Area per_layer;            // [M, P*L]   the inputs of all layers
  Area per_layer_context;    // [M, P*L]
  Area per_layer_gate;       // [M, P]
  Area streams, predicted;   // [n, M, d]  n streams, stream 0 the residual's
  Area stream_router;        // [M, n]
  Area stream_factors;       // [M, n*n]
  Area low_rank;             // [M, r]
  Area router;               // [M, E]
  Area expert_gate_up;       // [M*k, 2W]
  Area expert_out;           // [M*k, d]
  Area hidden;               // [M, d]     wanted rows after the output norm, from row 0 on
  Area logits;               // [R, V]
  std::unique_ptr<ops::Buffer> memory;
  std::unique_ptr<ops::Buffer> experts;         // i32 [M*k]; null without experts
  std::unique_ptr<ops::Buffer> expert_weights;  // f32 [M*k]; null without experts

  uint64_t bytes() const;
};

/// Errors: kOutOfMemory.
Result<Scratch> make_scratch(ops::Device& device, const ArchSpec& spec, uint32_t max_rows, uint32_t logits_rows);

}  // namespace hearth::arch
