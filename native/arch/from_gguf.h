// native/arch/from_gguf.h: a file's metadata and tensor directory become an ArchSpec.
#pragma once
#include "arch/spec.h"
#include "base/status.h"
#include "gguf/gguf.h"

namespace hearth::arch {

/// Errors: kModelInvalid; one message with every key that is missing or makes no sense, what was expected and found.
Result<ArchSpec> spec_from_gguf(const gguf::File& file);

}  // namespace hearth::arch
