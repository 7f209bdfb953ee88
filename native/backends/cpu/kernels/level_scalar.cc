// native/backends/cpu/kernels/level_scalar.cc: the kernels for plain C++, for any machine.
// clang-format off: the table is made of whichever Vec comes before it.
#include "backends/cpu/kernels/vec_scalar.h"
#include "backends/cpu/kernels/table.h"
// clang-format on

namespace hearth::cpu {

extern const Kernels kScalarKernels;
constinit const Kernels kScalarKernels = make_table("scalar");

}  // namespace hearth::cpu
