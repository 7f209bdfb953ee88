// native/backends/cpu/kernels/dots_neon.cc: integer dot products for Armv8.2 with dot products; compiled with its flags
// (CMakeLists.txt).
// clang-format off: the table is made of whichever Lanes come before it.
#include "backends/cpu/kernels/lanes_neon.h"
#include "backends/cpu/kernels/dot_table.h"
// clang-format on

namespace hearth::cpu {

extern const DotKernels kNeonDots;
constinit const DotKernels kNeonDots = make_dots("dotprod");

}  // namespace hearth::cpu
