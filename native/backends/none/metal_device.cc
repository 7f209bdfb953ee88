// native/backends/none/metal_device.cc: refuses in one sentence.
#include "backends/none/metal_device.h"

namespace hearth::metal {

Result<std::unique_ptr<ops::Device>> open_metal() {
  return Error{ErrorCode::kBackend, "The backend \"metal\" is not part of this version; choose \"cpu\" or \"auto\"."};
}

}  // namespace hearth::metal
