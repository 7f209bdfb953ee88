// native/backends/metal/metal_device.h: the GPU as a device for models.
#pragma once
#include <memory>

#include "ops/device.h"

namespace hearth::metal {

/// Errors: kBackend, where this machine has no Metal, its GPU is not Apple's, or a kernel does not compile.
/// backends/none has the same function for builds without this backend.
Result<std::unique_ptr<ops::Device>> open_metal();

}  // namespace hearth::metal
