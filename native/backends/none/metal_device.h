// native/backends/none/metal_device.h: stands in for a backend that this build does not have. The build chooses the
// folder.
#pragma once
#include <memory>

#include "ops/device.h"

namespace hearth::metal {

/// Errors: kBackend, always.
Result<std::unique_ptr<ops::Device>> open_metal();

}  // namespace hearth::metal
