// native/core/session_shape.h: how large the parts of a session are; for sessions, and for whoever foretells their
// memory.
#pragma once
#include <algorithm>
#include <cstdint>

#include "arch/spec.h"
#include "core/speculation/drafter.h"

namespace hearth {

struct SessionShape {
  uint32_t context;     // tokens
  uint32_t chunk;       // prompt tokens a pass, at most
  uint32_t pass_rows;   // of the largest pass
  uint32_t logit_rows;  // that share one reading of the head's weights
};

constexpr uint32_t kDefaultContext = 32768;
constexpr uint32_t kDefaultChunk = 128;

/// `context`: 0 for the default; lowered to what the model was trained for.
inline SessionShape session_shape(const arch::ArchSpec& spec, uint32_t context, uint32_t chunk) {
  SessionShape shape{};
  shape.context = std::min(context != 0 ? context : kDefaultContext, spec.trained_context);
  shape.chunk = std::min(chunk, shape.context);
  shape.pass_rows = std::min(shape.context, std::max(shape.chunk, kVerifyRows));
  shape.logit_rows = std::min(kVerifyRows, shape.pass_rows);
  return shape;
}

}  // namespace hearth
