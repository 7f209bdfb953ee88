// native/binding/machine.cc: see machine.h. Opens the device for a moment and reads its name: "cpu (avx512, 2
// threads)".
#include "binding/machine.h"

#include <cstdlib>

#include "core/device.h"

namespace hearth::binding {

Machine describe_machine() {
  const auto device = open_device("auto", 0);
  if (!device.ok()) return {"none", "none", 0};
  const std::string name = device.value()->name();
  const size_t open = name.find(" (");
  const size_t comma = name.find(", ", open);
  if (open == std::string::npos || comma == std::string::npos) return {name, "none", 0};
  return {name.substr(0, open), name.substr(open + 2, comma - open - 2), std::atoi(name.c_str() + comma + 2)};
}

}  // namespace hearth::binding
