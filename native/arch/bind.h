// native/arch/bind.h: an ArchSpec and a file become weights.
#pragma once
#include "arch/spec.h"
#include "arch/weights.h"
#include "base/status.h"
#include "gguf/gguf.h"

namespace hearth::arch {

/// The weights point into `file`. Errors: kModelInvalid; one message with all misfits, missing and unknown tensors.
Result<ModelWeights> bind(const gguf::File& file, const ArchSpec& spec);

}  // namespace hearth::arch
