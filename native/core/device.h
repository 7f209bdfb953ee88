// native/core/device.h: the one place that opens a device by name; nothing else in core or arch names a backend.
#pragma once
#include <memory>
#include <string>

#include "base/status.h"
#include "ops/device.h"

namespace hearth {

/// `backend`: "auto", "cpu" or "metal". `threads`: 0 for one per physical core. `numerics`: kFast is a
/// wish, see ops/device.h.
/// Errors: kInvalidArgument for another name, kBackend for a device that this build or machine does not have.
Result<std::unique_ptr<ops::Device>> open_device(const std::string& backend, int threads,
                                                 ops::Numerics numerics = ops::Numerics::kExact);

}  // namespace hearth
