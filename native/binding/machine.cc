#include "binding/machine.h"

#include <thread>

namespace hearth::binding {

Machine describe_machine() { return {"cpu", "plain", static_cast<int>(std::thread::hardware_concurrency())}; }

}  // namespace hearth::binding
