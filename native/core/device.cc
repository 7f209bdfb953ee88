// native/core/device.cc: see device.h.
#include "core/device.h"

#include "backends/cpu/cpu_device.h"
#include "backends/none/metal_device.h"

namespace hearth {

Result<std::unique_ptr<ops::Device>> open_device(const std::string& backend, int threads, ops::Numerics numerics) {
  if (threads < 0 || threads > 1024) {
    return Error{ErrorCode::kInvalidArgument, "Expected 0 to 1024 threads, found " + std::to_string(threads) + "."};
  }
  if (backend == "auto" || backend == "cpu") return cpu::open_cpu(threads, numerics);
  if (backend == "metal") return metal::open_metal();
  return Error{ErrorCode::kInvalidArgument,
               "Expected the backend \"auto\", \"cpu\" or \"metal\", found \"" + backend + "\"."};
}

}  // namespace hearth
