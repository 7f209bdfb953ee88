// native/core/fingerprint.h: which model this is, for what is kept on disk beside it.
#pragma once
#include "base/sha256.h"
#include "core/model_loaded.h"

namespace hearth {

/// Of the file's size, all its metadata, every tensor's name, type and shape, and samples of its bytes. Not every byte
/// of a large file is read: two files that agree in all this and yet differ would be of the same making, and what
/// they compute nearly the same.
Digest fingerprint(const gguf::File& file);

/// Of what decides the bits of keys and values beside the file: the spec as it was read, and the machine's kernels.
Digest fingerprint_of_spec(const LoadedModel& model);

}  // namespace hearth
