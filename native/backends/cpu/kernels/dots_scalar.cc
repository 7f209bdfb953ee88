// native/backends/cpu/kernels/dots_scalar.cc: integer dot products in plain C++, for any machine; compiled with its
// flags (CMakeLists.txt).
// clang-format off: the table is made of whichever Lanes come before it.
#include "backends/cpu/kernels/lanes_scalar.h"
#include "backends/cpu/kernels/dot_table.h"
// clang-format on

namespace hearth::cpu {

extern const DotKernels kScalarDots;
constinit const DotKernels kScalarDots = make_dots("scalar");

}  // namespace hearth::cpu
